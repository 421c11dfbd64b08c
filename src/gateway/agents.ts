import type { Socket } from "node:net";
import type { StatementSync } from "node:sqlite";
import { z } from "zod";
import { type Ambient, digestOf } from "#base";
import { bearerOf, looksLikeJwt, presentedHash } from "#identity";
import type { AgentFacts, PrincipalFacts } from "#policy";
import type { Store } from "#store";
import type { Identity, Stage } from "#vocabulary";
import { orLater } from "./rows.ts";
import { agentIdOf, sessionIdOf, textsOf, userIdOf } from "./columns.ts";
import { openIsolation } from "./isolation.ts";
import { openStops, type Stops } from "./stops.ts";
import { type DelegationPath, type Delegations, delegationFacts, openDelegations } from "./delegations.ts";
import type { Authenticate, DoorPath, DoorRefusal } from "./door/road.ts";
import { type Delegated, openTokens, type Tokens, type TokensOptions } from "./tokens.ts";

/** An agent as the road needs it, never older than the last write: a revocation counts from the next request. */
export interface Agents {
  readonly authenticate: Authenticate;
  /**
   * Whoever shows this key or token at the http door, to be asked anew for each request of a connection; null: nobody we
   * know. A token is looked at each time.
   */
  readonly bearing: (key: string) => (() => Identity | DoorRefusal | Promise<Identity | DoorRefusal>) | null;
  /** Looks at who is at the other end of an agent's connection (T1). Nobody waits for it. */
  readonly seen: (identity: Identity, socket: Socket) => void;
  /** Where the metadata of a door are (RFC 9728); absent where no tokens are taken. */
  readonly metadataAt: ((path: string) => string) | undefined;
  /**
   * Facts for policy, user first where the agent acts for one. Null when an agent of the chain was revoked or is gone, a
   * delegation of it has ended, or its user is disabled.
   */
  readonly principals: (identity: Identity) => readonly PrincipalFacts[] | null;
  /**
   * Who that is by now, for work that goes on without a request. Null where a request of theirs would be refused: agent,
   * session or credential ended, or a delegation of the chain.
   */
  readonly now: (identity: Identity) => Identity | null;
}

const keyRow = z.object({
  key_id: z.string(),
  session_id: z.string(),
  agent_id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  stage: z.enum(["observe", "enforce", "isolate"]),
  observe_until: z.number().nullable(),
  delegation_id: z.string().nullable(),
});

const agentRow = z.object({
  id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  granted_tools: z.string(),
  stage: z.string(),
  tool_dialects: z.string().nullable(),
  flow_folders: z.string().nullable(),
  relays_words: z.number(),
});

type KeyRow = z.output<typeof keyRow>;

const BY_HASH = `SELECT k.id AS key_id, k.session_id, a.id AS agent_id, a.name, a.owner_id, a.stage, a.observe_until,
    s.delegation_id
  FROM agent_keys k JOIN agents a ON a.id = k.agent_id JOIN sessions s ON s.id = k.session_id
  WHERE k.hash = ? AND k.kind = ? AND k.revoked_at IS NULL AND a.revoked_at IS NULL AND s.ended_at IS NULL`;

const hostRow = z.object({ host: z.string(), access: z.string(), options: z.string() });

const liveRow = z.object({
  name: z.string(),
  owner_id: z.string(),
  stage: z.enum(["observe", "enforce", "isolate"]),
  observe_until: z.number().nullable(),
});

const LIVE = `SELECT a.name, a.owner_id, a.stage, a.observe_until FROM sessions s JOIN agents a ON a.id = s.agent_id
  WHERE s.id = ? AND s.agent_id = ? AND s.ended_at IS NULL AND a.revoked_at IS NULL
  AND (EXISTS (SELECT 1 FROM agent_keys k WHERE k.id = ? AND k.agent_id = a.id AND k.revoked_at IS NULL)
    OR EXISTS (SELECT 1 FROM agent_credentials c WHERE c.id = ? AND c.agent_id = a.id AND c.revoked_at IS NULL))`;

/** `last_used_at` is written at most this often per key: it is a hint for people, not a record. */
const LAST_USED_EVERY_MS = 60_000;
const LAST_USED_KEYS_MAX = 10_000;
/** Keys, and agents, that are not looked up again while nothing is written. */
const KEYS_REMEMBERED_MAX = 10_000;
/** That an agent runs as Doorward's own user is written at most this often per agent. */
const SEEN_EVERY_MS = 60_000;
const SEEN_AGENTS_MAX = 10_000;

