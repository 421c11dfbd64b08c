import { Fault } from "#base";
import { stillHeld } from "../hold-answers.ts";
import type { Refused } from "../outside.ts";
import type { ApprovalRow } from "../rows.ts";
import { TASKS_KEPT_MAX, TASKS_WORKING_MAX } from "./limits.ts";

// What whoever asked to be answered later is told.

/** Asked for, or approved, too long ago to be carried out by itself: what a person says is good for a retry, once. */
export function waitsForRetry(row: ApprovalRow): Refused {
  const until = new Date(row.expires_at).toISOString();
  const isApproved = row.status === "approved";
  return {
    ...stillHeld(row),
    code: "not_run_unattended",
    reason: isApproved
      ? "A person approved this call, but too late to carry it out while nobody waits for it."
      : "This call waited too long for a person to be carried out while nobody waits for it.",
    remedy: isApproved
      ? `Send the same call again before ${until}: it runs once.`
      : `Send the same call again: if a person approves it before ${until}, it runs once.`,
  };
}

export function notRun(): Fault {
  return new Fault(
    "task_not_run",
    "Doorward stopped before this call was sent, or what it needs to send it is no longer kept; nothing was done",
    "If it is still needed, call again.",
  );
}

export function outcomeUnknown(): Fault {
  return new Fault(
    "outcome_unknown",
    "this call was sent once, and its result is not known or no longer kept",
    "Check at the server before you call again; it is not re-sent.",
  );
}

export function tooLargeToKeep(): Fault {
  return new Fault(
    "answer_not_kept",
    "the call was made, but its answer is too large to be kept until somebody asks for it",
    "Look at its receipt before making it again; ask for less at once, or stay connected.",
  );
}

export function tooManyTasks(what: "working" | "kept"): Fault {
  const most =
    what === "working"
      ? `${TASKS_WORKING_MAX} tasks under way`
      : `${TASKS_KEPT_MAX} tasks, or as many bytes of them, kept`;
  return new Fault(
    "tasks_exceeded",
    `this agent already has ${most}`,
    "Fetch or cancel tasks that are there, or send this call as a plain request.",
  );
}

export function taskCancelled(): Fault {
  return new Fault("client_cancelled", "the client cancelled the task", "Nothing to do.");
}

export function stopping(): Fault {
  return new Fault("door_closing", "Doorward is stopping", "Ask for the task again once it is back.");
}
