import { type Ambient, Fault, type JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import type { DoorLimits } from "./limits.ts";
import type { Outlet } from "./outlet.ts";
import type { Authenticate, Guard, Road } from "./road.ts";

export interface DoorOptions {
  readonly road: Road;
  readonly guard: Guard;
  readonly authenticate: Authenticate;
  readonly ambient: Ambient;
  /** What Doorward calls itself to modern clients: `{name, version}`. */
  readonly serverInfo: JsonObject;
  /** Told of bugs: what was thrown by the road and is neither `RpcError` nor `Fault`. Must not throw. */
  readonly report: (error: unknown) => void;
  readonly limits: DoorLimits;
  /** Where the metadata of the door at a path are (RFC 9728). */
  readonly metadataAt?: (path: string) => string;
}

/** A request (or a session) that can be ended from outside. */
export interface Endable {
  readonly identity: Identity;
  /** Of a request: what its exchange ends by. A session has none. */
  readonly signal?: AbortSignal;
  readonly end: (why: Fault) => void;
}

/** What the parts of the door share: who is under way, what is open. */
export interface DoorContext extends DoorOptions {
  readonly endables: Set<Endable>;
  readonly outlets: Set<Outlet>;
  readonly exchanges: Tally;
  readonly streams: Tally;
  /** Request bodies being read. */
  readonly bodies: Tally;
}

/** Counts per agent, never above a maximum. */
export interface Tally {
  /** Takes one place; false where none is left. */
  readonly take: (agent: string) => boolean;
  readonly release: (agent: string) => void;
  readonly count: (agent: string) => number;
}

export function createTally(max: number): Tally {
  const counts = new Map<string, number>();
  return {
    take: (agent) => {
      const count = counts.get(agent) ?? 0;
      if (count >= max) return false;
      counts.set(agent, count + 1);
      return true;
    },
    release: (agent) => {
      const count = (counts.get(agent) ?? 1) - 1;
      if (count > 0) counts.set(agent, count);
      else counts.delete(agent);
    },
    count: (agent) => counts.get(agent) ?? 0,
  };
}

/** Whose quota a request uses: the agent that acts. */
export function agentOf(identity: Identity): string {
  return identity.chain.agents.at(-1) ?? identity.chain.agents[0];
}

/** What sessions and suspended requests are bound to: the whole chain and the Doorward session, at one endpoint. */
export function bindingOf(identity: Identity, endpoint: string | null): string {
  const { chain, session } = identity;
  return JSON.stringify([chain.user, chain.agents, session, endpoint]);
}

export function exchangeEnded(why: string): Fault {
  return new Fault(
    "exchange_ended",
    `the request ended: ${why}`,
    "Send the request again if it is still wanted.",
  );
}
