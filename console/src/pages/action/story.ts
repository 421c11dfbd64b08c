import type { IconName } from "../../ui/icon.tsx";
import type { Action } from "./action.ts";

type Entry = Action["entries"][number];

/** One entry of the ledger in words. */
export interface Step {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: "good" | "wait" | "bad" | "plain";
}

const ENDINGS: { readonly [status: string]: Step } = {
  ok: { word: "Done", icon: "check", tone: "good" },
  error: { word: "Answered with an error", icon: "cross", tone: "bad" },
  "not-sent": { word: "Not sent", icon: "cross", tone: "wait" },
  unknown: { word: "The answer was lost; it is never sent again", icon: "unknown", tone: "wait" },
};
const DECISIONS: { readonly [status: string]: Step } = {
  approved: { word: "Approved", icon: "check", tone: "good" },
  denied: { word: "Denied", icon: "cross", tone: "bad" },
  requested: { word: "Approved by one; others still must", icon: "pause", tone: "wait" },
};
const KINDS: { readonly [kind: string]: Step } = {
  proposal: { word: "Proposed by the model", icon: "models", tone: "plain" },
  intent: { word: "Allowed, and about to be sent", icon: "right", tone: "good" },
  "approval.requested": { word: "People were asked", icon: "people", tone: "wait" },
  "approval.expired": { word: "Nobody decided in time", icon: "cross", tone: "bad" },
  "approval.withdrawn": { word: "Withdrawn", icon: "cross", tone: "plain" },
};

/** What an entry says happened. Kinds of entries are added as Doorward grows: an unknown one stands by its name. */
export function stepOf({ kind, verdict, status }: Pick<Entry, "kind" | "verdict" | "status">): Step {
  const known = status ?? "";
  if (kind === "verdict")
    return verdict === "hold"
      ? { word: "Held", icon: "pause", tone: "wait" }
      : { word: "Refused", icon: "cross", tone: "bad" };
  if (kind === "outcome") return ENDINGS[known] ?? { word: "Ended", icon: "unknown", tone: "plain" };
  if (kind === "approval.decided")
    return DECISIONS[known] ?? { word: "Decided", icon: "people", tone: "plain" };
  return KINDS[kind] ?? { word: kind, icon: "ledger", tone: "plain" };
}
