import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "#base";
import type { Appended } from "#ledger";
import { FULL_RETRY_MS } from "./limits.ts";
import { PLEDGE_KEY } from "./rows.ts";
import type { Work } from "./work.ts";

/**
 * Puts the text of the next checkpoint in the place of the last, durably: true when it did, false when another
 * stands there. A full or locked database only delays it; the sequencer waits.
 */
export async function keepPledge(
  submit: (work: Work) => Promise<Appended>,
  last: string | null,
  next: string,
): Promise<boolean> {
  const sql =
    last === null
      ? "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
      : "UPDATE meta SET value = ? WHERE key = ? AND value = ?";
  const parameters = last === null ? [PLEDGE_KEY, next] : [next, PLEDGE_KEY, last];
  for (;;) {
    try {
      const work: Work = {
        entries: [],
        writes: [{ sql, parameters, changes: 1 }],
        bytes: 0,
        isReserved: true,
      };
      return (await submit(work)).kind === "kept";
    } catch (error) {
      if (!(error instanceof Fault) || !["journal_full", "journal_busy"].includes(error.code)) throw error;
      await wait(FULL_RETRY_MS);
    }
  }
}
