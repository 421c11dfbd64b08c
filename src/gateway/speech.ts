import { z } from "zod";
import { Fault, type Json, type JsonObject } from "#base";
import { RpcFault } from "#upstream";
import { RPC, RpcError } from "#wire";
import type { Answer, Refused } from "./outside.ts";
import { type Note, noteJson, retryLine } from "./refusal-note.ts";
import { isNothingSent } from "./travel.ts";

/** Key under which a refusal tells programs what it tells people in words. */
const META_REFUSAL = "doorward.dev/refusal";

/** The road's answer as the method's JSON-RPC result. Throws `RpcError` where the protocol has an error for it. */
export function spoken(method: string, answer: Answer): JsonObject {
  if (answer.kind === "result") return answer.result;
  if (answer.kind === "failed") return failed(method, answer.error, answer.action);
  return refused(method, answer);
}

/** A Fault as an agent should see it: for a tool call a result it can read, for anything else a protocol error. */
export function failed(method: string, error: unknown, action: string | null): JsonObject {
  if (error instanceof RpcFault)
    throw new RpcError(error.rpc.code, error.rpc.message, jsonOf(error.rpc.data));
  if (!(error instanceof Fault)) throw error;
  const note = {
    code: error.code,
    reason: error.message,
    remedy: error.remedy,
    rules: [],
    approval: null,
    action,
    isUnsent: isNothingSent(error),
  };
  return said(method, "failed", note);
}

function refused(method: string, answer: Refused): JsonObject {
  return said(method, answer.kind, answer);
}

const OPENING = { refused: "Refused by Doorward", held: "Held by Doorward", failed: "Failed" } as const;

function said(method: string, kind: keyof typeof OPENING, note: Note): JsonObject {
  const data = noteJson(kind, note);
  if (method !== "tools/call") throw new RpcError(RPC.refused, `${OPENING[kind]}: ${note.reason}`, data);
  const text = sentences(kind, note);
  return { content: [{ type: "text", text }], isError: true, _meta: { [META_REFUSAL]: data } };
}

/** What became of a call, as an agent reads it: on lines that each begin with what they say. */
export function sentences(kind: keyof typeof OPENING, note: Note): string {
  const lines = [
    `${OPENING[kind]}: ${note.reason}`,
    note.rules.length === 0 ? null : `Rule: ${note.rules.join(", ")}`,
    `What to do: ${note.remedy}`,
    retryLine(kind, note),
    note.action === null ? null : `Record: ${note.action}`,
  ];
  return lines.filter((line) => line !== null).join("\n");
}

/** What a server put into its error came as JSON; anything else is left out. */
function jsonOf(data: unknown): Json | undefined {
  const parsed = z.json().safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
