import type { Socket } from "node:net";
import { type Ambient, canonicalJson, digestOfBytes, Fault } from "#base";
import type { Presented } from "#proxy";
import type { Store } from "#store";
import type { VaultDoor } from "#vault";
import type { Identity } from "#vocabulary";
import type { Agents } from "../agents.ts";
import { openApis } from "../apis.ts";
import type { Principal } from "../attempt.ts";
import { agentOf } from "../door/context.ts";
import type { DoorRefusal } from "../door/road.ts";
import type { Flows } from "../flows/flows.ts";
import { openManifests } from "../manifest-rows.ts";
import { agentsDigest } from "../hold-request.ts";
import type { Attempt, Outside } from "../outside.ts";
import type { Quota } from "../quota.ts";
import type { Road } from "../travel.ts";
import { agentRevoked } from "../verdicts.ts";
import { openAccess } from "./access.ts";
import { openGoverned } from "./governed.ts";
import { HTTP_LIMITS } from "./limits.ts";
import type { HttpOutside } from "./own.ts";
import { createStanding } from "./standing.ts";
import { createTelling } from "./telling.ts";
import { type Caller, createHttpRoad, type HttpRoad } from "./road.ts";
import type { WebUpstream } from "./upstream.ts";

/** What the http door has that the others have not. */
export interface HttpOptions {
  readonly web: WebUpstream;
  /** Absent: no credential is lent, and a placeholder is a credential like any other. */
  readonly vault?: VaultDoor;
}

export interface HttpParts {
  readonly http: HttpOptions;
  readonly ambient: Ambient;
  readonly store: Store;
  readonly outside: Outside;
  readonly road: Road;
  readonly quota: Quota;
  readonly flows: Flows;
  readonly agents: Pick<Agents, "bearing" | "now" | "seen">;
  readonly principal: HttpOutside["principal"];
  readonly report: HttpOutside["report"];
}

export function assembleHttpRoad(parts: HttpParts): HttpRoad {
  const { http, store, outside, flows, agents } = parts;
  const { web, vault = null } = http;
  const apis = openApis(store);
  const limits = HTTP_LIMITS;
  const standing = createStanding({
    ...parts,
    asOfNow: (attempt) => asOfNow(parts, attempt),
    groundsOf: (attempt) => groundsOf(parts, attempt),
    traced: flows.judged,
  });
  flows.onRelabelled(standing.recheck);
  const own: HttpOutside = {
    ...parts,
    web,
    limits,
    standing,
    hearing: { flows, manifestOf: openManifests(store), limits },
    told: createTelling(flows),
    overflowed: (attempt) => {
      const session = flows.of(attempt.identity);
      session.overflow();
      flows.behind(session);
    },
    reading: {
      outside,
      accessOf: openAccess(store),
      governed: openGoverned(store),
      apis: () => apis,
      vault,
      groupsOf,
      decoded: web.decoded,
      isTainted: (identity) => flows.of(identity).flow.state().tainted,
      limits,
    },
  };
  return createHttpRoad({
    own,
    callerOf: (presented, from) => callerOf(agents, presented, from),
    barred: (key) => barred(agents, key),
  });
}

/** What the key's bearer would be told of anything that it asks for at this moment. */
function barred(agents: Pick<Agents, "bearing">, key: string): Fault | null {
  const found = agents.bearing(key)?.() ?? null;
  if (found === null || found instanceof Promise || !("kind" in found)) return null;
  return new Fault(found.code, found.reason, found.remedy);
}

/** Throws `agent_revoked`. */
function asOfNow({ agents, principal }: HttpParts, attempt: Attempt): Attempt {
  const identity = agents.now(attempt.identity);
  if (identity === null) throw agentRevoked();
  return { ...attempt, ...principal(identity) };
}

function groundsOf({ outside, flows }: HttpParts, { identity, principals }: Attempt): string {
  const session = flows.of(identity);
  const labels = [session.key, session.changes(), session.flow.state()];
  return canonicalJson([outside.policySet(), identity.stage, agentsDigest({ principals }), ...labels]);
}

function groupsOf({ principals }: Principal): readonly string[] {
  return principals.flatMap((one) => (one.type === "User" ? one.groups : []));
}

/** A proxy's client has one field for its key: the password, whatever it calls itself; some put it in the name. */
function callerOf(
  agents: Pick<Agents, "bearing" | "seen">,
  presented: Presented,
  from: Socket,
): Caller | null {
  const [key = "", identity] =
    keysIn(presented)
      .map((one) => [one, agents.bearing(one)] as const)
      .find(([, found]) => found !== null) ?? [];
  if (identity === undefined || identity === null) return null;
  const look = (found: Identity | DoorRefusal): void => {
    if (presented.kind !== "lifeline" && !("kind" in found)) agents.seen(found, from);
  };
  const found = identity();
  if (!(found instanceof Promise)) {
    // A lifeline asks nothing: one of a session that ended or was stopped while it was being made anew would stay for ever.
    if (presented.kind === "lifeline" && "kind" in found) return null;
    look(found);
    const known = "kind" in found ? null : found;
    return { identity, known, name: known === null ? digestOfBytes(key) : agentOf(known) };
  }
  // What is wrong with it is told to the request that asks.
  found.then(look, () => {});
  return { identity, known: null, name: digestOfBytes(key) };
}

function keysIn(presented: Presented): readonly string[] {
  switch (presented.kind) {
    case "none":
      return [];
    case "basic":
      return presented.password === "" ? [presented.user] : [presented.password];
    case "bearer":
      return [presented.token];
    case "relay":
    case "lifeline":
      return [presented.key];
    default:
      return presented satisfies never;
  }
}
