import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HoldDefaults } from "#approvals";
import type { Ambient } from "#base";
import type { LiveBudgets } from "#budgets";
import type { FlowCall } from "#flow";
import type { ModelUpstreams } from "#inference";
import type { Journal } from "#ledger";
import type { Crosscheck } from "#crosscheck";
import { mayUse, obstacleOf, type PolicySet } from "#policy";
import type { ServingRules } from "#registry";
import type { Store } from "#store";
import type { Upstreams } from "#upstream";
import type { FlowFacts, Identity, ServerName, UnrecordedStop } from "#vocabulary";
import { type ActionsOutside } from "./actions.ts";
import { type Agents, openAgents } from "./agents.ts";
import { assertActive, type Principal } from "./attempt.ts";
import { serverNameOf } from "./columns.ts";
import { cutModel, cutStopped, cutUnisolated, endExpired } from "./cutting.ts";
import { createConsult, createDecide, NO_POLICY } from "./deciding.ts";
import { createMcpDoor, type McpDoor } from "./door/door.ts";
import { DOOR_LIMITS } from "./door/limits.ts";
import type { Exchange, Guard } from "./door/road.ts";
import { budgetsIn } from "./budget-rows.ts";
import { createFlows, type Flows } from "./flows/flows.ts";
import { openGrants } from "./grants.ts";
import { createHearing, type Hearing } from "./flows/hearing.ts";
import { openFlowKeys, type Whose } from "./flows/keys.ts";
import { openPeople } from "./flows/people.ts";
import { openFlowShelf, type Sealing } from "./flows/shelf.ts";
import { createLines, type Lines } from "./lines.ts";
import { createLists, type Lists } from "./lists.ts";
import { assembleHttpRoad, type HttpOptions } from "./http/assemble.ts";
import type { HttpRoad } from "./http/road.ts";
import { assembleLlmDoor } from "./llm/assemble.ts";
import { createClaims } from "./llm/claims.ts";
import type { LlmDoor } from "./llm/door.ts";
import { createLlmHearing, type LlmHearing } from "./llm/hearing.ts";
import { createOffered, type Offered } from "./llm/offered.ts";
import { openMandates } from "./mandates.ts";
import { openManifests, openTrustedLabels } from "./manifest-rows.ts";
import { createMcpRoad } from "./mcp-road.ts";
import type { Outside, RoadLimits, Tracing } from "./outside.ts";
import { createQuota, type QuotaLimits, SERVER_REQUEST_LIMITS } from "./quota.ts";
import { openRows } from "./rows.ts";
import { createServerRequests, type ServerRequests } from "./server-requests.ts";
import { openTasks } from "./tasks/open.ts";
import { openReleases } from "./tasks/rows.ts";
import type { Tasks } from "./tasks/tasks.ts";
import { createToolWatch, type ToolWatch } from "./tool-watch.ts";
import type { TokensOptions } from "./tokens.ts";
import { openStops, type Stops } from "./stops.ts";
import { type Isolation, openIsolation } from "./isolation.ts";
import { createRoad, type Road } from "./travel.ts";
import { agentRevoked } from "./verdicts.ts";
import { createWaiters } from "./waiters.ts";
import { openYeses } from "./yeses.ts";

export interface GatewayOptions {
  readonly version: string;
  readonly ambient: Ambient;
  readonly store: Store;
  readonly journal: Pick<Journal, "append"> & { readonly payload: Outside["payload"] } & Sealing;
  readonly upstreams: Upstreams;
  /** The active policy set, or null while there is none: then everything is denied. */
  readonly policy: () => PolicySet | null;
  /** Holds our policy engine to the official one; absent, nothing does. */
  readonly crosscheck?: Crosscheck;
  /** What holds come to where their rules leave it open. */
  readonly holds?: HoldDefaults;
  /** The models' upstreams: what the llm door leads to. */
  readonly models: ModelUpstreams;
  /** What becomes of models that nobody approved; absent: they serve, as policy says. */
  readonly serving?: ServingRules;
  /** What the http door leads to; absent: there is none. */
  readonly http?: HttpOptions;
  /** What model calls are counted against. */
  readonly budgets: LiveBudgets;
  readonly guard: Guard;
  /** Whether the process at the other end runs as Doorward's own OS user (T1). Never rejects; not asked twice of a socket. */
  readonly isOwnUser: (socket: Socket) => Promise<boolean>;
  readonly limits: { readonly road: RoadLimits; readonly quota: QuotaLimits };
  /** What it needs to take tokens of `/oauth/token`; absent: agents' own keys only. */
  readonly tokens?: TokensOptions;
  /** Something an operator should read; never an argument or a result. */
  readonly report: (event: string, detail: unknown) => void;
}