export interface AgentsOutside {
  readonly store: Store;
  readonly ambient: Ambient;
  /** Whether the process at the other end runs as Doorward's own OS user, and so could go around every door (T1). */
  readonly isOwnUser: (socket: Socket) => Promise<boolean>;
  readonly report: (event: string, detail: unknown) => void;
  /** Absent: no tokens of an exchange are taken. */
  readonly tokens?: TokensOptions | undefined;
  readonly stops?: Pick<Stops, "ofIdentity">;
}

export function openAgents(outside: AgentsOutside): Agents {
  const { store, ambient } = outside;
  const byHash = store.connection.prepare(BY_HASH);
  const keyed = (kind: string) =>
    store.memory.remembered(KEYS_REMEMBERED_MAX, (hash) => {
      const found = byHash.get(hash, kind);
      return found === undefined ? null : keyRow.parse(found);
    });
  const keys = { bearer: keyed("bearer"), path: keyed("path") };
  const known = factsIn(store);
  const delegations = openDelegations(store, ambient);
  const touch = lastUsed(store, ambient);
  const look = ownUserSeen(outside);
  const isolation = openIsolation(store);
  const bars = [outside.stops ?? openStops(store), isolation];
  const tokens = outside.tokens === undefined ? null : openTokens(store, delegations, outside.tokens);
  const byKey = (presented: Presented): Identity | DoorRefusal => {
    const row = keys[presented.kind](presented.hash);
    if (row === null) return UNAUTHENTICATED;
    const way = row.delegation_id === null ? null : delegations.path(row.delegation_id);
    if (row.delegation_id !== null && way?.steps.at(-1)?.agent !== row.agent_id) return DELEGATION_ENDED;
    touch(row.key_id);
    return unlessBarred(bars, identityOf(row, way, ambient.now()));
  };
  const seen: Agents["seen"] = ({ chain, session }, socket) => {
    // At the other end of a sandbox's relay is the person who runs it, and not the agent.
    if (!isolation.isIsolated(session)) look(chain.agents.at(-1) ?? "", socket);
  };
  return {
    seen,
    metadataAt: tokens?.metadataAt,
    authenticate: async (headers, path, socket, asked) => {
      const { method, url } = asked;
      const shown = (await tokens?.read(headers, path, { method, url, socket })) ?? null;
      if (shown !== null) {
        if ("kind" in shown) return shown;
        look(shown.row.agent_id, socket);
        return unlessBarred(bars, tokenIdentity(shown, ambient.now()));
      }
      const presented = present(headers.authorization, path);
      const found = presented === null ? UNAUTHENTICATED : byKey(presented);
      if (!("kind" in found)) seen(found, socket);
      return found;
    },
    bearing: bearingOf({ bars, tokens, byKey, now: () => ambient.now() }),
    principals: (identity) => {
      const agents = identity.chain.agents.flatMap((id) => known(id) ?? []);
      if (agents.length < identity.chain.agents.length) return null;
      return identity.delegations === undefined ? agents : delegated(delegations, identity, agents);
    },
    now: nowOf(store, delegations, ambient),
  };
}

/** Facts of an agent by its id, never older than the last write. */
export function factsIn({ connection, memory }: Store): (id: string) => AgentFacts | null {
  const byId = connection.prepare(
    `SELECT ${Object.keys(agentRow.shape).join(", ")} FROM agents WHERE id = ? AND revoked_at IS NULL`,
  );
  const hosts = connection.prepare(
    "SELECT host, access, options FROM agent_hosts WHERE agent_id = ? AND revoked_at IS NULL ORDER BY host",
  );
  return memory.remembered(KEYS_REMEMBERED_MAX, (id) => {
    const found = byId.get(id);
    return found === undefined ? null : factsOf(found, hosts.all(id));
  });
}

function nowOf(store: Store, delegations: Delegations, { now }: Ambient): Agents["now"] {
  const live = store.connection.prepare(LIVE);
  return (identity) => {
    const { session, chain, credential, delegations: ids } = identity;
    const found = live.get(session, chain.agents.at(-1) ?? "", credential, credential);
    const path = ids === undefined ? null : delegations.path(ids.at(-1) ?? "");
    if (found === undefined || (ids !== undefined && path === null)) return null;
    const row = liveRow.parse(found);
    const endsAt = path === null ? {} : { endsAt: path.endsAt };
    const stage = stageOf(row, now());
    return { ...identity, ...endsAt, stage, agentName: row.name, ownerId: userIdOf(row.owner_id) };
  };
}

