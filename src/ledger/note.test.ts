import { createPrivateKey, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault, sha256 as sha } from "#base";
import {
  formatCheckpoint,
  formatNote,
  formatProof,
  formatSignerKey,
  formatSpicy,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseProof,
  parseSigner,
  parseSpicy,
  parseVkey,
  signatureLine,
  signCheckpoint,
  signNote,
  verifyNote,
} from "./index.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const signer = parseSigner(formatSignerKey("log.example", Buffer.alloc(32, 1)));
const stranger = parseSigner(formatSignerKey("log.example", Buffer.alloc(32, 2)));
const key = parseVkey(signer.vkey);
const root = Buffer.alloc(32, 7);

/** A witness of type 0x04 for the seed, and its cosignature line over a checkpoint's text at `seconds`. */
function witness(name: string, seed: number) {
  const secret = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.alloc(32, seed),
  ]);
  const privateKey = createPrivateKey({ key: secret, format: "der", type: "pkcs8" });
  const asLog = parseSigner(formatSignerKey(name, Buffer.alloc(32, seed))).vkey;
  const material = Buffer.from(asLog.split("+").slice(2).join("+"), "base64").fill(0x04, 0, 1);
  const vkey = vkeyText(name, material);
  const { keyId } = parseVkey(vkey);
  const cosign = (text: string, seconds: bigint) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(seconds);
    const bytes = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), privateKey);
    return signatureLine({ name, keyId, bytes: Buffer.concat([time, bytes]) });
  };
  return { vkey, cosign };
}

function vkeyText(name: string, material: Buffer): string {
  const digest = sha(Buffer.concat([Buffer.from(`${name}\n`), material]));
  return `${name}+${digest.toString("hex", 0, 4)}+${material.toString("base64")}`;
}

describe("keys", () => {
  test.each([
    ["nothing", ""],
    ["a word", "log.example"],
    [
      "upper-case hash",
      signer.vkey.replace(/\+[0-9a-f]{8}\+/u, (hash) => hash.toUpperCase().replace(/\d/gu, "A")),
    ],
    ["another hash", signer.vkey.replace(/\+[0-9a-f]{8}\+/u, "+00000000+")],
    ["a name with a space", signer.vkey.replace("log.example", "log example")],
    ["no name", signer.vkey.replace("log.example", "")],
    ["loose base64", `${signer.vkey}=`],
    ["a short key", vkeyText("log.example", Buffer.alloc(32, 1))],
    ["an unknown algorithm", vkeyText("log.example", Buffer.alloc(33, 6))],
  ])("a verifier key with %s is refused", (_, text) => {
    expect(() => parseVkey(text)).toThrow(code("note_key_malformed"));
    expect(() => parseSigner(`PRIVATE+KEY+${text}`)).toThrow(code("note_key_malformed"));
  });

  test("a signing key is never quoted in a fault", () => {
    const text = formatSignerKey("log.example", Buffer.alloc(32, 1));
    const wrong = () => parseSigner(text.replace("log.example", "other.example"));
    expect(wrong).toThrow(expect.objectContaining({ message: expect.not.stringContaining(text.slice(-20)) }));
    expect(() => parseSigner(signer.vkey)).toThrow(code("note_key_malformed"));
    expect(() => formatSignerKey("a b", Buffer.alloc(32))).toThrow(code("note_key_malformed"));
    expect(() => formatSignerKey("a", Buffer.alloc(31))).toThrow(code("note_key_malformed"));
  });
});

describe("notes", () => {
  test("what is signed verifies; another key's signature, or a changed text, does not", () => {
    const note = signNote("hello\n\nworld\n", signer);
    expect(verifyNote(parseNote(note), [key])).toEqual([{ key, cosignedAtSeconds: null }]);
    expect(() => verifyNote(parseNote(note), [parseVkey(stranger.vkey)])).toThrow(code("note_unsigned"));
    expect(() => verifyNote(parseNote(note.replace("hello", "hullo")), [key])).toThrow(
      code("note_signature_bad"),
    );
  });

  test("unknown signatures are ignored, a bad one of a known key spoils the note", () => {
    const { text, signatures } = parseNote(signNote("a\n", signer));
    const [own] = signatures;
    const [foreign] = parseNote(signNote("b\n", stranger)).signatures;
    expect(verifyNote({ text, signatures: [foreign!, own!] }, [key])).toHaveLength(1);
    const spoiled = { ...own!, bytes: Buffer.alloc(64) };
    expect(() => verifyNote({ text, signatures: [spoiled, own!] }, [key])).toThrow(
      code("note_signature_bad"),
    );
    expect(() => verifyNote({ text, signatures: [{ ...own!, bytes: Buffer.alloc(63) }] }, [key])).toThrow(
      code("note_signature_bad"),
    );
  });

  test.each([
    ["no text", "\n\u2014 a AAAAAAA=\n"],
    ["no signatures", "a\n\n"],
    ["no blank line", "a\n\u2014 a AAAAAAA=\n"],
    ["no last newline", signNote("a\n", signer).slice(0, -1)],
    ["a hyphen for the dash", signNote("a\n", signer).replace("\u2014", "-")],
    ["a short signature", "a\n\n\u2014 a AAAAAA==\n"],
    ["a plus in the name", "a\n\n\u2014 a+b AAAAAAA=\n"],
    ["a control character", "a\r\n\n\u2014 a AAAAAAA=\n"],
    ["a no-break space in the name", "a\n\n\u2014 a\u00a0b AAAAAAA=\n"],
    ["65 signatures", `a\n\n${"\u2014 a AAAAAAA=\n".repeat(65)}`],
    ["300,000 characters", `${"a".repeat(300_000)}\n\n\u2014 a AAAAAAA=\n`],
  ])("a note with %s is malformed", (_, note) => {
    expect(() => parseNote(note)).toThrow(code("note_malformed"));
  });

  test("a text without its newline, or with a control character, is not signed", () => {
    expect(() => signNote("a", signer)).toThrow(code("note_malformed"));
    expect(() => formatNote({ text: "a\tb\n", signatures: [] })).toThrow(code("note_malformed"));
  });
});