/** The doors. `handle` answers a request under `/door/`, `/v1/` and Ollama's `/api/…`, and says whether it was one. */
export interface Gateway {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly live: {
    readonly revoked: (kind: string, id: string) => void;
    /** Cuts at once what a stop covers, at every door; what comes next is refused by the store's word, or else by ours. */
    readonly stopped: (key: string, unrecorded?: UnrecordedStop) => void;
    /** Cuts whatever this model answers, and what it asked for. */
    readonly modelRevoked: (digest: string) => void;
    /** Cuts whoever is in stage `isolate` by now, and not in a sandbox. */
    readonly stagesChanged: () => void;
    readonly approvalDecided: (id: string) => void;
    readonly serversChanged: (name: string) => void;
    /** Reads the budgets from the store again: an admin's change counts at once, for calls under way too. */
    readonly budgetsChanged: () => void;
    /** Writes down what a server lists, whoever asked it: new and changed definitions wait for a person (T14). */
    readonly listed: ToolWatch;
  };
  /** The road behind the proxy; null where there is no http door. */
  readonly http: HttpRoad | null;
  /** Where the values of a call would come from, if it came in this session now. Changes nothing. */
  readonly supposed: (whose: Whose, call: FlowCall) => FlowFacts;
  readonly close: () => Promise<void>;
}

/** How long calls under way may still take when Doorward stops, before they are cut and their clients told so. */
const CLOSE_GRACE_MS = 2_000;
const EXPIRY_EVERY_MS = 500;

interface Doors {
  readonly flows: Flows;
  readonly mcp: McpDoor;
  readonly llm: LlmDoor;
  readonly http: HttpRoad | null;
  readonly lines: Lines;
  readonly watch: ToolWatch;
  readonly outside: Outside;
  readonly tasks: Tasks;
  readonly road: Pick<Road, "under">;
  readonly agents: Pick<Agents, "now">;
  readonly isolation: Isolation;
  readonly stops: Stops;
}

/** Both doors stand on one road: what a session may do, has seen and has spent is the same at each. */
function openDoors(options: GatewayOptions): Doors {
  const { ambient, store } = options;
  const stops = openStops(store);
  const agents = openAgents({ ...options, stops });
  const { flows, hearing, ...atLlm } = openFlows(options);
  const outside = { ...outsideOf(options, agents, flows), stops };
  const road = createRoad(outside);
  const principalOf = (identity: Identity): Principal => {
    const principals = agents.principals(identity);
    if (principals === null) throw agentRevoked();
    return { identity, principals };
  };
  const principal = (exchange: Exchange): Principal => principalOf(exchange.identity);
  const serverRequests = createServerRequests({
    outside,
    road,
    principal,
    hearing,
    quota: createQuota(ambient, SERVER_REQUEST_LIMITS),
  });
  const watch = createToolWatch({ ...outside, store });
  const lines = linesOf(options, watch, { serverRequests, hearing, stops });
  const lists = createLists({
    outside,
    lines,
    principal,
    hearing,
    servers: activeServers(store),
    unreachable: (server, error) => options.report("server_left_out", { server, error }),
  });
  const quota = createQuota(ambient, options.limits.quota);
  const offered = createOffered(outside.rows);
  const shared = { outside, road, quota, principal: principalOf };
  const llm = assembleLlmDoor({
    ...options,
    ...shared,
    offered,
    hearing: atLlm.llmHearing,
    authenticate: agents.authenticate,
  });
  const web = { ...shared, flows, agents };
  const http =
    options.http === undefined ? null : assembleHttpRoad({ ...options, ...web, http: options.http });
  const own: ActionsOutside = { outside, ambient, road, lines, quota, principal, serverRequests, hearing };
  const { mcp, tasks } = openMcp(options, own, { agents, lists, offered });
  return {
    flows,
    mcp,
    llm,
    http,
    lines,
    watch,
    outside,
    tasks,
    road,
    stops,
    agents,
    isolation: openIsolation(store),
  };
}

interface AroundMcp {
  readonly agents: Agents;
  readonly lists: Lists;
  readonly offered: Pick<Offered, "note">;
}

function openMcp(
  options: GatewayOptions,
  own: ActionsOutside,
  { agents, lists, offered }: AroundMcp,
): Pick<Doors, "mcp" | "tasks"> {
  const releasesAway = openReleases(options.store);
  const tasks = openTasks(options, own, { identityNow: agents.now, releasesAway });
  const mcp = createMcpDoor({
    road: createMcpRoad(own, lists, options.version, { offered: offered.note, tasks, releasesAway }),
    ambient: options.ambient,
    authenticate: agents.authenticate,
    guard: options.guard,
    serverInfo: { name: "doorward", version: options.version },
    report: (error) => options.report("door_failed", error),
    limits: DOOR_LIMITS,
    ...(agents.metadataAt === undefined ? {} : { metadataAt: agents.metadataAt }),
  });
  return { mcp, tasks };
}

