import type { JsonObject } from "#base";
import { isJsonObject, RPC, RpcError } from "#wire";
import { type ActionsOutside, type Asked, attempted, textParam } from "../actions.ts";
import type { Exchange } from "../door/road.ts";
import { failed, spoken } from "../speech.ts";
import {
  GONE,
  createdJson,
  detailedJson,
  hasTasks,
  related,
  statusOf,
  taskJson,
  takesTasks,
  tasksUndeclared,
} from "./told.ts";
import { spokenAgain } from "./kept-call.ts";
import { type Found, nextOf, type Tasks } from "./tasks.ts";
import { TASKS_PAGE_MAX } from "./limits.ts";

export type Method = (exchange: Exchange, params: JsonObject) => Promise<JsonObject>;

/** How a call is answered. */
type Way =
  /** When it is over, or when it waited long enough for people. */
  | { readonly kind: "request" }
  /** By a task at once (2025-11-25: its client asked for one). */
  | { readonly kind: "task"; readonly ttlMs: number | null }
  /** By a task where people must decide first (the extension: Doorward decides, its client takes either). */
  | { readonly kind: "task-if-held" };

function wayOf(exchange: Exchange, params: JsonObject): Way {
  if (!hasTasks(exchange)) return { kind: "request" };
  if (exchange.era === "modern") return { kind: takesTasks(exchange) ? "task-if-held" : "request" };
  return revisionWay(params);
}

function revisionWay({ task }: JsonObject): Way {
  if (task === undefined) return { kind: "request" };
  if (!isJsonObject(task)) throw new RpcError(RPC.invalidParams, "params.task must be an object");
  const { ttl = null } = task;
  if (ttl !== null && (typeof ttl !== "number" || ttl < 0))
    throw new RpcError(RPC.invalidParams, "params.task.ttl must be milliseconds");
  return { kind: "task", ttlMs: ttl };
}

export interface Calling {
  readonly own: ActionsOutside;
  readonly tasks: Tasks;
  /** Whether the owner of this agent wants what is approved released though it is away. */
  readonly releasesAway: (agent: string) => boolean;
}

/** `tools/call`, answered the way its client can take. */
export async function callTool(
  { own, tasks, releasesAway }: Calling,
  exchange: Exchange,
  asked: Asked,
  params: JsonObject,
): Promise<JsonObject> {
  const way = wayOf(exchange, params);
  if (way.kind === "task") return begun(tasks, exchange, asked, way.ttlMs);
  const waitMs = way.kind === "task-if-held" && tasks.hasRoom(exchange.identity) ? { waitMs: 0 } : {};
  const { attempt, answer } = await attempted(own, exchange, asked, waitMs);
  if (answer.kind !== "held" || answer.approval === null) return spoken(asked.method, answer);
  const held = { exchange, asked, attempt, approval: answer.approval, message: answer.reason };
  if ("waitMs" in waitMs) return createdJson(tasks.keep({ ...held, way: "task" }), exchange.era);
  if (releasesAway(attempt.identity.chain.agents.at(-1) ?? "") && tasks.hasRoom(exchange.identity))
    tasks.keep({ ...held, way: "callback" });
  return spoken(asked.method, answer);
}

/** What cannot begin is an error of the protocol: there is no task that could say it. */
function begun(tasks: Tasks, exchange: Exchange, asked: Asked, ttlMs: number | null): JsonObject {
  try {
    return createdJson(tasks.begin(exchange, asked, ttlMs), exchange.era);
  } catch (error) {
    return failed("tasks", error, null);
  }
}

/** The methods of tasks, by name; `tasks/result` and `tasks/list` are 2025-11-25's alone, `tasks/update` the extension's. */
export function taskMethods(tasks: Tasks, polled: (exchange: Exchange) => void): Record<string, Method> {
  const at = (exchange: Exchange, era: Exchange["era"], method: string): void => {
    if (!hasTasks(exchange) || exchange.era !== era) throw notFound(method);
    if (era === "modern" && !takesTasks(exchange)) throw tasksUndeclared();
    polled(exchange);
  };
  return {
    "tasks/get": async (exchange, params) => {
      at(exchange, exchange.era, "tasks/get");
      const found = tasks.find(exchange.identity, textParam(params, "taskId"));
      if (exchange.era === "legacy") return taskJson(found.row, found.end, "legacy");
      if (found.row.status === "completed" && exchange.isHeard()) tasks.fetched(found.row);
      return detailedJson(found.row, found.end);
    },
    "tasks/result": async (exchange, params) => {
      at(exchange, "legacy", "tasks/result");
      const id = textParam(params, "taskId");
      const { row, end } = await tasks.ended(exchange.identity, id, exchange.signal);
      if (row.status === "cancelled") throw cancelled();
      // What nobody hears now is fetched again, by its id or by the plain retry.
      if (row.status === "completed" && exchange.isHeard()) tasks.fetched(row);
      return related(id, spokenAgain(end ?? GONE));
    },
    "tasks/list": async (exchange, params) => {
      at(exchange, "legacy", "tasks/list");
      const { cursor = "" } = params;
      if (typeof cursor !== "string") throw new RpcError(RPC.invalidParams, "params.cursor must be a string");
      const found = tasks.list(exchange.identity, cursor);
      const shown = found.slice(0, TASKS_PAGE_MAX).map(({ row, end }) => taskJson(row, end, "legacy"));
      return { tasks: shown, ...nextOf(found) };
    },
    "tasks/cancel": async (exchange, params) => {
      at(exchange, exchange.era, "tasks/cancel");
      const id = textParam(params, "taskId");
      const before = tasks.find(exchange.identity, id);
      if (exchange.era === "legacy" && before.row.status !== "working") throw over(before);
      const { row, end } = await tasks.cancel(exchange.identity, id);
      return exchange.era === "legacy" ? taskJson(row, end, "legacy") : {};
    },
    "tasks/update": async (exchange, params) => {
      at(exchange, "modern", "tasks/update");
      // A task of ours asks its client nothing, and answers to what was not asked are ignored, as the extension says.
      tasks.find(exchange.identity, textParam(params, "taskId"));
      return {};
    },
  };
}

function notFound(method: string): RpcError {
  return new RpcError(RPC.methodNotFound, `there is no method ${method} in this revision`);
}

function over({ row, end }: Found): RpcError {
  const status = statusOf(row, end, "legacy");
  return new RpcError(RPC.invalidParams, `Cannot cancel task: already in terminal status '${status}'`);
}

function cancelled(): RpcError {
  return new RpcError(RPC.refused, "The task was cancelled before it had a result.");
}
