import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Approver, denyIfUnreachable } from "#approvals";
import type { Ambient, Digest } from "#base";
import type { Budgets, LiveBudgets } from "#budgets";
import type { Journal } from "#ledger";
import { decide, mayUse, type Lift, type PolicySet, type Question } from "#policy";
import type { Store } from "#store";
import type { Upstreams } from "#upstream";
import type { Identity, ServerName, Verdict } from "#vocabulary";
import { type ActionsOutside } from "./actions.ts";
import { type Agents, openAgents } from "./agents.ts";
import { assertActive, type Principal } from "./attempt.ts";
import { rolesOf, serverNameOf, textsOf, userIdOf } from "./columns.ts";
import { createMcpDoor } from "./door/door.ts";
import { DOOR_LIMITS } from "./door/limits.ts";
import type { Exchange, Guard } from "./door/road.ts";
import { budgetsIn } from "./budget-rows.ts";
import { createLines, type Lines } from "./lines.ts";
import { createLists } from "./lists.ts";
import { createMcpRoad } from "./mcp-road.ts";
import type { Asked, Outside, RoadLimits } from "./outside.ts";
import { createQuota, type QuotaLimits, SERVER_REQUEST_LIMITS } from "./quota.ts";
import { openRows } from "./rows.ts";
import { createServerRequests, type ServerRequests } from "./server-requests.ts";
import { createToolWatch, type ToolWatch } from "./tool-watch.ts";
import { createRoad } from "./travel.ts";
import { agentRevoked } from "./verdicts.ts";
import { createWaiters } from "./waiters.ts";

export interface GatewayOptions {
  readonly version: string;
  readonly ambient: Ambient;
  readonly store: Store;
  readonly journal: Pick<Journal, "append"> & { readonly payload: Outside["payload"] };
  readonly upstreams: Upstreams;
  /** The active policy set, or null while there is none: then everything is denied. */
  readonly policy: () => PolicySet | null;
  /** What model calls are counted against; absent: nothing is. */
  readonly budgets?: LiveBudgets;
  readonly guard: Guard;
  /** Whether the process at the other end runs as Doorward's own OS user (T1). Never rejects; not asked twice of a socket. */
  readonly isOwnUser: (socket: Socket) => Promise<boolean>;
  readonly limits: { readonly road: RoadLimits; readonly quota: QuotaLimits };
  /** Something an operator should read; never an argument or a result. */
  readonly report: (event: string, detail: unknown) => void;
}

/** The doors. `handle` answers a request under `/door/` and says whether it was one. */
export interface Gateway {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly live: {
    readonly revoked: (kind: string, id: string) => void;
    readonly approvalDecided: (id: string) => void;
    readonly serversChanged: (name: string) => void;
    /** Reads the budgets from the store again: an admin's change counts at once, for calls under way too. */
    readonly budgetsChanged: () => void;
    /** Writes down what a server lists, whoever asked it: new and changed definitions wait for a person (T14). */
    readonly listed: ToolWatch;
  };
  readonly close: () => Promise<void>;
}

/** How long calls under way may still take when Doorward stops, before they are cut and their clients told so. */
const CLOSE_GRACE_MS = 2_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { ambient, store } = options;
  const agents = openAgents(options);
  const outside = outsideOf(options, agents);
  const road = createRoad(outside);
  const principal = (exchange: Exchange): Principal => {
    const principals = agents.principals(exchange.identity);
    if (principals === null) throw agentRevoked();
    return { identity: exchange.identity, principals };
  };
  const serverRequests = createServerRequests({
    outside,
    road,
    principal,
    quota: createQuota(ambient, SERVER_REQUEST_LIMITS),
  });
  const watch = createToolWatch({ ...outside, store });
  const lines = linesOf(options, watch, serverRequests);
  const lists = createLists({
    outside,
    lines,
    principal,
    servers: activeServers(store),
    unreachable: (server, error) => options.report("server_left_out", { server, error }),
  });
  const quota = createQuota(ambient, options.limits.quota);
  const own: ActionsOutside = { outside, ambient, road, lines, quota, principal, serverRequests };
  const door = createMcpDoor({
    road: createMcpRoad(own, lists, options.version),
    ambient,
    authenticate: agents.authenticate,
    guard: options.guard,
    serverInfo: { name: "doorward", version: options.version },
    report: (error) => options.report("door_failed", error),
    limits: DOOR_LIMITS,
  });
  return {
    handle: (request, response) => {
      if (request.url?.startsWith("/door/") !== true) return false;
      void door.handle(request, response);
      return true;
    },
    live: {
      revoked: (_kind, id) => void door.cut((identity) => isOf(identity, id), agentRevoked()),
      approvalDecided: (id) => outside.waiters.wake(id),
      serversChanged: (name) => lines.closeServer(name),
      budgetsChanged: () => {
        const { budgets, usage } = budgetsIn(store);
        options.budgets?.replace(budgets, usage);
      },
      listed: watch,
    },
    close: async () => {
      await door.drain(CLOSE_GRACE_MS);
      door.close();
      lines.close();
    },
  };
}

