import { z } from "zod";
import { Fault } from "#base";
import { demand } from "#identity";
import type { Beside, Said } from "./approval-decide.ts";
import type { ApprovalRow } from "./approval-rows.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { keepAnswer, type KeptAnswer } from "./drill-answer.ts";
import { withdrawingAs, withdrawOpen } from "./request-ends.ts";
import { recordLater, stopBatch, stopInForce, stopRow } from "./stop-record.ts";
import type { StopRow } from "./stop-rows.ts";
import { type StopTarget, stopTargetOf } from "./stop-targets.ts";
import { heldUnrecorded } from "./stop-unrecorded.ts";

const REASON_CHARS_MAX = 500;

export const stopInput = {
  stop: z
    .enum(["agent", "session"])
    .optional()
    .describe("With the same no, stop the agent that asks, or only this session of it"),
  reason: z
    .string()
    .min(1)
    .max(REASON_CHARS_MAX)
    .optional()
    .describe("With --stop: why, told to whoever is refused, and kept for the record"),
};

export interface StopWish {
  readonly stop?: "agent" | "session" | undefined;
  readonly reason?: string | undefined;
}

/** What is to be stopped with a no, found, and why. */
export interface PlannedStop {
  readonly found: StopTarget;
  readonly reason: string;
  readonly would: string;
}

/** Null: nothing is to be stopped. Throws that it is not the caller's to stop. */
export async function plannedStop(
  context: ReadContext,
  row: ApprovalRow,
  { stop, reason }: StopWish,
): Promise<PlannedStop | null> {
  if (stop === undefined) {
    if (reason !== undefined) throw reasonAlone();
    return null;
  }
  demand(context.caller, "agents.stop");
  const found = await stopTargetOf(context, stop, stop === "agent" ? row.agent_id : row.session_id);
  return {
    found,
    reason: reason ?? `stopped together with the no to ${row.id}`,
    would: `, and stop ${stop === "agent" ? `agent ${found.label}` : `session ${found.label}`}`,
  };
}

/** A no that was kept, and what it stopped. */
export interface KeptNo extends KeptAnswer {
  /** Id of the stop; null: nothing was stopped. */
  readonly stop: string | null;
}

/**
 * The no and the stop in one commit, against the request as it was read: of two in the same moment one counts, and what is
 * denied already stops nothing. A no to a drill stops nothing either: no agent asked for it. Where neither can be written down
 * the stop holds in memory, as any other does: throws `stop_unrecorded`.
 */
export async function keepNo(
  context: OperationContext,
  row: ApprovalRow,
  said: Said,
  planned: PlannedStop | null,
): Promise<KeptNo> {
  if (planned === null) return { ...(await keepAnswer(context, row, said)), stop: null };
  const { found, reason } = planned;
  const known = await stopInForce(context, found.key);
  const stop = known ?? stopRow(context, found, reason);
  const kind = found.kind === "session" ? "session" : "agent";
  const kept = await keepAnswer(context, row, { ...said, stopped: kind }, () =>
    besideNo(context, row, stop, known === null),
  );
  if (kept.drill !== null) return { ...kept, stop: null };
  context.live.stopped(found.key);
  await withdrawOpen(withdrawingAs(context), { stopped: found }, "stopped");
  return { ...kept, stop: stop.id };
}

/** A stop that is on record already is not written down again. */
function besideNo(context: OperationContext, row: ApprovalRow, stop: StopRow, isNew: boolean): Beside {
  if (!isNew) return { writes: [], entries: [] };
  const { from } = context.caller;
  const about = { approval: row.id, from: from === undefined ? null : { ...from } };
  const record = (): Promise<void> => recordLater(context, stop, about);
  const unkept = (cause: unknown): Fault => heldUnrecorded(context, stop, { record, cause, denial: row.id });
  return { ...stopBatch(context, stop, about), unkept };
}

function reasonAlone(): Fault {
  return new Fault(
    "input_invalid",
    "--reason is told to whoever is refused by a stop, and nothing is to be stopped",
    "Add --stop agent or --stop session, or say it with --note.",
  );
}
