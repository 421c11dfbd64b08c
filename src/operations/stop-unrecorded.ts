import { Fault } from "#base";
import type { OperationContext } from "./context.ts";
import type { StopRow } from "./stop-rows.ts";

interface Unrecorded {
  readonly record: () => Promise<void>;
  readonly cause: unknown;
  /** The request whose no came with it; absent: none did. */
  readonly denial?: string;
}

/**
 * Where a stop cannot be written down it holds all the same: in this process, which cuts, refuses what comes next, and goes on
 * trying to write it down by `record`. Answers what to tell whoever stopped it.
 */
export function heldUnrecorded(
  context: OperationContext,
  row: StopRow,
  { record, cause, denial }: Unrecorded,
): Fault {
  const { kind, label, reason, at, monitor } = row;
  context.live.stopped(row.key, { kind, label, reason, at, monitor, name: context.caller.name, record });
  const why = cause instanceof Fault ? cause.message : "its commit failed";
  const what = `${kind === "everything" ? kind : `the ${kind} ${label}`} is stopped and was cut, but that is not on record yet`;
  if (denial !== undefined)
    return new Fault(
      "stop_unrecorded",
      `${what}, and the no to ${denial} was not kept: ${why}`,
      `Free disk space: Doorward writes the stop down by itself then, and \`doorward stops list\` shows it. Do not restart Doorward before: it would know nothing of this stop. Then say no again: \`doorward approvals deny ${denial}\`.`,
      cause,
    );
  return new Fault(
    "stop_unrecorded",
    `${what}: ${why}`,
    "Free disk space: Doorward writes it down by itself then, and `doorward stops list` shows it. Do not restart Doorward before: it would know nothing of this stop.",
    cause,
  );
}
