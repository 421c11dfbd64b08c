import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  checkReceipt,
  formatSignerKey,
  pae,
  parseReceipt,
  parseSigner,
  parseVkey,
  RECORD_TYPE,
} from "#ledger";
import { parseReceiptKey, trustLog, verifyReceipt } from "../../verifier/src/index.ts";

const PAGE = readFileSync(new URL("../../docs/formats/ledger.md", import.meta.url), "utf8");

/** The fenced block that is marked with these words. */
function block(words: string): string {
  return PAGE.split(`\`\`\`${words}\n`)[1]?.split("```")[0] ?? "";
}

test("the example of docs/formats/ledger.md verifies, by the offline verifier and by the engine", () => {
  const vkey = block("text vkey").trim();
  const key = block("text receipt-key");
  const { entries, checkpoint } = verifyReceipt(block("json receipt"), trustLog(vkey), [
    parseReceiptKey(key),
  ]);
  expect(entries.map(({ index, kind }) => [index, kind])).toEqual([
    [1, "intent"],
    [2, "outcome"],
  ]);
  expect(checkpoint).toMatchObject({ size: 3, witnesses: [] });
  const trust = { logKey: parseVkey(vkey), receiptKeys: [Buffer.from(key, "base64")] };
  expect(checkReceipt(parseReceipt(block("json receipt")), trust)).toMatchObject({
    kind: "verified",
    size: 3,
  });
});

test("the page's constants are the code's", () => {
  const vkey = block("text vkey").trim();
  const [origin = ""] = vkey.split("+");
  expect(parseSigner(formatSignerKey(origin, Buffer.alloc(32, 0x2a))).vkey).toBe(vkey);
  expect(PAGE).toContain(`"DSSEv1 ${RECORD_TYPE.length} ${RECORD_TYPE} "`);
  expect(pae(RECORD_TYPE, "{}").toString()).toBe(`DSSEv1 ${RECORD_TYPE.length} ${RECORD_TYPE} 2 {}`);
});

test("every kind of entry is in the page's table", () => {
  const source = readFileSync(new URL("../../src/ledger/journal.ts", import.meta.url), "utf8");
  const kinds = [...source.split("export interface")[0]!.matchAll(/\| "([a-z.]+)"/gu)].map(
    ([, kind]) => kind,
  );
  expect(kinds.length).toBeGreaterThan(15);
  expect(kinds.filter((kind) => !PAGE.includes(`\`${kind}\``))).toEqual([]);
});