/** Whether a revoked id is the agent's, anywhere in the chain, or that of its session or key. */
function isOf(identity: Identity, id: string): boolean {
  const { chain, session, credential } = identity;
  return session === id || credential === id || chain.agents.some((agent) => agent === id);
}

function outsideOf(options: GatewayOptions, agents: Agents): Outside {
  const { ambient, journal, policy, store } = options;
  const approvers = approversOf(store);
  return {
    ambient,
    journal,
    payload: (entry, name) => journal.payload(entry, name),
    decide: (asked, lift) =>
      reachable(budgeted(decided(policy(), asked, lift), asked, lift, options.budgets), asked, approvers),
    mayUse: (question) => {
      const set = policy();
      return set !== null && mayUse(set, question);
    },
    policySet: () => policy()?.digest ?? NO_POLICY,
    rows: openRows(store),
    principals: agents.principals,
    waiters: createWaiters(),
    limits: options.limits.road,
  };
}

/** SHA-256 of no bytes: the digest in force while no policy set is active. */
const NO_POLICY: Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function decided(set: PolicySet | null, question: Question, lift: Lift | undefined): Verdict {
  if (set !== null) return lift === undefined ? decide(set, question) : decide(set, question, lift);
  return {
    kind: "deny",
    policySet: NO_POLICY,
    grounds: [],
    code: "policy_missing",
    reason: "No policy set is active, so nothing is allowed.",
    remedy: "An admin activates one: `doorward policy activate FILE`.",
  };
}

/** A verdict held against the budgets. What people lifted counts only for the policy set that they were asked under. */
function budgeted(verdict: Verdict, { standing }: Asked, lift: Lift | undefined, budgets?: Budgets): Verdict {
  if (standing === undefined || budgets === undefined) return verdict;
  const lifted = lift?.policySet === verdict.policySet ? lift.policies : [];
  return budgets.overlay(verdict, standing, new Set(lifted));
}

/** A hold that nobody could answer denies and says so. People are looked up for holds alone. */
function reachable(verdict: Verdict, question: Question, approvers: () => readonly Approver[]): Verdict {
  if (verdict.kind !== "hold") return verdict;
  const owners = question.principals.flatMap((one) =>
    one.type === "Agent" ? [userIdOf(one.owner)] : [userIdOf(one.id)],
  );
  return denyIfUnreachable(verdict, { approvers: approvers(), owners });
}

function approversOf(store: Store): () => readonly Approver[] {
  const users = store.connection.prepare("SELECT id, roles, groups FROM users WHERE disabled_at IS NULL");
  return () =>
    users.all().map((row) => ({
      user: userIdOf(String(row["id"])),
      roles: rolesOf(String(row["roles"])),
      groups: textsOf(String(row["groups"])),
    }));
}

function linesOf(options: GatewayOptions, watch: ToolWatch, serverRequests: ServerRequests): Lines {
  const rows = openRows(options.store);
  return createLines(options.upstreams, options.ambient, {
    admit: (server) => assertActive(rows, server),
    definitions: (line, kind, definitions) => watch(line.server, kind, definitions),
    asked: (exchange, server, request) => serverRequests.ask(exchange, server, request),
  });
}

function activeServers(store: Store): () => readonly ServerName[] {
  const active = store.connection.prepare(
    "SELECT name FROM servers WHERE status = 'active' AND transport <> 'agent' ORDER BY name",
  );
  return () => active.all().map((row) => serverNameOf(String(row["name"])));
}
