import type { Ambient } from "#base";
import type { Journal } from "#ledger";
import type { Store } from "#store";
import { closeIntent } from "./rows.ts";

/**
 * Closes every intent that a dead process left open, as outcome `unknown`: its effect may have left, and is never
 * re-sent (T20). Runs before any door opens. Returns how many there were.
 */
export async function closeOpenIntents(
  store: Store,
  journal: Pick<Journal, "append">,
  ambient: Ambient,
): Promise<number> {
  const open = await store.query.selectFrom("open_intents").selectAll().orderBy("at").execute();
  for (const intent of open) {
    await journal.append({
      entries: [
        {
          kind: "outcome",
          subject: intent.action_id,
          at: ambient.now(),
          body: { status: "unknown", agent: intent.agent_id, why: "Doorward stopped before an answer came" },
        },
      ],
      writes: [closeIntent(intent.action_id)],
    });
  }
  return open.length;
}
