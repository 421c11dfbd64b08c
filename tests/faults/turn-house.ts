import { digestOf } from "#base";
import type { Verdict } from "#vocabulary";
import type { Party } from "../../src/gateway/fates.ts";
import type { Together } from "../../src/gateway/group.ts";
import type { Attempt, Outside } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, house } from "./road-harness.ts";

export type House = ReturnType<typeof house>;

/** Attempts that differ in what they are about; verdicts by that name, the lifted one allowed. */
export function worldOf(verdicts: Readonly<Record<string, Verdict>>, over: Partial<Outside> = {}) {
  const now = { verdicts };
  const own = house({
    decide: ({ action }, lift) => {
      const verdict = now.verdicts[action.target.name] ?? allow;
      return verdict.kind === "hold" && lift !== undefined ? allow : verdict;
    },
    ...over,
  });
  const attempt = (name: string, more: Partial<Attempt> = {}): Attempt => {
    const { action, ...rest } = attemptBy(own.ambient);
    const named = { ...action, target: { ...action.target, name } };
    return { ...rest, action: named, digest: digestOf(named), ...more };
  };
  const party = (names: readonly string[], more: Partial<Party> = {}): Party => ({
    attempts: names.map((name) => attempt(name)),
    asker: own.asker,
    canWait: () => true,
    beside: [],
    changed: () => null,
    ...more,
  });
  return { own, now, attempt, party, road: createRoad(own.outside) };
}

export const statuses = (own: House): unknown[] =>
  own.store.connection
    .prepare("SELECT status FROM approvals ORDER BY requested_at, id")
    .all()
    .map((row) => row["status"]);
export const openIntents = (own: House): number =>
  Number(own.store.connection.prepare("SELECT COUNT(*) AS n FROM open_intents").get()?.["n"]);
export const codes = (end: Together): unknown[] =>
  end.kind === "held" ? ["held"] : [...end.refused].map(([at, refused]) => [at, refused.code]);
export const later = (own: House) => ({ ...own.asker, waiting: () => own.decideApproval("approved") });
