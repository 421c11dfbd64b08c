import { z } from "zod";
import { Fault } from "#base";
import { mayTouch } from "#identity";
import type { Action, UserId } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { doubtsIn, flowIn, flowShape } from "./action-flow.ts";
import { storyOf, storyShape, whyOf, whyShape } from "./action-story.ts";
import {
  type ActingAgent,
  type ActionEntries,
  actionOf,
  actionShape,
  DECISIONS,
  type EntryRow,
} from "./action-view.ts";
import { visibleAgents } from "./agent-rows.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, serverName } from "./fields.ts";
import { numberOfCursor, pageInput, pageOf } from "./page.ts";
import { read } from "./operation.ts";

/** Entries looked at for one page, so that a filter that matches little costs little; the page is then short. */
const SCAN_MAX = 2_000;
const CHUNK = 200;
const NEWEST = Number.MAX_SAFE_INTEGER;

export const actionsList = read({
  name: "actions.list",
  summary: "List what agents attempted, newest first, with verdict and outcome",
  permission: "actions.read",
  input: z.strictObject({
    ...pageInput,
    agent: agentReference.optional(),
    server: serverName.optional(),
    verdict: z.enum(["allow", "deny", "hold"]).optional().describe("Only these"),
  }),
  output: pageOf(actionShape),
  columns: ["at", "id", "agent", "server", "name", "verdict", "outcome"],
  examples: ["actions list --verdict deny --limit 10"],
  async run(context, input) {
    const agents = await actingAgents(context);
    const visible = await visibleAgents(context, "actions.read");
    const wanted = (action: ActionEntries): boolean =>
      (visible === null || visible.includes(action.agentId)) &&
      (input.agent === undefined ||
        input.agent === action.agentId ||
        input.agent === agents.get(action.agentId)?.name) &&
      (input.server === undefined || input.server === action.view.server) &&
      (input.verdict === undefined || input.verdict === action.view.verdict);
    const found: ActionEntries[] = [];
    let before = numberOfCursor(input.after, NEWEST);
    for (let scanned = 0; scanned < SCAN_MAX && found.length < input.limit; scanned += CHUNK) {
      const rows = await decisions(context, before);
      for (const row of rows) {
        before = row.idx;
        const action = await load(context, row.subject, agents);
        if (action !== null && wanted(action)) found.push(action);
        if (found.length === input.limit) break;
      }
      if (rows.length < CHUNK && found.length < input.limit) return { items: views(found), next: null };
    }
    return { items: views(found), next: Buffer.from(`k:${before}`).toString("base64url") };
  },
});

export const actionsGet = read({
  name: "actions.get",
  summary: "Show one action: who, what, under which rule, with which end",
  permission: "actions.read",
  input: z.strictObject({ action: id("act", "Action") }),
  output: actionShape.extend({
    ...storyShape.shape,
    ...whyShape.shape,
    ...flowShape.shape,
    arguments: z
      .unknown()
      .describe("What was asked; null where it is not kept, destroyed, or not yours to see"),
    result: z.unknown().describe("What came back; null likewise"),
  }),
  positional: ["action"],
  async run(context, { action }) {
    const found = await findAction(context, action);
    const canRead = mayTouch(context.caller, "payloads.read", await ownerOf(context, found.agentId));
    return {
      ...found.view,
      ...(await storyOf(context, found)),
      ...whyOf(canRead ? keptWhy(context, found) : null),
      flow: flowIn(found),
      doubts: canRead ? doubtsOf(context, found) : [],
      arguments: canRead ? argumentsOf(context, found) : null,
      result: canRead ? payloadOf(context, found, "outcome", "result") : null,
    };
  },
});

/** An action the caller may see. Throws `action_unknown`, for another owner's too. */
export async function findAction(context: ReadContext, action: string): Promise<ActionEntries> {
  const found = await load(context, action, await actingAgents(context));
  const owner = found === null ? null : await ownerOf(context, found.agentId);
  if (found !== null && mayTouch(context.caller, "actions.read", owner)) return found;
  throw new Fault("action_unknown", `there is no action ${action}`, "List them: `doorward actions list`.");
}

