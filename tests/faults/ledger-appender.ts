// The process that ledger-strace.test.ts breaks: appends a few entries one by one, says what was acknowledged, waits
// for receipts now and then, and ends. Exit codes: 0 all went well, 3 the journal said `fatal`, 4 no receipt in time.
import { Fault } from "#base";
import type { JournalHandle } from "#journal";
import { draft } from "../conformance/journal.ts";
import { openOn } from "../conformance/journal-bench.ts";

const ENTRIES = 4;
const RECEIPT_WAIT_MS = 2_500;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function end(error: unknown): never {
  const code = error instanceof Fault ? error.code : String(error);
  say(`ended ${code}`);
  process.exit(code === "receipt_unpublished" ? 4 : 3);
}

async function step(journal: JournalHandle, i: number): Promise<void> {
  const subject = `act_${process.pid}_${i}`;
  try {
    const result = await journal.append({ entries: [draft(subject)] });
    if (result.kind === "kept") say(`kept ${result.indexes[0]} ${subject}`);
    if (i % 2 === 1) await journal.receipt(subject, { waitMs: RECEIPT_WAIT_MS });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "journal_full") throw error;
    say("full");
  }
}

try {
  const { journal, store } = await openOn(process.argv[2] ?? "");
  void journal.fatal.then(end);
  for (let i = 0; i < ENTRIES; i += 1) await step(journal, i);
  await journal.close();
  store.close();
} catch (error) {
  end(error);
}
