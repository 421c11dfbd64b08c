import { z } from "zod";
import { isoTime } from "./change.ts";
import { time } from "./fields.ts";
import { numberOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read } from "./operation.ts";

export const ledgerStatus = read({
  name: "ledger.status",
  summary: "Show how far the ledger is: acknowledged, integrated, published",
  permission: "ledger.read",
  input: z.strictObject({}),
  output: z.object({
    origin: z.string().describe("Name of the log"),
    acknowledged: z.int().describe("Entries committed at their final index"),
    integrated: z.int().describe("Entries in the tiles"),
    published: z.int().describe("Entries under a signed checkpoint"),
    checkpointAt: time.nullable(),
  }),
  async run({ journal, keys }) {
    const { acknowledged, integrated, published, checkpointAt } = journal.status();
    return { origin: keys.origin, acknowledged, integrated, published, checkpointAt: isoTime(checkpointAt) };
  },
});

export const ledgerEntries = read({
  name: "ledger.entries",
  summary: "List ledger entries, oldest first",
  permission: "entries.read",
  input: z.strictObject({
    ...pageInput,
    kind: z.string().max(40).optional().describe("Only of this kind: intent, outcome …"),
  }),
  output: pageOf(
    z.object({
      index: z.int(),
      kind: z.string(),
      subject: z.string(),
      at: time,
      record: z.string().describe("The canonical record, as signed"),
    }),
  ),
  columns: ["index", "at", "kind", "subject"],
  examples: ["ledger entries --kind intent --limit 10"],
  async run({ store }, { after, limit, kind }) {
    let query = store.query
      .selectFrom("entries")
      .selectAll()
      .where("idx", ">", numberOfCursor(after, -1))
      .orderBy("idx")
      .limit(limit + 1);
    if (kind !== undefined) query = query.where("kind", "=", kind);
    return page(await query.execute(), limit, {
      keyOf: (row) => String(row.idx),
      item: ({ idx, kind: of, subject, at, record }) => ({
        index: idx,
        kind: of,
        subject,
        at: isoTime(at),
        record,
      }),
    });
  },
});

export const ledgerCheckpoint = read({
  name: "ledger.checkpoint",
  summary: "Show the newest signed checkpoint and the keys to check it with",
  permission: "ledger.read",
  input: z.strictObject({}),
  output: z.object({
    checkpoint: z
      .string()
      .nullable()
      .describe("Signed note (C2SP tlog-checkpoint), verbatim; null before the first"),
    logKey: z.string().describe("Verifier key of the log, as name+id+key"),
    receiptKey: z.string().describe("Public key that signs entries: base64 of its SPKI DER"),
  }),
  async run({ checkpoint, keys }) {
    return {
      checkpoint: checkpoint(),
      logKey: keys.log.vkey,
      receiptKey: Buffer.from(keys.receipt.publicKeyDer).toString("base64"),
    };
  },
});
