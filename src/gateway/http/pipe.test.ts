import fc from "fast-check";
import { expect, test } from "vitest";
import { createPipe } from "./pipe.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("what is pushed comes out in order, whoever is faster", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 20 }),
      fc.boolean(),
      async (texts, isLate) => {
        const pipe = createPipe();
        const sending = (async () => {
          if (isLate) await Promise.resolve();
          for (const text of texts) expect(await pipe.push(bytes(text))).toBe(true);
          pipe.end();
        })();
        const got: string[] = [];
        for await (const chunk of pipe.body) got.push(Buffer.from(chunk).toString());
        await sending;
        expect(got).toEqual(texts);
      },
    ),
  );
});

test("a chunk waits until it is taken: nothing piles up", async () => {
  const pipe = createPipe();
  let isTaken = false;
  const push = async (): Promise<void> => {
    await pipe.push(bytes("a"));
    isTaken = true;
  };
  const pushed = push();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isTaken).toBe(false);
  await pipe.body.next();
  await pushed;
  expect(isTaken).toBe(true);
});

test("whoever leaves frees the sender, and a failure reaches the taker", async () => {
  const left = createPipe();
  const pushed = left.push(bytes("a"));
  left.leave();
  expect(await pushed).toBe(false);
  expect(await left.push(bytes("b"))).toBe(false);
  const failed = createPipe();
  const taking = failed.body.next();
  failed.fail(new Error("lost"));
  await expect(taking).rejects.toThrow("lost");
  await expect(failed.body.next()).rejects.toThrow("lost");
});
