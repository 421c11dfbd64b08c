import type { Ambient } from "#base";
import { modelRevoked } from "#registry";
import type { Identity } from "#vocabulary";
import type { Agents } from "./agents.ts";
import type { McpDoor } from "./door/door.ts";
import type { HttpRoad } from "./http/road.ts";
import { type Isolation, unisolated } from "./isolation.ts";
import type { Lines } from "./lines.ts";
import type { LlmDoor } from "./llm/door.ts";
import { attemptKeys, identityKeys, type Stops } from "./stops.ts";
import type { Tasks } from "./tasks/tasks.ts";
import type { Road } from "./travel.ts";
import { delegationEnded } from "./verdicts.ts";

/** Everything that has work under way. */
export interface Cuttable {
  readonly mcp: Pick<McpDoor, "cut">;
  readonly llm: Pick<LlmDoor, "cut">;
  readonly http: Pick<HttpRoad, "cut" | "recheck"> | null;
  readonly tasks: Pick<Tasks, "cut">;
  readonly lines: Pick<Lines, "closeServer">;
  readonly road: Pick<Road, "under">;
  readonly agents: Pick<Agents, "now">;
  readonly isolation: Isolation;
  readonly stops: Pick<Stops, "told">;
}

/** Who is stopped, and whoever waits for an action that is. INVARIANT: nothing is awaited here: it is done within the call. */
export function cutStopped({ mcp, llm, http, tasks, lines, road, stops }: Cuttable, key: string): void {
  const why = stops.told(key);
  const signals = road.under((attempt) => attemptKeys(attempt).includes(key));
  const isStopped = (identity: Identity, signal?: AbortSignal): boolean =>
    (signal !== undefined && signals.has(signal)) || identityKeys(identity).includes(key);
  mcp.cut(isStopped, why);
  llm.cut(isStopped, why);
  http?.cut(isStopped, why);
  tasks.cut(isStopped, why);
  const server = /^server:(?<name>.+)$/.exec(key)?.groups?.["name"];
  if (server !== undefined) lines.closeServer(server);
}

/** Calls under way, and tools that wait for a yes because it asked for them. */
export function cutModel({ llm, road }: Cuttable, digest: string): void {
  const signals = road.under(({ weights }) => weights?.digest === digest);
  llm.cut((_identity, signal) => signal !== undefined && signals.has(signal), modelRevoked(digest));
}

export function cutUnisolated({ mcp, llm, http, tasks, agents, isolation }: Cuttable): void {
  const isLoose = (identity: Identity): boolean => {
    const now = agents.now(identity);
    return now !== null && isolation.ofIdentity(now) !== null;
  };
  mcp.cut(isLoose, unisolated());
  llm.cut(isLoose, unisolated());
  http?.cut(isLoose, unisolated());
  tasks.cut(isLoose, unisolated());
}

/** What acts under a delegation is cut when that ends by itself, as when it is revoked; and what is open is judged again. */
export function endExpired({ mcp, llm, http, tasks }: Cuttable, { now }: Ambient): () => void {
  const isOver = ({ endsAt }: Identity): boolean => endsAt !== undefined && endsAt <= now();
  return () => {
    mcp.cut(isOver, delegationEnded());
    llm.cut(isOver, delegationEnded());
    http?.cut(isOver, delegationEnded());
    tasks.cut(isOver, delegationEnded());
    http?.recheck();
  };
}
