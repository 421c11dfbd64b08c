import type { Fault } from "#base";
import type { LookedAt } from "./requests.ts";
import type { Answer } from "./tokens.ts";

/** What somebody said to a request: a no can stop the agent that asks, or this session of it, with the same word. */
export interface Said {
  readonly answer: Answer;
  readonly stop: "agent" | "session" | null;
}

// What people are told on a platform. Whoever is not linked hears nothing of what waits.

export const UNLINKED =
  "Doorward does not know this account. Link it: open Channels in Doorward's console (or run `doorward channels link`) and send the code you get there to me. Nothing was decided.";
export const DISABLED = "The Doorward user behind this account is shut out. Nothing was decided.";
export const ELSEWHERE = "Nobody of this workspace can answer Doorward here. Ask a Doorward admin.";
export const CODE_UNKNOWN = "That code is not good here: it is wrong, used or too old. Nothing was decided.";
export const READ_BY_OTHERS =
  "Others here can read that code, so it is void now. Get another, and send it to me in a direct message. Nothing was linked.";
export const TRIES = "Too many wrong codes. Wait ten minutes. Nothing was decided.";
/** Why a code links nothing. */
export const UNLINKABLE = {
  unknown: CODE_UNKNOWN,
  tries: TRIES,
  taken:
    "This account answers as somebody else in Doorward already. They, or an admin, take that away first: `doorward channels unlink`. Nothing was changed.",
} as const;
export const BROKEN =
  "Doorward could not take that in. Nothing was decided here; look at the request in the console.";

export function linked(user: string): string {
  return `This account now answers as ${plain(user)} in Doorward.`;
}

export function reached(link: string): string {
  return `The agent that asks for this could read or write here, so it is not decided here. Decide it in the console: ${link}`;
}

export function notWhole(link: string): string {
  return `This card does not show everything that matters for a yes. Look at the whole and decide there: ${link}`;
}

export function refused({ message, remedy }: Fault): string {
  return `Not counted: ${plain(message)}. ${plain(remedy)}`;
}

export const TWIN =
  "This is a second copy of a card, and takes no answer: use the other message about it, or the console. Nothing was decided.";
export const NO_MORE =
  "More than this one call is not yours to let through here: its rules, or what it does, allow one at a time. Nothing was decided.";

const REACHES = {
  session: "this tool once more in this session, with any paths and contents, and recipients as they are",
  destination: "this tool once more to the same place, with any contents",
  pattern: "this call once more, with the arguments that you choose left open",
} as const;

/** Nothing is granted from here: it is said what would be, and where. */
export function moreIsGiven(
  {
    scope,
    timesMax,
    expiresAfter,
  }: { readonly scope: keyof typeof REACHES; readonly timesMax: number; readonly expiresAfter: string },
  link: string,
): string {
  return `Nothing is decided or granted yet. The page proposes, beyond this call: ${REACHES[scope]}, for ${expiresAfter} at most; up to ${timesMax} times where you say so there. It is given there, in person, after reading: ${link}`;
}

export const NOT_ASKED = "The card does not ask that any more. Nothing was stopped, and nothing decided.";
export const ASKED_ANOTHER =
  "The card asks somebody else. Tap Back, then the button to stop it yourself. Nothing was stopped.";
export const ASKED_TOO_OFTEN =
  "This card asked often enough. Stop it in the console, or with `doorward stop`. Nothing was stopped.";
export const TAKEN_BACK = "Nothing was stopped, and nothing decided.";

export function askedToStop(agent: string): string {
  return `Nothing is stopped yet: tap once more on the card, within two minutes. That denies this, and cuts and refuses all that agent ${plain(agent)} does, or this session of it.`;
}

/** Too late for a no; what it is about may be running. */
export function overAndRunning(looked: LookedAt, names: ReadonlyMap<string, string>): string {
  return `${over(looked, names)} To stop the agent all the same: \`doorward stop agent ${plain(looked.row.agent_name)}\`.`;
}

export function done({ answer, stop }: Said, looked: LookedAt | null): string {
  if (looked?.row.withdrawn_why === "drill")
    return answer === "deny"
      ? "This was a drill: no agent asked for it. You denied it, as one should."
      : "This was a drill: no agent asked for it. You approved it; nothing was done. Look at what it asked for in the console.";
  if (stop === "agent" && looked !== null) {
    const agent = plain(looked.row.agent_name);
    return `Denied, and agent ${agent} is stopped: what it did is cut, and all it asks for is refused until a person ends that (\`doorward resume agent ${agent}\`).`;
  }
  if (stop === "session" && looked !== null)
    return `Denied, and this session is stopped: what it did is cut, and all it asks for is refused until a person ends that (\`doorward resume session ${plain(looked.row.session_id)}\`).`;
  if (answer === "deny") return "Denied. The agent is told; nothing was done.";
  return looked?.approval.status === "requested"
    ? "Your yes is counted. It waits for others too."
    : "Approved: this action, once.";
}

/** `Already approved by Ada at 13:58 UTC`. */
export function over({ approval }: LookedAt, names: ReadonlyMap<string, string>): string {
  const last = approval.decisions.at(-1);
  const status = approval.status === "requested" ? "expired" : approval.status;
  if (status === "expired") return `Too late: it expired at ${clock(approval.expiresAt)}. Nothing was done.`;
  if (status === "withdrawn") return "It was withdrawn before. Nothing was decided now.";
  const word = status === "denied" ? "denied" : "approved";
  if (last === undefined) return `It is ${status} already.`;
  const stopped = last.stopped === undefined ? "" : `, and the ${last.stopped} was stopped`;
  return `Already ${word} by ${plain(names.get(last.by) ?? "somebody")} at ${clock(last.at)}${stopped}. Nothing was decided now.`;
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const TEXT_CHARS_MAX = 500;

function plain(text: string): string {
  return text.replaceAll(UNSAFE, " ").slice(0, TEXT_CHARS_MAX);
}
