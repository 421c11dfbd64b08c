import type { JsonObject } from "#base";
import type { Exchange } from "../../src/gateway/door/road.ts";
import type { Outside } from "../../src/gateway/outside.ts";
import { isJsonObject, RpcError } from "#wire";
import { allow, hold } from "../faults/road-harness.ts";
import { openMcpRoad } from "./mcp-road.ts";

/** A road whose every call a person must approve, with the tasks behind it. */
export function heldHouse() {
  const policy = { holds: true, denies: false, expiresAfterMs: 7 * 24 * 60 * 60_000 };
  const decide: Outside["decide"] = (_asked, lift) =>
    policy.denies
      ? { ...DENIED, policySet: hold.policySet }
      : lift === undefined && policy.holds
        ? { ...hold, expiresAfterMs: policy.expiresAfterMs }
        : allow;
  const own = openMcpRoad({ decide });
  const { connection } = own.store;
  return {
    ...own,
    policy,
    /** As a person does, at this moment; who waits is woken unless `isWoken` is false. */
    person: (status: "approved" | "denied", isWoken = true): string[] => {
      const open = connection.prepare("SELECT id FROM approvals WHERE status = 'requested'").all();
      connection
        .prepare(
          "UPDATE approvals SET status = ?, decided_at = ?, version = version + 1 WHERE status = 'requested'",
        )
        .run(status, own.ambient.now());
      const ids = open.map((row) => String(row["id"]));
      if (isWoken) for (const id of ids) own.tasks.decided(id);
      return ids;
    },
    approvals: () => connection.prepare("SELECT * FROM approvals ORDER BY id").all(),
    entries: () => own.journal.kept.map(({ kind }) => kind),
  };
}

const DENIED = {
  kind: "deny",
  grounds: [],
  code: "no_permit",
  reason: "no",
  remedy: "ask",
} as const;

/** A client of the revision whose core has tasks, and one that speaks the extension. */
export const LEGACY: Partial<Exchange> = { era: "legacy", protocolVersion: "2025-11-25" };
export const MODERN: Partial<Exchange> = {
  era: "modern",
  protocolVersion: "2026-07-28",
  clientCapabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
};

export const CALL: JsonObject = { name: "act", arguments: { path: "/a" } };

/** The `taskId` of a result that has one, at either place. */
export function idOf(created: JsonObject): string {
  const { taskId } = isJsonObject(created["task"] ?? null) ? objectIn(created, "task") : created;
  if (typeof taskId !== "string") throw new Error(`no task: ${JSON.stringify(created)}`);
  return taskId;
}

function objectIn(value: JsonObject, key: string): JsonObject {
  const found = value[key] ?? null;
  return isJsonObject(found) ? found : {};
}

/** Until everything under way has got as far as it can. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function errorOf(asking: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await asking.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RpcError) return error;
  throw new Error(`no protocol error: ${String(error)}`);
}
