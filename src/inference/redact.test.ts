import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor } from "./redact.ts";

const KEY = "sk-test/Äö+0123456789";
const PLAIN = "sk-test-0123456789abcdef";
const GONE = "[removed by Doorward]";

test.each<[string, string]>([
  ["as it stands", PLAIN],
  ["in JSON", JSON.stringify({ headers: { authorization: `Bearer ${PLAIN}` } })],
  ["in a URL", `https://x/?key=${encodeURIComponent(PLAIN)}`],
  ["in base64", Buffer.from(PLAIN).toString("base64")],
  ["in base64 after one byte", Buffer.from(`:${PLAIN}`).toString("base64")],
  ["in base64 after two bytes", Buffer.from(`a:${PLAIN}`).toString("base64")],
  ["in base64 in the middle of more", Buffer.from(`user:${PLAIN}, and more`).toString("base64")],
  ["in base64url", Buffer.from(`Bearer ${PLAIN}`).toString("base64url")],
  ["twice", `${PLAIN}${PLAIN}`],
])("a key %s is removed", (_where, text) => {
  const clean = createRedactor(PLAIN).text(text);
  expect(clean).toContain(GONE);
  expect(clean).not.toContain(PLAIN.slice(3, -3));
  expect(Buffer.from(clean, "base64").toString("latin1")).not.toContain(PLAIN.slice(3, -3));
});

test("what is no key stays as it is", () => {
  const text = '{"text":"sk-test-0123456789abcdeX and sk-"}';
  expect(createRedactor(PLAIN).text(text)).toBe(text);
});

test("however a stream is cut, no key comes through and nothing else changes", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(KEY, KEY.slice(0, 5), KEY.slice(3), JSON.stringify(KEY), encodeURIComponent(KEY)),
      fc.string({ maxLength: 8, unit: "binary" }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }), (texts, cuts) => {
      const whole = Buffer.from(texts.join(""), "utf8");
      const redactor = createRedactor(KEY);
      const stream = redactor.createStream();
      const at = [0, ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b), whole.length];
      const out = at.slice(1).map((to, index) => stream.push(whole.subarray(at[index], to)));
      const text = Buffer.concat([...out, stream.end()]).toString("utf8");
      expect(text).not.toContain(KEY);
      expect(text).toBe(redactor.text(whole.toString("utf8")));
    }),
    { numRuns: 500 },
  );
});

test("a chunk that cannot begin a key is passed on at once, whole", () => {
  const stream = createRedactor(PLAIN).createStream();
  const chunk = Buffer.from('data: {"delta":"the sky is"}\n\n');
  expect(Buffer.from(stream.push(chunk)).toString()).toBe(chunk.toString());
  expect(stream.end()).toHaveLength(0);
});
