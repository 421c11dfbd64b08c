import fc from "fast-check";
import { expect, test } from "vitest";
import {
  openTrusted,
  parsePolicy,
  parseReceiptKey,
  parseVkey,
  Refusal,
  trustLog,
  verifyReceipt,
} from "./index.ts";

/** Of golang.org/x/mod's note tests. */
const VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NOTE = `PeterNeumann\n3\n${Buffer.alloc(32).toString("base64")}\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
const POLICY = `log ${VKEY}\ngroup g any a\nquorum none\n`;

/** What `act` threw, if it was anything but a Refusal. */
function misbehaviour(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (cause) {
    return cause instanceof Refusal ? null : cause;
  }
}

const spliced = fc
  .tuple(
    fc.constantFrom(VKEY, NOTE, POLICY),
    fc.nat(),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.nat(9),
  )
  .map(
    ([text, at, splice, cut]) =>
      text.slice(0, at % text.length) + splice + text.slice((at % text.length) + cut),
  );
const proof = spliced.map((text) => `c2sp.org/tlog-proof@v1\nindex 0\n\n${text}`);
const receipt = fc
  .record({
    format: fc.constant("doorward-receipt@v1"),
    subject: fc.string(),
    log: fc.constant("PeterNeumann"),
    entries: fc.array(fc.oneof(fc.jsonValue(), fc.record({ record: fc.json(), leaf: fc.json(), proof })), {
      maxLength: 3,
    }),
  })
  .map((value) => JSON.stringify(value));
const text = fc.oneof(fc.string({ unit: "binary" }), fc.json(), spliced, receipt);

test.each([
  ["parseVkey", (input: string) => parseVkey(input, 1)],
  ["parsePolicy", parsePolicy],
  ["parseReceiptKey", parseReceiptKey],
  ["openTrusted", (input: string) => openTrusted(input, trustLog(VKEY))],
  ["verifyReceipt", (input: string) => verifyReceipt(input, trustLog(VKEY), [])],
])("%s refuses whatever it is given, and never crashes", (_, act) => {
  fc.assert(
    fc.property(text, (input) => {
      expect(misbehaviour(() => act(input))).toBeNull();
    }),
    { numRuns: 500 },
  );
});
