import { z } from "zod";
import type { Json, JsonObject } from "#base";
import type { KeptEntry } from "#journal";
import type { UserId } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import { objectIn, objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import type { Followed } from "./operation.ts";

/** The kinds of ledger entry that tell of actions. `approval.decided` and its kin speak of the action that was held. */
const ACTION_KINDS = [
  "verdict",
  "intent",
  "outcome",
  "proposal",
  "approval.requested",
  "approval.decided",
  "approval.expired",
  "approval.withdrawn",
] as const;
const isActionKind = new Set<string>(ACTION_KINDS);

const nothing = z.string().nullable();

export const usageShape = z
  .object({ inputTokens: z.int().nullable(), outputTokens: z.int().nullable() })
  .nullable()
  .describe("Tokens, where a model's answer said them");

export const activityShape = z.object({
  index: z.int().describe("Its entry's index in the ledger"),
  at: time,
  kind: z.enum(ACTION_KINDS),
  action: z.string().describe("Id of the action: actions.get and receipts.get take it"),
  agent: z.string().describe("Name of the agent"),
  agentId: z.string(),
  session: z.string(),
  onBehalfOf: nothing.describe(
    "Name of the user the agent acted for; null: for nobody, with its own rights alone",
  ),
  door: nothing.describe("llm or mcp"),
  verb: z.string(),
  server: z.string(),
  name: nothing.describe(
    "Tool, prompt or model; null where it is withheld: a resource's address may name a person",
  ),
  effects: z.array(z.string()),
  verdict: nothing.describe("allow, deny or hold; null where this entry decides nothing"),
  decided: nothing.describe(
    "The action's verdict as this entry found or left it; null where none was given yet",
  ),
  code: nothing.describe("Of a denial"),
  policies: z.array(z.string()).describe("Rules that determined it"),
  approval: nothing.describe("Id of the request for a human yes"),
  status: nothing.describe("How it ended: of an outcome, or of an approval that was decided"),
  durationMs: z.int().nullable(),
  model: nothing.describe("The model that was asked, or that asked for this call"),
  usage: usageShape,
});

export interface Activity extends Followed {
  readonly item: z.output<typeof activityShape>;
}

/** The action events among `entries`, in their order. */
export async function activityOf(
  { store }: Pick<ReadContext, "store">,
  entries: readonly KeptEntry[],
): Promise<Activity[]> {
  const events = entries.filter(({ kind }) => isActionKind.has(kind));
  if (events.length === 0) return [];
  const records = events.map((entry) => ({ entry, body: objectIn(objectOf(entry.record), "body") }));
  // Who decides about a hold writes down the decision, not again what was held: that is in the action's first entry.
  const brief = records.filter(({ body }) => body["verb"] === undefined);
  const firsts = await firstBodies(
    store,
    brief.map(({ entry }) => entry.subject),
  );
  const silent = records.filter(({ body }) => textOf(body["verdict"]) === null);
  const decisions = await decisionsOf(
    store,
    silent.map(({ entry }) => entry),
  );
  const known: Known = { agents: await agentsOf(store), users: await usersOf(store), decisions };
  return records.map(({ entry, body }) =>
    activity(entry, { body, about: { ...firsts.get(entry.subject), ...body } }, known),
  );
}

interface Told {
  readonly body: JsonObject;
  /** The same with what the action's first entry says of who and what. */
  readonly about: JsonObject;
}

type Agents = ReadonlyMap<string, { readonly name: string; readonly owner_id: string }>;

interface Known {
  readonly agents: Agents;
  /** Names of users by id. */
  readonly users: ReadonlyMap<string, string>;
  /** Verdicts that stand when an entry says none, by the entry's index. */
  readonly decisions: ReadonlyMap<number, string>;
}

function activity(entry: KeptEntry, { body, about }: Told, known: Known): Activity {
  const { agents, users, decisions } = known;
  const userId = textOf(about["user"]);
  const agentId = textOf(about["agent"]) ?? "";
  const agent = agents.get(agentId);
  const owner: UserId | null = agent === undefined ? null : userIdOf(agent.owner_id);
  const item = {
    index: entry.index,
    at: isoTime(entry.at),
    kind: z.enum(ACTION_KINDS).parse(entry.kind),
    action: entry.subject,
    agent: agent?.name ?? agentId,
    agentId,
    session: textOf(about["session"]) ?? "",
    onBehalfOf: userId === null ? null : (users.get(userId) ?? userId),
    door: textOf(about["door"]),
    verb: textOf(about["verb"]) ?? "",
    server: textOf(about["server"]) ?? "",
    name: textOf(about["name"]),
    effects: textsOf(about["effects"]),
    verdict: textOf(body["verdict"]),
    decided: textOf(body["verdict"]) ?? decisions.get(entry.index) ?? null,
    code: textOf(body["code"]),
    policies: textsOf(body["policies"]),
    approval: textOf(body["approval"]),
    status: textOf(body["status"]),
    durationMs: countOf(body["durationMs"]),
    model: textOf(about["model"]),
    usage: usageOf(body),
  };
  return { index: entry.index, owner, item };
}

/** One indexed look per action, and only for entries that do not say themselves what they are about. */
async function firstBodies(
  store: ReadContext["store"],
  subjects: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for (const subject of new Set(subjects)) {
    const row = await store.query
      .selectFrom("entries")
      .select("record")
      .where("subject", "=", subject)
      .orderBy("idx")
      .executeTakeFirst();
    if (row !== undefined) found.set(subject, objectIn(objectOf(row.record), "body"));
  }
  return found;
}

/** For entries that decide nothing themselves: the verdict their action had by then. One look for all of them. */
async function decisionsOf(
  store: ReadContext["store"],
  silent: readonly KeptEntry[],
): Promise<ReadonlyMap<number, string>> {
  if (silent.length === 0) return new Map();
  const rows = await store.query
    .selectFrom("entries")
    .select(["idx", "subject", "record"])
    .where("subject", "in", [...new Set(silent.map(({ subject }) => subject))])
    .where("kind", "in", ["verdict", "intent"])
    .orderBy("idx")
    .execute();
  const bySubject = Map.groupBy(rows, ({ subject }) => subject);
  const found = silent.map(({ index, subject }): readonly [number, string | null] => {
    const last = bySubject.get(subject)?.findLast(({ idx }) => idx < index);
    return [index, last === undefined ? null : textOf(objectIn(objectOf(last.record), "body")["verdict"])];
  });
  return new Map(found.flatMap(([index, verdict]) => (verdict === null ? [] : [[index, verdict] as const])));
}

async function usersOf({ query }: ReadContext["store"]): Promise<ReadonlyMap<string, string>> {
  const rows = await query.selectFrom("users").select(["id", "name"]).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function agentsOf({ query }: ReadContext["store"]): Promise<Agents> {
  const rows = await query.selectFrom("agents").select(["id", "name", "owner_id"]).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function countOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** An outcome of a model call says beside its status what the model counted. */
export function usageOf(body: JsonObject): Activity["item"]["usage"] {
  const [inputTokens, outputTokens] = [countOf(body["inputTokens"]), countOf(body["outputTokens"])];
  return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
}
