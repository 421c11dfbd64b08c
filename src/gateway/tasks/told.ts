import type { JsonObject } from "#base";
import { isJsonObject, RPC, RpcError } from "#wire";
import type { Era, Exchange } from "../door/road.ts";
import { isFailure, type KeptEnd } from "./kept-call.ts";
import { POLL_HELD_MS, POLL_MS } from "./limits.ts";
import type { TaskRow } from "./rows.ts";

/** Extension of revision 2026-07-28 (SEP-2663). */
const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
/** `_meta` key of results of tasks (2025-11-25, basic/utilities/tasks, "Related Task Metadata"). */
const RELATED = "io.modelcontextprotocol/related-task";
/** The one revision that has tasks in its core. */
const TASKS_REVISION = "2025-11-25";

/** How a client can be told of tasks: by the revision's own form, by the extension's, or not at all. */
export function hasTasks({ era, protocolVersion }: Pick<Exchange, "era" | "protocolVersion">): boolean {
  return era === "modern" || protocolVersion === TASKS_REVISION;
}

/** Whether this request says that its client takes tasks (the extension: each request says so anew). */
export function takesTasks({ clientCapabilities }: Pick<Exchange, "clientCapabilities">): boolean {
  const { extensions = null } = clientCapabilities;
  return isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION] ?? null);
}

/** SEP-2663, "Protocol Errors": what a client is told that asks for tasks and does not declare that it knows them. */
export function tasksUndeclared(): RpcError {
  return new RpcError(RPC.missingCapability, "Missing required client capability", {
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/** What this client's `initialize` or `server/discover` hears of tasks. */
export function taskCapabilities(exchange: Exchange): JsonObject {
  if (!hasTasks(exchange)) return {};
  if (exchange.era === "modern") return { extensions: { [TASKS_EXTENSION]: {} } };
  return { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } };
}

/**
 * A tool as a client of this revision may call it. What the server says of tasks is about its own, which Doorward does not
 * ask it for; every call through Doorward can be one of ours.
 */
export function withTaskSupport(exchange: Exchange, { execution: _own, ...tool }: JsonObject): JsonObject {
  if (exchange.era === "modern" || !hasTasks(exchange)) return tool;
  return { ...tool, execution: { taskSupport: "optional" } };
}

type Status = "working" | "completed" | "failed" | "cancelled";

/** 2025-11-25 calls a tool's own error a failure; 2026-07-28 only an error of the protocol. */
export function statusOf(row: TaskRow, end: KeptEnd | null, era: Era): Status {
  if (row.status !== "completed") return row.status;
  const hasFailed = end === null || (era === "legacy" ? isFailure(end) : end.kind === "error");
  return hasFailed ? "failed" : "completed";
}

/** The state of a task: `Task` of 2025-11-25, or of the extension. */
export function taskJson(row: TaskRow, end: KeptEnd | null, era: Era): JsonObject {
  const ttl = row.ends_at - row.created_at;
  const poll = row.approval_id === null ? POLL_MS : POLL_HELD_MS;
  const state = {
    taskId: row.id,
    status: statusOf(row, end, era),
    statusMessage: row.message,
    createdAt: new Date(row.created_at).toISOString(),
    lastUpdatedAt: new Date(row.updated_at).toISOString(),
  };
  return era === "legacy"
    ? { ...state, ttl, pollInterval: poll }
    : { ...state, ttlMs: ttl, pollIntervalMs: poll };
}

/** `CreateTaskResult`. */
export function createdJson(row: TaskRow, era: Era): JsonObject {
  const task = taskJson(row, null, era);
  return era === "legacy" ? { task } : { ...task, resultType: "task" };
}

/** With how it ended, as the extension's `tasks/get` tells it. */
export function detailedJson(row: TaskRow, end: KeptEnd | null): JsonObject {
  const task = taskJson(row, end, "modern");
  if (row.status !== "completed") return task;
  if (end?.kind === "result") return { ...task, result: { resultType: "complete", ...end.result } };
  const { code, message, data } = end ?? GONE;
  return { ...task, error: { code, message, ...(data === null ? {} : { data }) } };
}

/** What was kept of it can no longer be opened. */
export const GONE = {
  kind: "error",
  code: -31000,
  message: "The result of this task is no longer kept.",
  data: null,
} as const;

/** A result that says whose it is. */
export function related(id: string, result: JsonObject): JsonObject {
  const meta = result["_meta"] ?? null;
  return { ...result, _meta: { ...(isJsonObject(meta) ? meta : {}), [RELATED]: { taskId: id } } };
}