/** What bars an identity whatever its rights: what people stopped, and a stage that it is not in. */
type Bars = readonly Pick<Stops, "ofIdentity">[];

interface Bearing {
  readonly bars: Bars;
  readonly tokens: Tokens | null;
  readonly byKey: (presented: Presented) => Identity | DoorRefusal;
  readonly now: () => number;
}

function bearingOf({ bars, tokens, byKey, now }: Bearing): Agents["bearing"] {
  return (key) => {
    const authorization = `Bearer ${key}`;
    const presented = present(authorization, NO_PATH);
    if (presented !== null) return byKey(presented) === UNAUTHENTICATED ? null : () => byKey(presented);
    if (tokens === null || !looksLikeJwt(key)) return null;
    return async () => {
      const asked = { socket: {}, method: "CONNECT", url: HTTP_DOOR };
      const shown = await tokens.read({ authorization }, NO_PATH, asked);
      if (shown === null) return UNAUTHENTICATED;
      return "kind" in shown ? shown : unlessBarred(bars, tokenIdentity(shown, now()));
    };
  };
}

/** The hard floor at every door: who is stopped, or not isolated, is told so before anything of the request is read. */
function unlessBarred(bars: Bars, identity: Identity): Identity | DoorRefusal {
  const barred = bars.map((one) => one.ofIdentity(identity)).find((fault) => fault !== null);
  if (barred === undefined) return identity;
  const { code, message, remedy } = barred;
  return { kind: "refused", status: 403, code, reason: message, remedy };
}

interface Presented {
  readonly hash: string;
  readonly kind: "bearer" | "path";
}

const NO_PATH: DoorPath = { server: null, secret: null };

/** Where the http door is, as tokens for it name it. Nothing is served there: it is a proxy. */
const HTTP_DOOR = "/door/http";

function present(authorization: string | undefined, path: DoorPath): Presented | null {
  const bearer = presentedHash("agent-key", bearerOf(authorization));
  if (bearer !== null) return { hash: bearer, kind: "bearer" };
  // A header that is there and is no agent key is not overruled by the path: one request, one credential.
  if (authorization !== undefined) return null;
  const secret = presentedHash("agent-path", path.secret);
  return secret === null ? null : { hash: secret, kind: "path" };
}

/** The chain as the delegations have it now, which must be the chain that was identified. */
function delegated(
  delegations: Delegations,
  { chain, delegations: ids = [], narrowed }: Identity,
  agents: readonly AgentFacts[],
): readonly PrincipalFacts[] | null {
  const path = delegations.path(ids.at(-1) ?? "");
  const user = chain.user === null ? null : delegations.user(chain.user);
  if (path === null || user === null || path.user !== chain.user) return null;
  if (path.steps.length !== agents.length) return null;
  const last = agents.length - 1;
  const acting = path.steps.flatMap((step, at) => {
    const agent = agents[at];
    const delegation = delegationFacts(step, at === last ? (narrowed ?? null) : null);
    return agent?.id === step.agent ? [{ ...agent, delegation }] : [];
  });
  return acting.length === agents.length ? [user, ...acting] : null;
}

/** The user, then each agent down to the one that acts, with what they act under. */
function chainOf(
  acting: string,
  path: DelegationPath | null,
): Pick<Identity, "chain" | "delegations" | "endsAt"> {
  if (path === null) return { chain: { user: null, agents: [agentIdOf(acting)] } };
  const [first, ...others] = path.steps.map((step) => step.agent);
  return {
    chain: { user: path.user, agents: [first ?? agentIdOf(acting), ...others] },
    delegations: path.steps.map((step) => step.id),
    endsAt: path.endsAt,
  };
}

function identityOf(row: KeyRow, path: DelegationPath | null, now: number): Identity {
  return {
    ...chainOf(row.agent_id, path),
    session: sessionIdOf(row.session_id),
    stage: stageOf(row, now),
    agentName: row.name,
    ownerId: userIdOf(row.owner_id),
    credential: row.key_id,
  };
}

