import { createPrivateKey, createPublicKey, hash, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openTrusted, parsePolicy, Refusal, trustLog } from "./index.ts";

/** An Ed25519 key made from a seed byte, as a note key of the given type. */
function noteKey(name: string, seed: number, type: 1 | 4) {
  const secret = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.alloc(32, seed),
  ]);
  const privateKey = createPrivateKey({ key: secret, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const material = Buffer.concat([Buffer.of(type), spki.subarray(12)]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), material]), "buffer").subarray(0, 4);
  const line = (bytes: Buffer) => `\u2014 ${name} ${Buffer.concat([id, bytes]).toString("base64")}\n`;
  const time = Buffer.from("000000006ab1f080", "hex");
  const cosigned = (text: string) => `cosignature/v1\ntime ${time.readBigUInt64BE()}\n${text}`;
  return {
    vkey: `${name}+${id.toString("hex")}+${material.toString("base64")}`,
    sign: (text: string) =>
      type === 1
        ? line(sign(null, Buffer.from(text), privateKey))
        : line(Buffer.concat([time, sign(null, Buffer.from(cosigned(text)), privateKey)])),
  };
}

const log = noteKey("log.example", 1, 1);
const witnesses = [2, 3, 4].map((seed) => noteKey(`w${seed}.example`, seed, 4));
const [w2, w3, w4] = witnesses;
const BODY = `log.example\n3\n${Buffer.alloc(32, 9).toString("base64")}\n`;
const signedBy = (...others: readonly ({ sign: (text: string) => string } | undefined)[]) =>
  `${BODY}\n${log.sign(BODY)}${others.map((other) => other?.sign(BODY)).join("")}`;
const KEYS = `# keys\nlog ${log.vkey} https://log.example/\n\twitness a ${w2?.vkey}\nwitness b ${w3?.vkey} \nwitness c ${w4?.vkey}\n\n`;

describe("a policy demands its quorum", () => {
  test.each([
    ["quorum none\n", 0],
    ["quorum a\n", 1],
    ["group g any a b c\nquorum g\n", 1],
    ["group g 2 a b c\nquorum g\n", 2],
    ["group g all a b c\nquorum g\n", 3],
    ["group g any b c\ngroup h all a g\nquorum h\n", 2],
  ])("%j needs the first %i", (rule, needed) => {
    const trust = parsePolicy(KEYS + rule);
    const names = witnesses.map((_, n) => `w${n + 2}.example`);
    for (const count of [0, 1, 2, 3].filter((each) => each >= needed)) {
      const { witnesses: found } = openTrusted(signedBy(...witnesses.slice(0, count)), trust);
      expect(found).toEqual(names.slice(0, count));
    }
    for (const count of [0, 1, 2, 3].filter((each) => each < needed)) {
      expect(() => openTrusted(signedBy(...witnesses.slice(0, count)), trust)).toThrow("quorum");
    }
  });

  test("a cosignature over another checkpoint, or a witness's alone, is no good", () => {
    const trust = parsePolicy(`${KEYS}quorum a\n`);
    expect(() => openTrusted(signedBy() + (w2?.sign("other\n") ?? ""), trust)).toThrow("does not verify");
    expect(() => openTrusted(`${BODY}\n${w2?.sign(BODY)}`, trust)).toThrow("not signed by the log key");
  });

  test("with a log key alone, witnesses are unknown and not counted", () => {
    expect(openTrusted(signedBy(w2), trustLog(log.vkey)).witnesses).toEqual([]);
  });
});

test.each([
  ["no quorum", ""],
  ["two quorums", "quorum none\nquorum a\n"],
  ["an undefined name", "quorum z\n"],
  ["a group before its members", "group g any h\ngroup h any a\nquorum g\n"],
  ["a member used twice", "group g any a a\nquorum g\n"],
  ["a member of two groups", "group g any a\ngroup h any a\nquorum g\n"],
  ["none as a member", "group g any none\nquorum g\n"],
  ["a name defined twice", "group a any b\nquorum a\n"],
  ["more than there are", "group g 3 a b\nquorum g\n"],
  ["zero of some", "group g 0 a b\nquorum g\n"],
  ["an empty group", "group g all\nquorum g\n"],
  ["an unknown word", "trust everyone\nquorum none\n"],
  ["a witness key as log", `log ${noteKey("x.example", 8, 4).vkey}\nquorum none\n`],
  ["a log key as witness", `witness x ${noteKey("x.example", 8, 1).vkey}\nquorum none\n`],
  ["one key twice", `witness x ${noteKey("x.example", 2, 4).vkey}\nquorum none\n`],
  ["a key twice under two types", `witness x ${noteKey("x.example", 1, 4).vkey}\nquorum none\n`],
])("a policy with %s is refused", (_, rest) => {
  expect(() => parsePolicy(KEYS + rest)).toThrow(Refusal);
});
