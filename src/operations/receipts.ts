import { z } from "zod";
import { Fault } from "#base";
import { demand, mayTouch } from "#identity";
import {
  checkReceipt,
  formatReceipt,
  parseReceipt,
  parseRecord,
  parseVkey,
  type ReceiptEntry,
  receiptFiles,
  sigstoreBlob,
  sigstoreBundle,
} from "#ledger";
import { userIdOf } from "./accounts/rows.ts";
import { findAction } from "./actions.ts";
import type { ReadContext } from "./context.ts";
import { read } from "./operation.ts";

const PUBLISH_WAIT_MS = 5_000;
const RECEIPT_CHARS_MAX = 900_000;

export const receiptsGet = read({
  name: "receipts.get",
  summary: "Get the receipt of an action (or approval, agent, session …): its entries with their proofs",
  permission: "receipts.read",
  input: z.strictObject({
    id: z.string().min(1).max(300).describe("Id of the action, approval or other subject"),
  }),
  output: z.object({
    subject: z.string(),
    receipt: z
      .string()
      .describe("The receipt file (doorward-receipt@v1), verifiable offline with doorward-verify"),
  }),
  positional: ["id"],
  raw: "receipt",
  examples: ["receipts get act_… > receipt.json"],
  async run(context, { id }) {
    const subject = await subjectOf(context, id);
    const receipt = await context.journal.receipt(subject, { waitMs: PUBLISH_WAIT_MS });
    return { subject, receipt: formatReceipt(receipt) };
  },
});

export const receiptsFiles = read({
  name: "receipts.files",
  summary: "Get a receipt as files for other people's verifiers: tlog-proof, spicy, Sigstore bundle, cosign",
  permission: "receipts.read",
  input: z.strictObject({
    id: z.string().min(1).max(300).describe("Id of the action, approval or other subject"),
  }),
  output: z.object({
    subject: z.string(),
    items: z.array(z.object({ name: z.string(), text: z.string() })),
  }),
  positional: ["id"],
  columns: ["name"],
  examples: [
    "receipts files act_… --json | jq -r '.items[] | select(.name | endswith(\".tlog-proof\")) | .text'",
  ],
  async run(context, { id }) {
    const subject = await subjectOf(context, id);
    const receipt = await context.journal.receipt(subject, { waitMs: PUBLISH_WAIT_MS });
    return { subject, items: [...receiptFiles(receipt), ...receipt.entries.flatMap(forSigstore)] };
  },
});

/** One entry as `@sigstore/verify` takes it, and as `cosign verify-blob` does (the blob is text: DSSE over JSON). */
function forSigstore(entry: ReceiptEntry): { name: string; text: string }[] {
  const { index } = parseRecord(entry.record);
  const { blob, bundle } = sigstoreBlob(entry);
  return [
    { name: `${index}.sigstore.json`, text: sigstoreBundle(entry) },
    { name: `${index}.blob`, text: blob.toString("utf8") },
    { name: `${index}.blob.sigstore.json`, text: bundle },
  ];
}

export const receiptsVerify = read({
  name: "receipts.verify",
  summary: "Check a receipt against this Doorward's keys; doorward-verify does it without Doorward",
  permission: "receipts.read",
  body: true,
  input: z.strictObject({
    receipt: z.string().max(RECEIPT_CHARS_MAX).meta({
      description: "The receipt file; on the command line a path, or - for standard input",
      "x-file": true,
    }),
  }),
  output: z.object({
    verified: z.boolean(),
    subject: z.string(),
    kinds: z.array(z.string()).describe("Kinds of its entries, in log order"),
    witnesses: z.array(z.string()).describe("Who cosigned the checkpoint; empty: unwitnessed"),
    problems: z.array(z.string()),
  }),
  positional: ["receipt"],
  isFailure: ({ verified }) => !verified,
  async run({ keys }, input) {
    const receipt = parseReceipt(input.receipt);
    const trust = { logKey: parseVkey(keys.log.vkey), receiptKeys: [keys.receipt.publicKeyDer] };
    const check = checkReceipt(receipt, trust);
    if (check.kind === "refused") {
      return {
        verified: false,
        subject: receipt.subject,
        kinds: [],
        witnesses: [],
        problems: [...check.problems],
      };
    }
    const kinds = check.records.map((record) => record.kind);
    return { verified: true, subject: receipt.subject, kinds, witnesses: [...check.witnesses], problems: [] };
  },
});

/** An approval's entries are its action's. Whoever sees only their own agents gets only what those did. */
async function subjectOf(context: ReadContext, id: string): Promise<string> {
  const subject = id.startsWith("apr_") ? await actionOfApproval(context, id) : id;
  if (demand(context.caller, "receipts.read") === "own") await findAction(context, subject);
  if (context.journal.entries(subject).length === 0) throw unknown(id);
  return subject;
}

async function actionOfApproval(context: ReadContext, id: string): Promise<string> {
  const row = await context.store.query
    .selectFrom("approvals")
    .innerJoin("agents", "agents.id", "approvals.agent_id")
    .select(["approvals.action_id", "agents.owner_id"])
    .where("approvals.id", "=", id)
    .executeTakeFirst();
  if (row !== undefined && mayTouch(context.caller, "approvals.read", userIdOf(row.owner_id)))
    return row.action_id;
  throw unknown(id);
}

function unknown(id: string): Fault {
  return new Fault(
    "subject_unknown",
    `the ledger has no entries about ${JSON.stringify(id)}`,
    "List actions: `doorward actions list`.",
  );
}
