import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScrubber, scrubbed } from "./scrub.ts";

const SECRET = 's3cr3t/tok+n=é&"x"';
const b64 = (text: string): string => Buffer.from(text).toString("base64");

function throughIn(secrets: readonly string[], bytes: Buffer, cuts: readonly number[]): Buffer {
  const scrubber = createScrubber(secrets);
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const out = edges.slice(1).map((to, at) => Buffer.from(scrubber.push(bytes.subarray(edges[at], to))));
  return Buffer.concat([...out, scrubber.end()]);
}

const FORMS: readonly (readonly [string, string])[] = [
  ["as it is", SECRET],
  ["in JSON", JSON.stringify({ echo: SECRET })],
  ["in JSON with slashes escaped", JSON.stringify(SECRET).replaceAll("/", "\\/")],
  ["in a query", new URLSearchParams({ q: SECRET }).toString()],
  ["as a URL component", encodeURIComponent(SECRET)],
  ["as a URL component in small letters", encodeURIComponent(SECRET).toLowerCase()],
  ["as Python quotes it for a path", encodeURIComponent(SECRET).replaceAll("%2F", "/")],
  ["in a whole address", encodeURI(SECRET)],
  ["on a page of PHP's", "s3cr3t/tok+n=é&amp;&quot;x&quot;"],
  ["on a page of Go's", "s3cr3t/tok&#43;n=é&amp;&#34;x&#34;"],
  ["on a page of Mustache's", "s3cr3t&#x2F;tok+n&#x3D;é&amp;&quot;x&quot;"],
  ["percent-encoded byte by byte", Buffer.from(SECRET).toString("hex").replaceAll(/../g, "%$&")],
  ["in hex", Buffer.from(SECRET).toString("hex")],
  ["in capital hex", Buffer.from(SECRET).toString("hex").toUpperCase()],
  ["in base64", b64(SECRET)],
  ["in base64 behind one byte", b64(`:${SECRET}`)],
  ["in base64 behind two bytes", b64(`a:${SECRET}`)],
  ["in base64 between others", b64(`user:${SECRET}:more`)],
  ["in base64url", Buffer.from(`u:${SECRET}`).toString("base64url")],
];

describe("no form of a secret comes through (T12)", () => {
  test.each(FORMS)("%s", (_, form) => {
    const text = `before ${form} after`;
    const out = scrubbed([SECRET], text);
    expect(out).not.toBe(text);
    expect(out).toMatch(/\*{6,}/);
    expect(out.startsWith("before ")).toBe(true);
    expect(out.endsWith(" after")).toBe(true);
    expect(Buffer.byteLength(out)).toBe(Buffer.byteLength(text));
  });

  test("however it is cut into chunks, what comes out is what comes out of one piece", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("s3c", SECRET, "r3t/tok", "x", b64(`a:${SECRET}`), "s3cr3t/tok+n="), {
          maxLength: 12,
        }),
        fc.array(fc.nat(400), { maxLength: 30 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(""));
          const whole = throughIn([SECRET], bytes, []);
          expect(throughIn([SECRET], bytes, cuts).equals(whole)).toBe(true);
          expect(whole.includes(Buffer.from(SECRET))).toBe(false);
        },
      ),
    );
  });

  test("an answer that breaks off in one gives nothing of it away, and ordinary ends stay", () => {
    for (const length of [8, 12, SECRET.length - 1])
      expect(scrubbed([SECRET], `x ${SECRET.slice(0, length)}`)).toMatch(/^x \*+$/);
    expect(scrubbed([SECRET], "these are s3cr3t")).toBe("these are s3cr3t");
  });

  test("secrets that overlap, or begin alike, hide nothing of each other", () => {
    const secrets = ["abcdefgh", "abcdefghijkl", "ghijklmnop"];
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 8 }), (cuts) => {
        const out = throughIn(secrets, Buffer.from("xxabcdefghijklmnopxx"), cuts).toString();
        expect(out).toBe(`xx${"*".repeat(16)}xx`);
      }),
    );
  });

  test("random bytes around it stay what they were", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(600)),
        (one, other, cuts) => {
          const secret = "correct-horse-battery";
          const bytes = Buffer.concat([one, Buffer.from(secret), other]);
          const out = throughIn([secret], bytes, cuts);
          expect(out.length).toBe(bytes.length);
          expect(out.subarray(0, one.length).equals(Buffer.from(one))).toBe(true);
          expect(out.subarray(one.length + secret.length).equals(Buffer.from(other))).toBe(true);
        },
      ),
    );
  });

  test("without secrets, and with those too short to be told from text, nothing is touched", () => {
    expect(scrubbed([], "plain")).toBe("plain");
    expect(scrubbed(["ab"], "about ab")).toBe("about ab");
  });
});
