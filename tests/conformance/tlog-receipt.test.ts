import { generateKeyPairSync } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import {
  checkReceipt,
  formatReceipt,
  makeReceipt,
  parseProof,
  parseReceipt,
  parseSpicy,
  parseVkey,
  type Receipt,
  receiptFiles,
} from "#ledger";
import { trustLog, verifyReceipt } from "../../verifier/src/index.ts";
import { draft, openTestLog } from "./tlog-fixture.ts";

const log = openTestLog(4);
const other = openTestLog(5);
log.log([draft("verdict", "act_1"), draft("intent", "act_1"), draft("approval.requested", "apr_1")]);
log.log([draft("outcome", "act_1"), draft("intent", "act_2"), draft("outcome", "act_3")]);
log.log([draft("intent", "act_3"), draft("intent", "act_4"), draft("intent", "act_4")]);
log.log([draft("intent", "act_5"), draft("outcome", "act_5"), draft("outcome", "act_5")]);
other.log([draft("intent", "act_1"), draft("outcome", "act_1")]);
afterAll(() => [log, other].forEach((each) => each.close()));

/** What both checkers say of it; they must agree. */
function verdicts(
  receipt: Receipt,
  vkey = log.signer.vkey,
  keys = [log],
): { engine: string; verifier: string } {
  const trust = { logKey: parseVkey(vkey), receiptKeys: keys.map(({ spki }) => spki) };
  const check = checkReceipt(receipt, trust);
  const engine = check.kind === "verified" ? "verified" : check.problems.join("; ");
  try {
    verifyReceipt(
      formatReceipt(receipt),
      trustLog(vkey),
      keys.map(({ receiptKey }) => receiptKey),
    );
    return { engine, verifier: "verified" };
  } catch (cause) {
    return { engine, verifier: String(cause) };
  }
}

const both = (text: string) => ({
  engine: expect.stringContaining(text),
  verifier: expect.stringContaining(text),
});

describe("engine and offline verifier agree", () => {
  test.each(["act_1", "act_2", "apr_1"])("that the receipt of %s is good", (subject) => {
    expect(verdicts(log.receipt(subject))).toEqual({ engine: "verified", verifier: "verified" });
  });

  test("after the log grew, and with an old receipt key named beside the new", () => {
    const early = log.receipt("act_1");
    log.log([draft("session.ended", "ses_1")]);
    expect(verdicts(early, log.signer.vkey, [other, log]).verifier).toBe("verified");
  });

  test.each([
    ["act_3", "an outcome has no intent before it"],
    ["act_4", "more than one intent"],
    ["act_5", "more than one"],
  ])("that %s is not: %s", (subject, problem) => {
    expect(verdicts(log.receipt(subject))).toEqual(both(problem));
  });

  test("that entries may not be swapped, repeated, mixed or renamed", () => {
    const receipt = log.receipt("act_1");
    const [a, b, c] = receipt.entries;
    expect(verdicts({ ...receipt, entries: [b!, a!, c!] })).toEqual(both("order"));
    expect(verdicts({ ...receipt, entries: [a!, a!, b!] })).toEqual(both("order"));
    const [foreign] = log.receipt("act_2").entries;
    expect(verdicts({ ...receipt, entries: [a!, b!, foreign!] })).toEqual(both("about"));
    expect(verdicts({ ...receipt, entries: [{ ...a!, record: b!.record }] })).toEqual(both("record"));
    expect(verdicts({ ...receipt, entries: [{ ...a!, proof: b!.proof }] })).toEqual(
      both("leaf is not in the log"),
    );
    expect(verdicts({ ...receipt, subject: "act_9" })).toEqual(both("about"));
    expect(verdicts({ ...receipt, log: "else.example" })).toEqual(both("log"));
  });

  test("that the key of another log, and another receipt key, prove nothing", () => {
    const receipt = log.receipt("act_1");
    expect(verdicts(receipt, other.signer.vkey)).toEqual({
      engine: expect.stringContaining("signed"),
      verifier: expect.stringContaining("signed"),
    });
    expect(verdicts(receipt, log.signer.vkey, [other])).toEqual(both("receipt key"));
    expect(verdicts(other.receipt("act_1"))).toEqual({
      engine: expect.stringContaining("signed"),
      verifier: expect.stringContaining("signed"),
    });
  });

  test("that all proofs stand under one checkpoint", () => {
    const early = log.receipt("act_1");
    log.log([draft("session.ended", "ses_2")]);
    const late = log.receipt("act_1");
    const mixed = { ...early, entries: [early.entries[0]!, late.entries[1]!, late.entries[2]!] };
    expect(verdicts(mixed)).toEqual(both("one checkpoint"));
  });

  test("that a receipt is by ECDSA P-256 only", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    expect(() =>
      verifyReceipt(formatReceipt(log.receipt("act_1")), trustLog(log.signer.vkey), [publicKey]),
    ).toThrow("receipt key");
  });
});

describe("the receipt file", () => {
  test("round trips, and its files are what other tools read", () => {
    const receipt = log.receipt("act_1");
    expect(parseReceipt(formatReceipt(receipt))).toEqual(receipt);
    const files = receiptFiles(receipt);
    expect(files).toHaveLength(12);
    const [record, leaf, proof, spicy] = files;
    expect(record?.text).toBe(receipt.entries[0]?.record);
    expect([record?.name, leaf?.name, proof?.name, spicy?.name]).toEqual([
      "0.record.json",
      "0.leaf.json",
      "0.leaf.json.tlog-proof",
      "0.leaf.json.spicy",
    ]);
    expect(parseSpicy(spicy!.text)).toEqual(parseProof(proof!.text));
  });

  test("an entry that is not under the checkpoint yet gives no receipt", () => {
    const checkpoint = other.checkpoint();
    const [late] = other.log([draft("intent", "act_2")]);
    expect(() => makeReceipt({ subject: "act_2", entries: [late!], checkpoint, read: other.read })).toThrow(
      expect.objectContaining({ code: "receipt_unpublished" }),
    );
  });

  test.each([
    ["another format", { format: "doorward-receipt@v2" }],
    ["no subject", { subject: 1 }],
    ["no log", { log: null }],
    ["no entries", { entries: [] }],
    ["too many entries", { entries: Array.from({ length: 1001 }, () => 0) }],
    ["an empty entry", { entries: [{}] }],
  ])("with %s is malformed", (_, change) => {
    const file = JSON.stringify({ ...JSON.parse(formatReceipt(log.receipt("act_1"))), ...change });
    expect(() => parseReceipt(file)).toThrow(expect.objectContaining({ code: "receipt_malformed" }));
  });
});
