import { z } from "zod";
import { Fault } from "#base";
import { ANY_SERVER } from "#policy";
import { findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { drafted, type Wish } from "./delegation-grant.ts";
import {
  DELEGATION_STEPS_MAX,
  delegationBody,
  delegations,
  type DelegationRow,
  delegationShape,
  delegationView,
  findActive,
  findDelegation,
  seesAll,
} from "./delegation-rows.ts";
import { agentReference, effect, id, verb } from "./fields.ts";
import { read, write } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";

const SCOPE_ITEMS_MAX = 200;
const HOURS_MAX = 30 * 24;
const HOUR_MS = 3_600_000;
export const CALLS_MAX = 1_000_000;

export const delegationId = id("dlg", "Delegation");
const server = z
  .string()
  .regex(/^(?:\*|[a-z][a-z0-9-]{0,30}|agent:[a-z][a-z0-9-]{0,62})$/, "SERVER, UPSTREAM, agent:NAME, or *");
const tool = z
  .string()
  .max(300)
  .regex(/^(?:[a-z][a-z0-9-]{0,30}|agent:[a-z][a-z0-9-]{0,62})\/\S+$/, "SERVER/TOOL or UPSTREAM/MODEL")
  .refine((text) => !text.includes("://"), "no addresses: name the server instead");

/** Shared by granting and narrowing. */
export const scopeInput = {
  servers: z
    .array(server)
    .max(SCOPE_ITEMS_MAX)
    .describe("MCP servers and model upstreams, whole; agent:NAME for tools an agent runs itself; * for any"),
  tools: z
    .array(tool)
    .max(SCOPE_ITEMS_MAX)
    .describe("Single tools, each as SERVER/TOOL, or models as UPSTREAM/MODEL"),
  verbs: z.array(verb).max(20).describe("Verbs; none: all"),
  effects: z.array(effect).max(4).describe("Effects it may have; none: all"),
};

export const delegationsList = read({
  name: "delegations.list",
  summary: "List delegations: your rights lent to agents, and those lent to agents of yours",
  permission: "delegations.read",
  input: z.strictObject({ ...pageInput, ended: z.boolean().default(false).describe("Show ended ones too") }),
  output: pageOf(delegationShape),
  columns: ["id", "user", "agent", "servers", "tools", "status", "expiresAt"],
  async run(context, { after, limit, ended }) {
    const key = keyOfCursor(after);
    const now = context.ambient.now();
    let query = delegations(context)
      .orderBy("delegations.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("delegations.id", "<", key);
    if (!ended) query = query.where("delegations.revoked_at", "is", null).where("expires_at", ">", now);
    if (!seesAll(context)) {
      const { user } = context.caller;
      query = query.where((eb) =>
        eb.or([eb("delegations.user_id", "=", user), eb("agents.owner_id", "=", user)]),
      );
    }
    return page(await query.execute(), limit, {
      item: (row) => delegationView(row, now),
      keyOf: (row) => row.id,
    });
  },
});

export const delegationsGet = read({
  name: "delegations.get",
  summary: "Show one delegation",
  permission: "delegations.read",
  input: z.strictObject({ delegation: delegationId }),
  output: delegationShape,
  positional: ["delegation"],
  async run(context, { delegation }) {
    return delegationView(
      await findDelegation(context, delegation, "delegations.read"),
      context.ambient.now(),
    );
  },
});

export const delegationsGrant = write({
  name: "delegations.grant",
  summary: "Let an agent act for you: with a part of your rights, for a while",
  permission: "delegations.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    servers: scopeInput.servers.default([]),
    tools: scopeInput.tools.default([]),
    verbs: scopeInput.verbs.default([]),
    effects: scopeInput.effects.default([]),
    calls: z
      .int()
      .min(1)
      .max(CALLS_MAX)
      .optional()
      .describe("How many actions may leave under it; without it any number"),
    hours: z.int().min(1).max(HOURS_MAX).default(8).describe(`Hours it lasts, 1 to ${HOURS_MAX}`),
    further: z
      .int()
      .min(0)
      .max(DELEGATION_STEPS_MAX - 1)
      .default(0)
      .describe("Through how many further agents it may be passed on"),
    parent: delegationId
      .optional()
      .describe("Pass on a part of this delegation of yours, from its agent to this one"),
    purpose: z.string().max(500).default("").describe("What for"),
  }),
  output: delegationShape,
  positional: ["agent"],
  examples: [
    "delegations grant mailbot --servers mail --effects read --hours 2",
    "delegations grant helper --parent dlg_… --tools mail/search",
  ],
  async plan(context, input) {
    const wish = await wishOf(context, input);
    const row = await drafted(context, wish.wish);
    return {
      would: `let agent ${wish.agent} act for you until ${isoTime(row.expires_at)}`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: [stateWrite(committing.store.query.insertInto("delegations").values(row), 1)],
          entries: [entry(committing, "delegation.granted", row.id, delegationBody(row))],
        });
        const made = await findDelegation(committing, row.id, "delegations.write", "user");
        return delegationView(made, committing.ambient.now());
      },
    };
  },
});

interface Granting {
  readonly agent: string;
  readonly servers: readonly string[];
  readonly tools: readonly string[];
  readonly verbs: Wish["scope"]["verbs"];
  readonly effects: Wish["scope"]["effects"];
  readonly calls?: number | undefined;
  readonly hours: number;
  readonly further: number;
  readonly parent?: string | undefined;
  readonly purpose: string;
}

async function wishOf(context: ReadContext, input: Granting): Promise<{ agent: string; wish: Wish }> {
  const { parent = null, servers, tools, verbs, effects } = input;
  // INVARIANT: only ever of the caller's own rights; a parent must be of the same user.
  if (parent !== null) await demandOwn(context, parent);
  const agent = await findLiveAgent(context, input.agent, "agents.read");
  await demandThere(context, servers, tools);
  const wish: Wish = {
    user: context.caller.user,
    agent: agent.id,
    parent,
    scope: { servers, tools, verbs, effects },
    callsMax: input.calls ?? null,
    further: input.further,
    purpose: input.purpose,
    expiresAt: context.ambient.now() + input.hours * HOUR_MS,
  };
  return { agent: agent.name, wish };
}

/** An admin may revoke anybody's delegation, and pass on nobody's but their own. */
async function demandOwn(context: ReadContext, parent: string): Promise<DelegationRow> {
  const row = await findActive(context, parent, "delegations.write", "user");
  if (row.user_id === context.caller.user) return row;
  throw new Fault(
    "not_yours",
    `the delegation ${parent} is of somebody else's rights`,
    "Only they, or the agent that holds it, can pass it on.",
  );
}

/** A misspelt name would be a delegation of nothing, found out when the agent is refused. */
async function demandThere(
  { store }: ReadContext,
  servers: readonly string[],
  tools: readonly string[],
): Promise<void> {
  const named = [...servers, ...tools.map((text) => text.slice(0, text.indexOf("/")))];
  const wanted = new Set(named.filter((name) => name !== ANY_SERVER));
  if (wanted.size === 0) return;
  const names = [...wanted];
  const known = await store.query.selectFrom("servers").select("name").where("name", "in", names).execute();
  const models = await store.query
    .selectFrom("upstreams")
    .select("name")
    .where("name", "in", names)
    .execute();
  for (const { name } of [...known, ...models]) wanted.delete(name);
  const [missing] = wanted;
  if (missing === undefined) return;
  throw new Fault(
    "server_unknown",
    `there is no server or upstream named ${missing}`,
    "List them: `doorward servers list`, `doorward upstreams list`.",
  );
}
