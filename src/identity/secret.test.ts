import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import {
  bearerOf,
  hashSecret,
  mintSecret,
  presentedHash,
  sameSecret,
  type SecretKind,
  secretKind,
} from "./secret.ts";

const ambient = { random: (bytes: number) => randomBytes(bytes) };
const kinds: SecretKind[] = [
  "agent-key",
  "agent-path",
  "user-token",
  "console-session",
  "console-proof",
  "login-link",
  "flow-cookie",
  "flow-ticket",
];

test.each(kinds)("a minted %s is its kind and no other, and only its hash is for keeping", (kind) => {
  const secret = mintSecret(kind, ambient);
  expect(secret.text).toMatch(/^dw[kpusclft]_[\w-]{43}$/);
  expect(secretKind(secret.text)).toBe(kind);
  expect(secret.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(presentedHash(kind, secret.text)).toBe(secret.hash);
  expect(kinds.filter((other) => presentedHash(other, secret.text) !== null)).toEqual([kind]);
  expect(sameSecret(secret.text, secret.hash)).toBe(true);
  expect(sameSecret(mintSecret(kind, ambient).text, secret.hash)).toBe(false);
});

test("no other text has the shape of a secret, and a damaged one never passes", () => {
  const { text, hash } = mintSecret("agent-key", ambient);
  fc.assert(
    fc.property(fc.string(), (any) => {
      expect(sameSecret(any, hash)).toBe(any === text);
      expect(secretKind(any) !== null).toBe(/^dw[kpusclft]_[A-Za-z0-9_-]{43}$/.test(any));
    }),
  );
  expect(sameSecret(text, "")).toBe(false);
  expect(secretKind(`${text}\n`)).toBeNull();
  expect(hashSecret(text)).toBe(hash);
});

test.each<[string | undefined, string | null]>([
  ["Bearer abc", "abc"],
  ["bearer   abc", "abc"],
  ["Bearer a b", null],
  ["Basic abc", null],
  ["Bearer ", null],
  ["Bearer abc, Bearer def", null],
  [undefined, null],
])("the bearer of %j is %j", (header, token) => {
  expect(bearerOf(header)).toBe(token);
});
