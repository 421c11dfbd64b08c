import fc from "fast-check";
import { expect, test } from "vitest";
import { ATTEMPT_KEYS_MAX, ATTEMPTS_FREE, createAttempts } from "./attempts.ts";

const clock = () => {
  let ms = 0;
  return { monotonic: () => ms, advance: (by: number) => (ms += by) };
};
const wrong = async (): Promise<boolean> => false;
const right = async (): Promise<boolean> => true;
const refused = { code: "too_many_attempts" };

test("after a few wrong answers even the right one has to wait, longer each time, up to a quarter of an hour", async () => {
  const time = clock();
  const attempts = createAttempts(time);
  for (let n = 0; n <= ATTEMPTS_FREE; n += 1) expect(await attempts.attempt("ana", wrong)).toBe(false);
  for (const waitMs of [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].map((s) => s * 1_000)) {
    await expect(attempts.attempt("ana", right)).rejects.toMatchObject(refused);
    time.advance(waitMs - 1);
    await expect(attempts.attempt("ana", right)).rejects.toMatchObject(refused);
    time.advance(1);
    expect(await attempts.attempt("ana", wrong)).toBe(false);
  }
  expect(await attempts.attempt("bob", right)).toBe(true);
});

test("a right answer wipes the slate", async () => {
  const attempts = createAttempts(clock());
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < ATTEMPTS_FREE; n += 1) await attempts.attempt("ana", wrong);
    expect(await attempts.attempt("ana", right)).toBe(true);
  }
});

test("answers are checked one at a time per person, so that a burst gains no guesses", async () => {
  const attempts = createAttempts(clock());
  const gate = Promise.withResolvers<boolean>();
  const first = attempts.attempt("ana", () => gate.promise);
  await expect(attempts.attempt("ana", right)).rejects.toMatchObject(refused);
  gate.resolve(false);
  expect(await first).toBe(false);
});

test("however many names a flooder invents, memory is bounded and those who wait still wait", async () => {
  const time = clock();
  const attempts = createAttempts(time);
  for (let n = 0; n <= ATTEMPTS_FREE; n += 1) await attempts.attempt("ana", wrong);
  for (let n = 0; n < ATTEMPT_KEYS_MAX + 10; n += 1) await attempts.attempt(`made-up-${n}`, wrong);
  await expect(attempts.attempt("ana", right)).rejects.toMatchObject(refused);
});

test("whatever the order of answers, a blocked person's check never runs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (answers) => {
      const attempts = createAttempts(clock());
      let streak = 0;
      for (const answer of answers) {
        let ran = false;
        const check = async (): Promise<boolean> => {
          ran = true;
          return answer;
        };
        await attempts.attempt("ana", check).catch(() => null);
        expect(ran).toBe(streak <= ATTEMPTS_FREE);
        if (ran) streak = answer ? 0 : streak + 1;
      }
    }),
  );
});