/** What the ledger and the sealed payloads are read with; nobody's rights are asked. */
export type Kept = Pick<ReadContext, "store"> & { readonly journal: Pick<ReadContext["journal"], "payload"> };

/** Of an action, whoever asks; null where there is none. */
export async function recordedAs(context: Kept, action: string): Promise<ActionEntries | null> {
  return load(context, action, await actingAgents(context));
}

/** The action itself, from whichever of its entries still has it; null where none has. */
export function keptAction(context: Kept, action: ActionEntries): Action | null {
  const kept =
    payloadOf(context, action, "intent", "action") ??
    payloadOf(context, action, "verdict", "action") ??
    payloadOf(context, action, "drill.asked", "action");
  return kept === null ? null : recordedAction.parse(kept);
}

/**
 * Everything the agent asked for, or null where it is not kept. Headers that go along to a model's upstream stand beside
 * the body, as `headers`: no protocol of models has a field of that name.
 */
export function argumentsOf(context: Kept, action: ActionEntries): Action["arguments"] | null {
  const kept = keptAction(context, action);
  if (kept === null) return null;
  return kept.headers === undefined ? kept.arguments : { ...kept.arguments, headers: kept.headers };
}

/** Of its last refusal or hold; of an action that only observed agents get through, what policy would have said. */
export function keptWhy(context: Kept, action: ActionEntries): unknown {
  return payloadOf(context, action, "verdict", "why") ?? payloadOf(context, action, "intent", "why");
}

/** Of the newest decision on it. */
export function doubtsOf(context: Kept, action: ActionEntries) {
  const decided = action.rows.findLast(({ kind }) => DECISIONS.includes(kind));
  return doubtsIn(decided === undefined ? null : payloadOf(context, action, decided.kind, "doubts"));
}

const recordedAction = z.custom<Action>(
  (value) => typeof value === "object" && value !== null && "arguments" in value && "target" in value,
);

function payloadOf(context: Kept, action: ActionEntries, kind: string, name: string): unknown {
  const row = action.rows.findLast((one) => one.kind === kind);
  const bytes = row === undefined ? null : context.journal.payload(row.idx, name);
  return bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown);
}

/** The newest decision of each action, newest first, below an index. */
async function decisions(
  { store }: ReadContext,
  before: number,
): Promise<{ idx: number; subject: string }[]> {
  return store.query
    .selectFrom("entries as e")
    .select(["e.idx", "e.subject"])
    .where("e.kind", "in", ["verdict", "intent"])
    .where("e.idx", "<", before)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("entries as later")
            .select("later.idx")
            .whereRef("later.subject", "=", "e.subject")
            .whereRef("later.idx", ">", "e.idx")
            .where("later.kind", "in", ["verdict", "intent"]),
        ),
      ),
    )
    .orderBy("e.idx", "desc")
    .limit(CHUNK)
    .execute();
}

async function load(
  context: Kept,
  action: string,
  agents: ReadonlyMap<string, ActingAgent>,
): Promise<ActionEntries | null> {
  const rows: EntryRow[] = await context.store.query
    .selectFrom("entries")
    .select(["idx", "kind", "at", "record"])
    .where("subject", "=", action)
    .orderBy("idx")
    .execute();
  return actionOf(action, rows, agents);
}

async function actingAgents({ store }: Kept): Promise<ReadonlyMap<string, ActingAgent>> {
  const rows = await store.query.selectFrom("agents").select(["id", "name", "seen_as_own_user_at"]).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export async function ownerOf({ store }: ReadContext, agent: string): Promise<UserId | null> {
  const row = await store.query
    .selectFrom("agents")
    .select("owner_id")
    .where("id", "=", agent)
    .executeTakeFirst();
  return row === undefined ? null : userIdOf(row.owner_id);
}

function views(found: readonly ActionEntries[]) {
  return found.map((action) => action.view);
}