export function createGateway(options: GatewayOptions): Gateway {
  const { store, budgets: counted } = options;
  const doors = openDoors(options);
  const { flows, mcp, llm, http, lines, watch, outside, tasks } = doors;
  const endOld = endExpired(doors, options.ambient);
  const expiry = setInterval(() => {
    endOld();
    void doors.stops.recordBars();
  }, EXPIRY_EVERY_MS);
  expiry.unref();
  // What was decided while nobody ran: soon enough it is released, else it waits for its retry.
  tasks.sweep();
  return {
    handle: (request, response) => {
      if (llm.handle(request, response)) return true;
      if (request.url?.startsWith("/door/") !== true) return false;
      void mcp.handle(request, response);
      return true;
    },
    live: {
      revoked: (_kind, id) => {
        mcp.cut((identity) => isOf(identity, id), agentRevoked());
        llm.cut((identity) => isOf(identity, id), agentRevoked());
        http?.cut((identity) => isOf(identity, id), agentRevoked());
        tasks.cut((identity) => isOf(identity, id), agentRevoked());
      },
      stopped: (key, unrecorded) => {
        if (unrecorded !== undefined) doors.stops.bar(key, unrecorded);
        cutStopped(doors, key);
      },
      modelRevoked: (digest) => cutModel(doors, digest),
      stagesChanged: () => cutUnisolated(doors),
      approvalDecided: (id) => {
        outside.waiters.wake(id);
        tasks.decided(id);
      },
      serversChanged: (name) => lines.closeServer(name),
      budgetsChanged: () => {
        const { budgets, usage } = budgetsIn(store);
        counted.replace(budgets, usage);
      },
      listed: watch,
    },
    http,
    supposed: (whose, call) => flows.of(whose).judge(call),
    close: async () => {
      clearInterval(expiry);
      await Promise.all([
        mcp.drain(CLOSE_GRACE_MS),
        llm.drain(CLOSE_GRACE_MS),
        http?.drain(CLOSE_GRACE_MS),
        tasks.close(CLOSE_GRACE_MS),
      ]);
      mcp.close();
      llm.close();
      http?.close();
      lines.close();
      flows.close();
    },
  };
}

/** Whether a revoked id is the user's, an agent's or a delegation's, anywhere in the chain, or that of its session or key. */
function isOf({ chain, session, credential, delegations = [] }: Identity, id: string): boolean {
  const ids: readonly (string | null)[] = [session, credential, chain.user, ...chain.agents, ...delegations];
  return ids.includes(id);
}

/** The flows of all sessions, and what takes in what agents read. */
function openFlows({ store, ambient, journal, report }: GatewayOptions): Traced {
  const manifestOf = openManifests(store);
  const mandates = openMandates(store, journal.payload);
  const people = openPeople(store);
  const flows = createFlows({
    ambient,
    manifestOf,
    mandates,
    people,
    keyOf: openFlowKeys(store),
    shelf: openFlowShelf(store, ambient, journal),
    report,
  });
  const llmHearing = createLlmHearing({
    flows,
    manifestOf,
    claims: createClaims({ ambient, journal, mandates }),
    // A sub-agent's user is an agent.
    isRelay: ({ session, delegations = [] }) => delegations.length <= 1 && people(session).isRelay,
  });
  return { flows, hearing: createHearing(flows, manifestOf, openTrustedLabels(store)), llmHearing };
}

interface Traced {
  readonly flows: Flows;
  readonly hearing: Hearing;
  readonly llmHearing: LlmHearing;
}

function outsideOf(options: GatewayOptions, agents: Agents, tracing: Tracing): Outside {
  const { ambient, journal, policy, store } = options;
  const rows = openRows(store);
  return {
    ambient,
    journal,
    payload: (entry, name) => journal.payload(entry, name),
    decide: createDecide(options),
    consult: createConsult(options),
    mayUse: (question) => {
      const set = policy();
      return set !== null && obstacleOf(question) === null && mayUse(set, question);
    },
    policySet: () => policy()?.digest ?? NO_POLICY,
    rows,
    grants: openGrants({ ambient, store, rows, manifestOf: openManifests(store) }),
    principals: agents.principals,
    yesStands: openYeses({ ambient, store }),
    waiters: createWaiters(),
    limits: options.limits.road,
    tracing,
  };
}

interface Told {
  readonly serverRequests: ServerRequests;
  readonly hearing: Hearing;
  readonly stops: Pick<Stops, "ofServer">;
}

function linesOf(options: GatewayOptions, watch: ToolWatch, { serverRequests, hearing, stops }: Told): Lines {
  const rows = openRows(options.store);
  return createLines(options.upstreams, options.ambient, {
    admit: (server) => {
      const stopped = stops.ofServer(server);
      if (stopped !== null) throw stopped;
      assertActive(rows, server);
    },
    definitions: (line, kind, definitions) => watch(line.server, kind, definitions),
    told: ({ identity, server }, method, params) =>
      hearing.heard(identity, `${server}/${method}`, params, true),
    asked: (exchange, server, request) => serverRequests.ask(exchange, server, request),
  });
}

function activeServers(store: Store): () => readonly ServerName[] {
  const active = store.connection.prepare(
    "SELECT name FROM servers WHERE status = 'active' AND transport IN ('stdio', 'http') ORDER BY name",
  );
  return () => active.all().map((row) => serverNameOf(String(row["name"])));
}
