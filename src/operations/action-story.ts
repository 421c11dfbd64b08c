import { z } from "zod";
import type { Json, JsonObject } from "#base";
import type { ActionEntries, EntryRow } from "./action-view.ts";
import { usageOf, usageShape } from "./activity-view.ts";
import { isoTime } from "./change.ts";
import { objectIn, objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

const nothing = z.string().nullable();

/** What one action's entries say beside what a list of actions shows. */
export const storyShape = z.object({
  door: nothing.describe("llm or mcp"),
  onBehalfOf: nothing.describe("Name of the user the agent acted for; null: for nobody"),
  model: nothing.describe("The model that was asked, or that asked for this call"),
  usage: usageShape,
  costMicroUsd: z.int().nullable().describe("What it came to, in millionths of a US dollar"),
  durationMs: z.int().nullable(),
  grant: nothing.describe("The grant under which it was let through, as `grants get` takes it; null: none"),
  entries: z
    .array(
      z.object({
        index: z.int(),
        kind: z.string(),
        at: time,
        verdict: nothing.describe("Where it decides"),
        policies: z.array(z.string()),
        code: nothing,
        status: nothing.describe("Of an outcome, or of an approval that was decided"),
        by: nothing.describe("Name of the user who did it, where one did"),
      }),
    )
    .describe("Its entries in the ledger"),
});

export async function storyOf(
  { store }: ReadContext,
  { rows }: ActionEntries,
): Promise<z.input<typeof storyShape>> {
  const bodies = rows.map(bodyOf);
  const first = bodies[0] ?? {};
  const end = bodies[rows.findLastIndex(({ kind }) => kind === "outcome")] ?? {};
  const people = [first["user"], ...bodies.map(({ by }) => by)].filter((id) => typeof id === "string");
  const named = await store.query
    .selectFrom("users")
    .select(["id", "name"])
    .where("id", "in", people)
    .execute();
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const nameOf = (id: Json | undefined): string | null =>
    typeof id === "string" ? (names.get(id) ?? id) : null;
  return {
    door: textOf(first["door"]),
    onBehalfOf: nameOf(first["user"]),
    model: textOf(first["model"]),
    usage: usageOf(end),
    costMicroUsd: countOf(end["costMicroUsd"]),
    durationMs: countOf(end["durationMs"]),
    grant: textOf(bodies[rows.findLastIndex(({ kind }) => kind === "intent")]?.["grant"]),
    entries: rows.map(({ idx, kind, at }, place) => ({
      index: idx,
      kind,
      at: isoTime(at),
      ...saidOf(bodies[place] ?? {}),
      by: nameOf(bodies[place]?.["by"]),
    })),
  };
}

function saidOf(body: JsonObject) {
  const policies = body["policies"];
  return {
    verdict: textOf(body["verdict"]),
    policies: Array.isArray(policies) ? policies.filter((policy) => typeof policy === "string") : [],
    code: textOf(body["code"]),
    status: textOf(body["status"]),
  };
}

/** What an agent is told when it is refused or held. */
export const whyShape = z.object({
  reason: nothing.describe(
    "Why it was refused or held, as the agent was told; null where it is not kept or not yours to see",
  ),
  remedy: nothing.describe("What would help, likewise"),
});

/** Reads the payload `why` that the doors keep beside a refusal or hold. */
export function whyOf(kept: unknown): z.output<typeof whyShape> {
  const read = whyShape.partial().safeParse(kept ?? {});
  return { reason: read.data?.reason ?? null, remedy: read.data?.remedy ?? null };
}

function bodyOf(row: EntryRow): JsonObject {
  return objectIn(objectOf(row.record), "body");
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function countOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}
