import { digestOf, type JsonObject } from "#base";
import { openStore } from "#store";
import type { UpstreamConnection, Upstreams } from "#upstream";
import type { AgentId, ServerName, SessionId, UserId, Verdict } from "#vocabulary";
import { assertActive, type Principal } from "../../src/gateway/attempt.ts";
import { agentIdOf } from "../../src/gateway/columns.ts";
import type { Exchange } from "../../src/gateway/door/road.ts";
import type { Hearing } from "../../src/gateway/flows/hearing.ts";
import { createLines } from "../../src/gateway/lines.ts";
import { createLists } from "../../src/gateway/lists.ts";
import { createMcpRoad } from "../../src/gateway/mcp-road.ts";
import { type Outside, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { openTasks, type TasksStore } from "../../src/gateway/tasks/open.ts";
import type { Tasks } from "../../src/gateway/tasks/tasks.ts";
import { createQuota, SERVER_REQUEST_LIMITS } from "../../src/gateway/quota.ts";
import { openRows } from "../../src/gateway/rows.ts";
import { createServerRequests } from "../../src/gateway/server-requests.ts";
import { createRoad, type Road } from "../../src/gateway/travel.ts";
import { createWaiters } from "../../src/gateway/waiters.ts";
import { heldAmbient } from "./ambient.ts";
import { memoryJournal } from "./journal.ts";

export const TOOL: JsonObject = { name: "act", description: "Acts", inputSchema: { type: "object" } };
const SET = digestOf("set");
/** Flows have tests of their own. */
const NOBODY_LISTENS: Hearing = { came: () => {}, heard: () => {} };
/** What is sealed has tests of its own. */
const UNSEALED: TasksStore["journal"] = {
  seal: (_person, _purpose, bytes) => bytes,
  unseal: (_person, _purpose, sealed) => sealed,
};
export const ALLOW: Verdict = { kind: "allow", policySet: SET, grounds: [] };

const nothing = async (_params: JsonObject): Promise<JsonObject> => ({ content: [] });

/** The mcp road with everything of ours behind it; of the outside world only the server and the verdicts are made up. */
export function openMcpRoad(
  over: { readonly verdicts?: Verdict[]; readonly decide?: Outside["decide"] } = {},
) {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const journal = memoryJournal(store);
  const rows = openRows(store);
  addServer(store.connection);
  const asked: { method: string; params: JsonObject }[] = [];
  const told: { method: string; params: JsonObject }[] = [];
  const server = { connects: 0, tools: [TOOL], closedOnArrival: false, answer: nothing };
  const revoked = { is: false };
  const outside: Outside = {
    ambient,
    journal,
    payload: journal.payload,
    decide: over.decide ?? (() => over.verdicts?.shift() ?? ALLOW),
    mayUse: () => true,
    policySet: () => SET,
    rows,
    principals: () => (revoked.is ? null : []),
    waiters: createWaiters(),
    limits: { ...ROAD_LIMITS, holdWaitMs: 40, holdProgressMs: 5 },
  };
  const connection = (closed: Promise<never>): UpstreamConnection => ({
    era: "legacy",
    protocolVersion: "2025-11-25",
    capabilities: { tools: {}, resources: { subscribe: true }, logging: {}, completions: {}, prompts: {} },
    serverInfo: { name: "fs", version: "1" },
    instructions: null,
    request: async (method, params) => {
      if (method === "tools/list") return { tools: server.tools };
      if (method.endsWith("/list")) return { prompts: [], resources: [], resourceTemplates: [] };
      asked.push({ method, params });
      return server.answer(params);
    },
    notify: async (method, params) => void told.push({ method, params }),
    pendingCount: () => 0,
    closed,
    close: async () => {},
  });
  const upstreams: Pick<Upstreams, "connect"> = {
    connect: async () => {
      server.connects += 1;
      const ended = { reason: "it exited", expected: false, tail: "" };
      const closed = server.closedOnArrival ? Promise.resolve(ended) : new Promise<never>(() => {});
      return connection(closed as Promise<never>);
    },
  };
  const road = createRoad(outside);
  const principal = (exchange: Exchange): Principal => {
    if (revoked.is) throw new Error("revoked");
    return { identity: exchange.identity, principals: [] };
  };
  const serverRequests = createServerRequests({
    outside,
    road,
    principal,
    hearing: NOBODY_LISTENS,
    quota: createQuota(ambient, SERVER_REQUEST_LIMITS),
  });
  const lines = createLines(upstreams as Upstreams, ambient, {
    admit: (name) => assertActive(rows, name),
    definitions: async () => {},
    told: () => {},
    asked: (exchange, name, request) => serverRequests.ask(exchange, name, request),
  });
  const lists = createLists({
    outside,
    lines,
    principal,
    servers: serverNames,
    unreachable: () => {},
    hearing: NOBODY_LISTENS,
  });
  const quota = createQuota(ambient);
  const own = { outside, ambient, road, lines, quota, principal, serverRequests, hearing: NOBODY_LISTENS };
  const reported: string[] = [];
  const away = { releases: false };
  // As after a restart: nothing that ran in another process is known.
  const afresh = (ran: Road = createRoad(outside)) =>
    openTasks(
      { store, journal: UNSEALED, report: (event) => void reported.push(event) },
      { ...own, road: ran },
      { identityNow: (identity) => (revoked.is ? null : identity), releasesAway: () => away.releases },
    );
  const tasks = afresh(road);
  const roadWith = (its: Tasks, ran: Road = road) =>
    createMcpRoad({ ...own, road: ran }, lists, "0", { tasks: its, releasesAway: () => away.releases });
  const restarted = () => {
    const ran = createRoad(outside);
    const again = afresh(ran);
    return { tasks: again, mcp: roadWith(again, ran) };
  };
  const mcp = roadWith(tasks);
  return {
    ambient,
    asked,
    exchange: exchangeAt,
    journal,
    lines,
    away,
    mcp,
    openTasks: () => afresh(),
    outside,
    reported,
    restarted,
    roadWith,
    tasks,
    revoked,
    server,
    serverRequests,
    store,
    told,
  };
}

const serverNames = (): ServerName[] => ["fs" as ServerName];

function addServer(connection: ReturnType<typeof openStore>["connection"]): void {
  connection
    .prepare(
      `INSERT INTO servers (name, transport, configuration, pin, identity, status, added_by, created_at)
      VALUES ('fs', 'stdio', '{}', '{}', ?, 'active', 'usr_1', 0)`,
    )
    .run(digestOf("fs"));
  const fingerprint = digestOf(TOOL);
  connection
    .prepare(
      `INSERT INTO tools (server, kind, name, fingerprint, accepted_fingerprint, definition, effects, status, first_seen_at,
      changed_at) VALUES ('fs', 'tool', 'act', ?, ?, '{}', '["write"]', 'accepted', 0, 0)`,
    )
    .run(fingerprint, fingerprint);
}

/** A request of one agent at the endpoint of the server `fs`, heard until `signal` aborts. */
export function exchangeAt(over: Partial<Exchange> = {}): Exchange {
  return {
    id: "exc_1",
    identity: {
      chain: { user: null, agents: [agentIdOf("agt_1") satisfies AgentId] },
      session: "ses_1" as SessionId,
      stage: "enforce",
      agentName: "a",
      ownerId: "usr_1" as UserId,
      credential: "key_1",
    },
    endpoint: "fs" as ServerName,
    channel: { id: "mcps_1", publish: () => {}, closed: new AbortController().signal },
    era: "legacy",
    protocolVersion: "2025-11-25",
    clientCapabilities: {},
    clientInfo: {},
    parameterHeaders: new Map(),
    signal: new AbortController().signal,
    isHeard: () => true,
    notify: () => {},
    ask: async () => ({}),
    ...over,
  };
}
