import { createECDH } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encryptPush, freshKeys, vapidKeyOf } from "./push.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "base64url");

/** RFC 8291, section 5 and appendix A. */
test("encrypts as the RFC's example shows", () => {
  const own = createECDH("prime256v1");
  own.setPrivateKey(bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
  const keys = {
    p256dh: bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
    auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
  };
  const fresh = { own, salt: bytes("DGv6ra1nlYgDCS1FRnbzlw") };
  expect(encryptPush("When I grow up, I want to be a watermelon", keys, fresh).toString("base64url")).toBe(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
});

test("no two messages have keys or salt in common", () => {
  const [one, two] = [freshKeys(), freshKeys()];
  expect(one.salt.equals(two.salt)).toBe(false);
  expect(one.own.getPublicKey().equals(two.own.getPublicKey())).toBe(false);
});

describe("keys that are none", () => {
  const good = freshKeys().own.getPublicKey();
  test.each([
    ["a point of another curve", Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]), Buffer.alloc(16)],
    ["a short point", good.subarray(0, 64), Buffer.alloc(16)],
    ["a short secret", good, Buffer.alloc(15)],
  ])("%s is refused", (_what, p256dh, auth) => {
    expect(() => encryptPush("x", { p256dh, auth }, freshKeys())).toThrow(/no keys of a browser/);
  });

  test.each([
    "",
    "AAAA",
    Buffer.alloc(32).toString("base64url"),
    Buffer.alloc(32, 255).toString("base64url"),
  ])("%j is no key of ours", (privateKey) => {
    expect(() => vapidKeyOf(privateKey)).toThrow(/no private key of P-256/);
  });
});
