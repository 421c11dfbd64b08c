import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ambient } from "#base";
import { openKeys, openSigningKeys } from "./index.ts";

const ambient: Ambient = {
  now: () => 0,
  monotonic: () => 0,
  id: (prefix) => `${prefix}_0`,
  random: (bytes) => randomBytes(bytes),
};
let root = "";
let directory = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "doorward-keys-"));
  directory = join(root, "keys");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a new key directory", () => {
  test("is made once, for its owner alone, and opens again as it was", () => {
    const first = openKeys(directory, ambient, "log.example");
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual(["keys"]);
    const again = openKeys(directory, ambient);
    expect(again.origin).toBe("log.example");
    expect(again.log).toEqual(first.log);
    expect(again.receipt).toEqual(first.receipt);
    expect(again.unseal(first.seal(Buffer.from("kept")))).toEqual(Buffer.from("kept"));
  });

  test("without a configured origin is named after the installation", () => {
    expect(openKeys(directory, ambient).origin).toMatch(/^doorward-[0-9a-f]{8}\.local$/);
  });

  test("left half made by a crash is made anew", () => {
    openKeys(join(root, "other"), ambient);
    writeFileSync(join(root, ".keys.new"), "half");
    expect(openKeys(directory, ambient).origin).toMatch(/local$/);
    expect(existsSync(join(root, ".keys.new"))).toBe(false);
  });

  test("the serving process holds no private key", () => {
    const keys = openKeys(directory, ambient);
    expect(Object.keys(keys.receipt)).toEqual(["publicKeyDer"]);
    expect(Object.keys(keys.log)).toEqual(["vkey"]);
  });
});

describe("the fence around the keys, climbed", () => {
  test.each([0o740, 0o704, 0o710, 0o707])("a directory of mode %o is refused", (mode) => {
    openKeys(directory, ambient);
    chmodSync(directory, mode);
    expect(() => openKeys(directory, ambient)).toThrow(expect.objectContaining({ code: "keys_exposed" }));
    expect(() => openSigningKeys(directory)).toThrow(expect.objectContaining({ code: "keys_exposed" }));
  });

  test.each(["log.key", "receipt.key"])("a readable %s stops the signer", (name) => {
    openKeys(directory, ambient);
    chmodSync(join(directory, name), 0o644);
    expect(() => openSigningKeys(directory)).toThrow(expect.objectContaining({ code: "keys_exposed" }));
  });

  test("a readable data key stops the server", () => {
    openKeys(directory, ambient);
    chmodSync(join(directory, "data.key"), 0o640);
    expect(() => openKeys(directory, ambient)).toThrow(expect.objectContaining({ code: "keys_exposed" }));
  });

  test.each(["log.vkey", "data.key", "receipt.pub"])("a missing %s is never replaced", (name) => {
    openKeys(directory, ambient);
    rmSync(join(directory, name));
    expect(() => openKeys(directory, ambient)).toThrow(expect.objectContaining({ code: "keys_missing" }));
  });

  test.each(["data.key", "receipt.pub"])("a %s with other contents is refused", (name) => {
    openKeys(directory, ambient);
    writeFileSync(join(directory, name), "nonsense");
    expect(() => openKeys(directory, ambient)).toThrow(expect.objectContaining({ code: "keys_unreadable" }));
  });

  test("a log key that is not the vkey's other half is refused", () => {
    openKeys(directory, ambient);
    openKeys(join(root, "other"), ambient);
    writeFileSync(join(directory, "log.key"), "PRIVATE+KEY+x+00000000+AAAA");
    expect(() => openSigningKeys(directory)).toThrow(expect.objectContaining({ code: "keys_unreadable" }));
  });

  test("a log never changes its name", () => {
    openKeys(directory, ambient, "a.example");
    expect(() => openKeys(directory, ambient, "b.example")).toThrow(
      expect.objectContaining({ code: "origin_changed" }),
    );
  });

  test.each([
    "https://a.example",
    "a.example/log",
    "a+b",
    "A.example",
    "a example",
    "",
    "-a.example",
    "a..b",
  ])("the origin %j is refused", (origin) => {
    expect(() => openKeys(directory, ambient, origin)).toThrow(
      expect.objectContaining({ code: "origin_invalid" }),
    );
  });
});

describe("a digest under the data key", () => {
  test("is the same for the same text and purpose in one installation, and nowhere else", () => {
    const keys = openKeys(directory, ambient);
    const digest = keys.digest("weak", "idempotency");
    expect(digest).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(openKeys(directory, ambient).digest("weak", "idempotency")).toBe(digest);
    const others = [
      keys.digest("weak", "other"),
      keys.digest("week", "idempotency"),
      openKeys(join(root, "other"), ambient).digest("weak", "idempotency"),
      `hmac-sha256:${createHash("sha256").update("weak").digest("hex")}`,
    ];
    expect(others).not.toContain(digest);
  });
});

describe("signing", () => {
  test("the receipt key signs for the public half that the server shows", () => {
    const keys = openKeys(directory, ambient);
    const signing = openSigningKeys(directory);
    const signature = signing.receipt.sign(Buffer.from("entry"));
    const key = createPublicKey({ key: keys.receipt.publicKeyDer, format: "der", type: "spki" });
    expect(verify("sha256", Buffer.from("entry"), key, signature)).toBe(true);
    expect(verify("sha256", Buffer.from("other"), key, signature)).toBe(false);
  });

  test("the vkey's id is the one that C2SP signed-note prescribes", () => {
    // Base64 has a `+` of its own.
    const [name = "", id = "", ...key] = openKeys(directory, ambient, "log.example").log.vkey.split("+");
    const body = Buffer.from(key.join("+"), "base64");
    const expected = createHash("sha256").update(`${name}\n`).update(body).digest("hex").slice(0, 8);
    expect([name, id, body.length, body[0]]).toEqual(["log.example", expected, 33, 1]);
  });
});

describe("sealing", () => {
  test("opens only unchanged, under the same key and for the same purpose", () => {
    const keys = openKeys(directory, ambient);
    const other = openKeys(join(root, "other"), ambient);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.nat(), (bytes, purpose, at) => {
        const sealed = Buffer.from(keys.seal(bytes, purpose));
        expect(Buffer.compare(Buffer.from(keys.unseal(sealed, purpose)), Buffer.from(bytes))).toBe(0);
        expect(() => keys.unseal(sealed, `${purpose}!`)).toThrow(
          expect.objectContaining({ code: "unsealable" }),
        );
        expect(() => other.unseal(sealed, purpose)).toThrow(expect.objectContaining({ code: "unsealable" }));
        const flipped = Buffer.from(sealed);
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ 1;
        expect(() => keys.unseal(flipped, purpose)).toThrow(expect.objectContaining({ code: "unsealable" }));
        const cut = sealed.subarray(0, at % sealed.length);
        expect(() => keys.unseal(cut, purpose)).toThrow(expect.objectContaining({ code: "unsealable" }));
      }),
      { numRuns: 60 },
    );
  });
});
