import type { CardStatus } from "./card.ts";
import type { CardDecision, CardFacts } from "./facts.ts";
import { inert } from "./inert.ts";

/** How the request stands at `now`, in one sentence: who has said what, who is waited for, and what happens if nobody answers. */
export function cardStatus(facts: CardFacts, now: number, isOurs: boolean): CardStatus {
  const { status, expiresAt, decisions } = facts;
  const say = (text: string): string => inert(text, { isLine: true, isOurs });
  const isOpen = status === "requested" || status === "approved";
  const last = decisions.at(-1);
  if (status === "expired" || (isOpen && expiresAt <= now))
    return { kind: "expired", text: `Expired at ${clock(expiresAt, now)}: refused, nothing was done` };
  if (status === "requested") {
    const yes = decisions.filter(({ answer }) => answer === "approve");
    const so = yes.length === 0 ? "" : `; yes so far from ${yes.map(({ by }) => say(by)).join(", ")}`;
    return {
      kind: "open",
      text: `Waiting for ${groupWords(facts.missing, say)} until ${clock(expiresAt, now)}; then it is refused${so}`,
    };
  }
  if (status === "denied")
    return { kind: "denied", text: `Denied${byWhom(last, now, say)}${stoppedToo(last)}` };
  if (status === "withdrawn")
    return { kind: "withdrawn", text: "Withdrawn: nobody needs to answer any more" };
  if (status === "consumed")
    return { kind: "used", text: `Approved${byWhom(last, now, say)}, and released once` };
  return {
    kind: "approved",
    text: `Approved${byWhom(last, now, say)}; good for this one call until ${clock(expiresAt, now)}`,
  };
}

function byWhom(decision: CardDecision | undefined, now: number, say: (text: string) => string): string {
  return decision === undefined ? "" : ` by ${say(decision.by)} at ${clock(decision.at, now)}`;
}

function stoppedToo(decision: CardDecision | undefined): string {
  if (decision?.stopped === "agent") return "; the agent was stopped too";
  return decision?.stopped === "session" ? "; that session of the agent was stopped too" : "";
}

/** `finance, 2, not-owner` as people say it. */
function groupWords(groups: readonly string[], say: (text: string) => string): string {
  if (groups.length === 0) return "an answer";
  return groups
    .map((text) => {
      const [group = "", ...options] = text.split(",").map((part) => part.trim());
      const said = options.map(
        (option) => OPTIONS[option] ?? (/^\d+$/u.test(option) ? `${option} people` : say(option)),
      );
      return said.length === 0 ? say(group) : `${say(group)} (${said.join(", ")})`;
    })
    .join(" and ");
}

const OPTIONS: Readonly<Record<string, string>> = {
  "not-owner": "not the agent's owner",
  "not-requester": "not whoever asked",
};

/** `14:05 UTC`, with the date where it is not today's. */
export function clock(at: number, now: number): string {
  const [day = "", time = ""] = new Date(at).toISOString().split("T");
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? "" : `${day} `}${time.slice(0, 5)} UTC`;
}