/** As the session of a token has it; its credential is the one that the token was got with, so that a new one goes on. */
function tokenIdentity({ claims, path, row }: Delegated, now: number): Identity {
  return {
    ...chainOf(row.agent_id, path),
    session: sessionIdOf(claims.session),
    stage: stageOf(row, now),
    agentName: row.name,
    ownerId: userIdOf(row.owner_id),
    credential: claims.credential,
    narrowed: claims.scope,
  };
}

/** `observe` without an end, or past it, is `enforce` (T22). */
function stageOf(row: Pick<KeyRow, "stage" | "observe_until">, now: number): Stage {
  if (row.stage !== "observe") return row.stage;
  return row.observe_until !== null && now < row.observe_until ? "observe" : "enforce";
}

function factsOf(found: unknown, granted: readonly unknown[]): AgentFacts {
  const row = agentRow.parse(found);
  const hosts = granted.map((one) => hostRow.parse(one));
  const named = (some: typeof hosts): string[] => some.map(({ host }) => `web:${host}`);
  return {
    type: "Agent",
    id: row.id,
    name: row.name,
    owner: row.owner_id,
    grantedTools: textsOf(row.granted_tools),
    readHosts: named(hosts),
    writeHosts: named(hosts.filter(({ access }) => access === "write")),
    version: digestOf({
      hosts: hosts.map(({ host, access, options }) => [host, access, options]),
      stage: row.stage,
      dialects: row.tool_dialects,
      folders: row.flow_folders,
      relaysWords: row.relays_words,
    }),
  };
}

function lastUsed(store: Store, ambient: Ambient): (keyId: string) => void {
  const update = store.connection.prepare("UPDATE agent_keys SET last_used_at = ? WHERE id = ?");
  const hint = hinting(store);
  const seldom = atMostEvery(LAST_USED_EVERY_MS, LAST_USED_KEYS_MAX);
  return (keyId) => {
    const now = ambient.now();
    if (seldom.isDue(keyId, now)) orLater(() => hint(update, seldom.done(keyId, now), keyId));
  };
}

/** Nobody remembers these columns: written for every agent each minute, they would make everybody read everything anew. */
function hinting({ memory }: Store): (update: StatementSync, at: number, id: string) => void {
  return (update, at, id) => memory.vouch(Number(update.run(at, id).changes));
}

/** Nobody waits for the look: it says what the agent could do beside the doors, not what it may do here. */
function ownUserSeen({ store, ambient, isOwnUser, report }: AgentsOutside): (id: string, at: Socket) => void {
  const update = store.connection.prepare("UPDATE agents SET seen_as_own_user_at = ? WHERE id = ?");
  const hint = hinting(store);
  const seldom = atMostEvery(SEEN_EVERY_MS, SEEN_AGENTS_MAX);
  const note = async (agentId: string, socket: Socket): Promise<void> => {
    const isOwn = await isOwnUser(socket);
    const now = ambient.now();
    if (isOwn && seldom.isDue(agentId, now)) hint(update, seldom.done(agentId, now), agentId);
  };
  return (agentId, socket) => {
    if (!seldom.isDue(agentId, ambient.now())) return;
    note(agentId, socket).catch((cause: unknown) => report("own_user_not_noted", cause));
  };
}

interface Seldom {
  readonly isDue: (id: string, now: number) => boolean;
  /** Answers `now`. */
  readonly done: (id: string, now: number) => number;
}

/** A clock that jumped back makes a thing due, like one that went on. */
function atMostEvery(ms: number, idsMax: number): Seldom {
  const doneAt = new Map<string, number>();
  return {
    isDue: (id, now) => {
      const last = doneAt.get(id);
      return last === undefined || Math.abs(now - last) >= ms;
    },
    done: (id, now) => {
      if (doneAt.size >= idsMax) doneAt.clear();
      doneAt.set(id, now);
      return now;
    },
  };
}

const UNAUTHENTICATED: DoorRefusal = {
  kind: "refused",
  status: 401,
  code: "agent_unauthenticated",
  reason: "no valid agent key came with this request",
  remedy:
    "Send `Authorization: Bearer dwk_…`; `doorward agents add NAME` makes a key, `doorward agents rotate-key NAME` a new one.",
};

const DELEGATION_ENDED: DoorRefusal = {
  kind: "refused",
  status: 401,
  code: "delegation_ended",
  reason: "the delegation that this session acts under was revoked or has expired",
  remedy: "Ask the user for a new one: `doorward delegations grant AGENT`, then start a session under it.",
};
