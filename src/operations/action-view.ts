import { z } from "zod";
import type { Json, JsonObject } from "#base";
import { bypassable, bypassableOf } from "./agent-rows.ts";
import { objectIn, objectOf } from "./columns.ts";
import { isoTime } from "./change.ts";
import { time } from "./fields.ts";

export interface EntryRow {
  readonly idx: number;
  readonly kind: string;
  readonly at: number;
  readonly record: string;
}

export const actionShape = z.object({
  id: z.string(),
  at: time,
  agent: z.string(),
  session: z.string(),
  stage: z.string().describe("The agent's stage when it was decided"),
  bypassable,
  verb: z.string(),
  server: z.string(),
  name: z.string().nullable().describe("Tool or prompt; null for resources, whose address may name a person"),
  effects: z.array(z.string()),
  verdict: z.string().describe("allow, deny or hold"),
  code: z.string().nullable().describe("Of a denial"),
  policies: z
    .array(z.string())
    .describe("Rules that determined it; empty where none spoke and silence denied"),
  policySet: z.string(),
  approval: z.string().nullable(),
  outcome: z.string().nullable().describe("ok, error, not-sent or unknown; null while there is none"),
});

/** What the state database knows of an agent that an entry names by id. */
export interface ActingAgent {
  readonly name: string;
  readonly seen_as_own_user_at: number | null;
}

/** One action as its ledger entries tell it. */
export interface ActionEntries {
  readonly agentId: string;
  readonly rows: readonly EntryRow[];
  readonly view: z.input<typeof actionShape>;
}

/** What was decided on an action; a drill stands where a verdict would, and no agent attempted it. */
export const DECISIONS: readonly string[] = ["intent", "verdict", "drill.asked"];

/** Reads an action out of its entries, oldest first; null when they are no action's. */
export function actionOf(
  action: string,
  rows: readonly EntryRow[],
  agents: ReadonlyMap<string, ActingAgent>,
): ActionEntries | null {
  const decided = rows.findLast((row) => DECISIONS.includes(row.kind));
  const [first] = rows;
  if (decided === undefined || first === undefined) return null;
  const body = bodyOf(decided);
  const outcome = rows.findLast((row) => row.kind === "outcome");
  const requested = rows.findLast((row) => row.kind === "approval.requested");
  const agentId = text(body["agent"]);
  const agent = agents.get(agentId);
  const view = {
    id: action,
    at: isoTime(first.at),
    agent: agent?.name ?? agentId,
    session: text(body["session"]),
    stage: text(body["stage"]),
    bypassable: bypassableOf(agent?.seen_as_own_user_at ?? null),
    verb: text(body["verb"]),
    server: text(body["server"]),
    name: textOrNull(body["name"]),
    effects: texts(body["effects"]),
    verdict: text(body["verdict"]),
    code: textOrNull(body["code"]),
    policies: texts(body["policies"]),
    policySet: text(body["policySet"]),
    approval: textOrNull(body["approval"]) ?? memberOf(requested, "approval"),
    outcome: memberOf(outcome, "status"),
  };
  return { agentId, rows, view };
}

function bodyOf(row: EntryRow): JsonObject {
  return objectIn(objectOf(row.record), "body");
}

function memberOf(row: EntryRow | undefined, key: string): string | null {
  return row === undefined ? null : textOrNull(bodyOf(row)[key]);
}

function text(value: Json | undefined): string {
  return textOrNull(value) ?? "";
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