describe("checkpoints", () => {
  test("round trip, and the first line is the key's name", () => {
    const note = signCheckpoint(12, root, signer);
    expect(openCheckpoint(note, key)).toMatchObject({
      origin: "log.example",
      size: 12,
      root,
      extensions: [],
    });
    expect(note.startsWith(formatCheckpoint("log.example", 12, root))).toBe(true);
    const foreign = signNote(formatCheckpoint("else.example", 12, root), signer);
    expect(() => openCheckpoint(foreign, key)).toThrow(code("checkpoint_foreign"));
  });

  test("witnesses are verified and named with their time; alone they open nothing", () => {
    const { vkey, cosign } = witness("w.example", 5);
    const note = signCheckpoint(12, root, signer);
    const text = formatCheckpoint("log.example", 12, root);
    const cosigned = note + cosign(text, 1_790_000_000n);
    const opened = openCheckpoint(cosigned, key, [parseVkey(vkey)]);
    expect(
      opened.signatures.map(({ key: { name }, cosignedAtSeconds }) => [name, cosignedAtSeconds]),
    ).toEqual([
      ["log.example", null],
      ["w.example", 1_790_000_000],
    ]);
    expect(openCheckpoint(cosigned, key).signatures).toHaveLength(1);
    expect(() => openCheckpoint(note + cosign("other\n", 1n), key, [parseVkey(vkey)])).toThrow(
      code("note_signature_bad"),
    );
    const alone = `${text}\n${cosign(text, 1n)}`;
    expect(() => openCheckpoint(alone, key, [parseVkey(vkey)])).toThrow(code("checkpoint_foreign"));
  });

  test.each([
    ["no newline", "a\n1\nAAAA"],
    ["no origin", `\n1\n${root.toString("base64")}\n`],
    ["two lines", "a\n1\n"],
    ["a leading zero", `a\n01\n${root.toString("base64")}\n`],
    ["a sign", `a\n+1\n${root.toString("base64")}\n`],
    ["a size beyond 2^53", `a\n9007199254740993\n${root.toString("base64")}\n`],
    ["a short root", "a\n1\nAAAA\n"],
    ["an empty extension", `a\n1\n${root.toString("base64")}\n\n`],
  ])("a checkpoint with %s is malformed", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(code("checkpoint_malformed"));
  });

  test("extension lines are kept", () => {
    expect(parseCheckpoint(`a\n0\n${root.toString("base64")}\nx\ny\n`).extensions).toEqual(["x", "y"]);
  });
});

describe("proofs as text", () => {
  const proof = {
    index: 3,
    hashes: [root, Buffer.alloc(32, 8)],
    checkpoint: signCheckpoint(12, root, signer),
  };

  test("round trip, with and without extra; spicy is the rest", () => {
    const text = formatProof(proof);
    expect(parseProof(text)).toEqual(proof);
    expect(text).toBe(`c2sp.org/tlog-proof@v1\n${formatSpicy(proof)}`);
    expect(parseSpicy(formatSpicy(proof))).toEqual(proof);
    const extra = { ...proof, extra: Buffer.from("x"), hashes: [] };
    expect(parseProof(formatProof(extra))).toEqual(extra);
    expect(formatSpicy(extra)).not.toContain("extra");
  });

  test.each([
    ["another first line", formatProof(proof).replace("@v1", "@v2")],
    ["no index", formatProof(proof).replace("index 3\n", "")],
    ["a negative index", formatProof(proof).replace("index 3", "index -3")],
    ["loose base64", formatProof(proof).replace("=\n", "\n")],
    ["a short hash", formatProof(proof).replace(root.toString("base64"), "AAAA")],
    ["no checkpoint", "c2sp.org/tlog-proof@v1\nindex 3\n"],
    ["a bad extra", formatProof(proof).replace("index", "extra !\nindex")],
    ["64 hashes", formatProof({ ...proof, hashes: Array.from({ length: 64 }, () => root) })],
  ])("a proof with %s is malformed", (_, text) => {
    expect(() => parseProof(text)).toThrow(code("proof_malformed"));
  });
});

/** What `act` threw, if it was anything but a Fault about its input. */
function misbehaviour(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (cause) {
    return cause instanceof Fault && cause.code !== "bug" ? null : cause;
  }
}

describe("parsers throw nothing but Fault", () => {
  const shapes = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.stringMatching(/^[\n\u2014 a-c+0-9A=/]{0,120}$/u),
    fc
      .tuple(
        fc.constantFrom(signCheckpoint(3, root, signer), signer.vkey, formatSignerKey("a", root)),
        fc.nat(),
        fc.string(),
      )
      .map(
        ([text, at, splice]) => text.slice(0, at % text.length) + splice + text.slice((at % text.length) + 1),
      ),
  );
  test.each([
    ["parseNote", parseNote],
    ["parseVkey", parseVkey],
    ["parseSigner", parseSigner],
    ["parseCheckpoint", parseCheckpoint],
    ["parseProof", (text: string) => parseProof(`c2sp.org/tlog-proof@v1\n${text}`)],
    ["parseSpicy", (text: string) => parseSpicy(`index 1\n${text}`)],
    ["openCheckpoint", (text: string) => openCheckpoint(text, key)],
  ])("%s", (_, parse) => {
    fc.assert(
      fc.property(shapes, (text) => {
        expect(misbehaviour(() => parse(text))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
