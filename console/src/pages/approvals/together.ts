import type { Item } from "../../api/client.ts";

type Waiting = Pick<
  Item<"/approvals">,
  "id" | "session" | "agent" | "gravity" | "doubted" | "identical" | "requestedAt" | "expiresAt"
>;

/** Requests of one session that wait together. */
export interface Company {
  readonly session: string;
  readonly agent: string;
  readonly count: number;
}

/** As many as one submit answers, and as anybody reads before it. */
export const TOGETHER_MAX = 20;

/** The sessions of which more than one request waits, by how long their first has waited. `waiting`: newest first. */
export function companies(waiting: readonly Waiting[]): readonly Company[] {
  const sessions = Map.groupBy(waiting.toReversed(), ({ session }) => session);
  return [...sessions].flatMap(([session, [first, ...more]]) =>
    first === undefined || more.length === 0 ? [] : [{ session, agent: first.agent, count: more.length + 1 }],
  );
}

/** The gravest first, as on the card of a chat; the same calls beside the gravest of them. */
export function inRiskOrder<One extends Waiting>(waiting: readonly One[]): readonly One[] {
  const calls = Map.groupBy(waiting.toSorted(compare), ({ id, identical }) => identical?.first ?? id);
  return [...calls.values()].flat();
}

function compare(one: Waiting, other: Waiting): number {
  return (
    Number(other.doubted) - Number(one.doubted) ||
    other.gravity - one.gravity ||
    Date.parse(one.expiresAt) - Date.parse(other.expiresAt) ||
    Date.parse(one.requestedAt) - Date.parse(other.requestedAt) ||
    (one.id < other.id ? -1 : 1)
  );
}

/** `Yes to 2, no to 1, 1 left open`. */
export function choicesText({
  yes,
  no,
  open,
}: {
  readonly yes: number;
  readonly no: number;
  readonly open: number;
}) {
  return `Yes to ${yes}, no to ${no}, ${open} left open`;
}

/** On the button that leads to those that are not on the page; what is chosen on it is submitted first. */
export function nextText(rest: number): string {
  return rest > TOGETHER_MAX
    ? `Show the next ${TOGETHER_MAX}`
    : rest === 1
      ? "Show it"
      : `Show these ${rest}`;
}
