import { z } from "zod";
import { Fault } from "#base";
import { type UpstreamRow, upstreamOfRow, type UpstreamState } from "#inference";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { priceText } from "./upstreams-input.ts";

export const upstreamShape = z.object({
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  local: z
    .boolean()
    .describe("On this machine or its private network: what is sent there does not leave the house"),
  protocols: z.array(z.string()),
  credential: z
    .enum(["none", "bearer", "header", "google"])
    .describe("How it knows Doorward; never the secret"),
  account: z.string().nullable().describe("The service account, where that is the credential"),
  prices: z
    .record(z.string(), z.string())
    .describe("USD per million tokens, INPUT/OUTPUT, by model; * is every other"),
  identity: z.string().describe("SHA-256 of what it is: how ledger and approvals name it"),
  health: z.enum(["unknown", "up", "down"]),
  reason: z.string().nullable().describe("Why it is down, or left alone"),
  backOffUntil: time.nullable().describe("Asked after others until then"),
  models: z.int().nullable().describe("How many models it listed; null: it never did"),
  checkedAt: time.nullable(),
  addedAt: time,
});

export const modelNames = z.object({
  listed: z
    .array(z.string())
    .nullable()
    .describe("The models it listed; null: it lists none, or never answered"),
});

const UNSEEN = {
  health: "unknown",
  reason: null,
  backOffUntil: null,
  models: null,
  checkedAt: null,
} as const;

export function stateOf({ models }: Pick<ReadContext, "models">, name: string): Omit<UpstreamState, "name"> {
  return models.states().find((state) => state.name === name) ?? UNSEEN;
}

export function upstreamView(context: ReadContext, row: Schema["upstreams"]): z.input<typeof upstreamShape> {
  const upstream = upstreamOfRow(row);
  const { health, reason, backOffUntil, models, checkedAt } = stateOf(context, row.name);
  return {
    name: row.name,
    kind: row.kind,
    url: row.url,
    local: upstream.allowPrivate,
    protocols: [...upstream.protocols],
    credential: upstream.credential.type,
    account: upstream.credential.type === "google" ? upstream.credential.account : null,
    prices: priceTexts(upstream),
    identity: upstream.identity,
    health,
    reason,
    backOffUntil: isoTime(backOffUntil),
    models: models === null ? null : models.length,
    checkedAt: isoTime(checkedAt),
    addedAt: isoTime(row.created_at),
  };
}

export function listedOf(context: ReadContext, name: string): z.input<typeof modelNames> {
  const { models } = stateOf(context, name);
  return { listed: models === null ? null : [...models] };
}

function priceTexts({ prices }: UpstreamRow): Record<string, string> {
  return Object.fromEntries(Object.entries(prices).map(([model, price]) => [model, priceText(price)]));
}

export async function findUpstream(
  context: Pick<ReadContext, "store">,
  name: string,
): Promise<Schema["upstreams"]> {
  const row = await context.store.query
    .selectFrom("upstreams")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault(
    "upstream_unknown",
    `there is no upstream ${name}`,
    "List them: `doorward upstreams list`.",
  );
}
