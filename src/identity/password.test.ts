import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { checkPassword, hashPassword, verifyPassword } from "./password.ts";

const ambient = { random: (bytes: number) => randomBytes(bytes) };

test("a password opens its own hash and no other; equal passwords have different hashes", async () => {
  const [one, two] = await Promise.all([
    hashPassword("zwölf Boxkämpfer", ambient),
    hashPassword("zwölf Boxkämpfer", ambient),
  ]);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword("zwölf Boxkämpfer", one)).toBe(true);
  expect(await verifyPassword("zwo\u0308lf Boxka\u0308mpfer", one)).toBe(true);
  expect(await verifyPassword("zwölf Boxkampfer", one)).toBe(false);
  expect(await verifyPassword("", one)).toBe(false);
});

test("nobody's password is nobody's", async () => {
  expect(await verifyPassword("anything at all", null)).toBe(false);
});

test.each([
  "",
  "$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "plain text",
])("a damaged hash %j is refused before it costs anything", async (stored) => {
  await expect(verifyPassword("x", stored)).rejects.toMatchObject({ code: "password_unreadable" });
});

test.each([
  ["short", "elevenchars"],
  ["endless", "ab cd ef gh ".repeat(40)],
  ["monotonous", "aaaaabbbbbccccc"],
  ["the user's own name", "annabella-annabella"],
  ["the product", "doorward1234"],
])("a password that is %s is refused", (_name, password) => {
  expect(() => checkPassword(password, "annabella")).toThrow(
    expect.objectContaining({ code: "password_weak" }),
  );
});

test("a few unrelated words are fine", () => {
  expect(() => checkPassword("correct horse battery", "annabella")).not.toThrow();
});
