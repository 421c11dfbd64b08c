import { z } from "zod";
import { SECRET_BYTES, secretPurpose, secretText } from "#callbacks";
import { Fault } from "#base";
import type { StateWrite } from "#ledger";
import { mayTouch, reachOf } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { findAgent, findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { agentReference, time } from "./fields.ts";
import { read, write } from "./operation.ts";

const URL_CHARS_MAX = 2_000;
const POSTS_SHOWN = 20;

const shape = z.object({
  agent: z.string(),
  url: z.string().describe("Without its path for those who may not change it"),
  release: z
    .boolean()
    .describe("Whether what a person approves is released at once though the agent is not connected"),
  allowPrivate: z.boolean().describe("Whether its address may be in a private network"),
  setBy: z.string().describe("Id of the user"),
  changedAt: time,
});

const post = z.object({
  id: z.string().describe("webhook-id"),
  event: z.string(),
  approval: z.string(),
  attempts: z.number(),
  deliveredAt: time.nullable(),
  nextAt: time.nullable().describe("When it is tried again; null: delivered, or given up"),
  problem: z.string().nullable(),
});

export const agentsCallback = read({
  name: "agents.callback",
  summary: "Show where an agent's owner hears what became of its held calls, and what was sent last",
  permission: "agents.read",
  input: z.strictObject({ agent: agentReference }),
  output: shape.extend({ posts: z.array(post) }),
  positional: ["agent"],
  async run(context, { agent }) {
    const row = await findAgent(context, agent, "agents.read");
    const found = await callbackOf(context, row.id);
    if (found === undefined) throw none(row.name);
    const posts = await context.store.query
      .selectFrom("callback_posts")
      .selectAll()
      .where("agent_id", "=", row.id)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(POSTS_SHOWN)
      .execute();
    const items = posts.map((one) => ({
      id: one.id,
      event: one.event,
      approval: one.approval_id,
      attempts: one.attempts,
      deliveredAt: isoTime(one.done_at),
      nextAt: isoTime(one.next_at),
      problem: one.last_error,
    }));
    const isTheirs = mayTouch(context.caller, "agents.write", userIdOf(row.owner_id));
    // Its path may be what its receiver knows its sender by.
    const url = isTheirs ? found.url : `${new URL(found.url).origin}/…`;
    return { ...viewOf(row.name, { ...found, url }), posts: items };
  },
});

/** Owners and admins, in person, never agents: whoever sets it hears of every held call, and may let it run unattended. */
export const agentsSetCallback = write({
  name: "agents.set-callback",
  summary: "Send what becomes of an agent's held calls to a webhook, signed: ids and states, nothing else",
  permission: "agents.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    url: z.string().max(URL_CHARS_MAX).describe("Address of your webhook, https://…"),
    release: z
      .boolean()
      .default(false)
      .describe(
        "Also release what a person approves at once though the agent is not connected, within a day of its call",
      ),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe("Its address may be in a private network, and plain http; only admins may say so"),
  }),
  output: shape.extend({
    secret: z.string().describe("Signs what is sent (Standard Webhooks); shown this once"),
  }),
  positional: ["agent", "url"],
  examples: ["agents set-callback mailbot https://hooks.example.com/doorward --release"],
  async plan(context, { agent, url, release, allowPrivate: isPrivate }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const address = checkedUrl(url, isPrivate);
    if (isPrivate && reachOf(context.caller, "agents.write") !== "all") throw adminsOnly();
    const released = release ? ", and release what is approved while it is away" : "";
    return {
      would: `tell ${address.host} what becomes of the held calls of agent ${row.name}${released}`,
      async commit(committing) {
        const { ambient, keys, caller, store } = committing;
        const secret = ambient.random(SECRET_BYTES);
        const values = {
          url: address.href,
          secret: keys.seal(secret, secretPurpose(row.id)),
          releases: release ? 1 : 0,
          is_private: isPrivate ? 1 : 0,
          set_by: caller.user,
          changed_at: ambient.now(),
        };
        const insert = store.query.insertInto("agent_callbacks").values({ agent_id: row.id, ...values });
        await commitBatch(committing, {
          writes: [
            stateWrite(insert.onConflict((conflict) => conflict.column("agent_id").doUpdateSet(values))),
          ],
          entries: [
            entry(committing, "agent.changed", row.id, {
              change: "callback_set",
              host: address.host,
              release,
              private: isPrivate,
            }),
          ],
        });
        return { ...viewOf(row.name, values), secret: secretText(secret) };
      },
    };
  },
});

export const agentsClearCallback = write({
  name: "agents.clear-callback",
  summary:
    "Take an agent's webhook back: nothing more is sent, and nothing is released while the agent is away",
  permission: "agents.write",
  effect: "destructive",
  input: z.strictObject({ agent: agentReference }),
  output: z.object({ agent: z.string() }),
  positional: ["agent"],
  async plan(context, { agent }) {
    const row = await findAgent(context, agent, "agents.write");
    if ((await callbackOf(context, row.id)) === undefined) throw none(row.name);
    return {
      would: `take the webhook of agent ${row.name} back`,
      async commit(committing) {
        const { query } = committing.store;
        await commitBatch(committing, {
          writes: [
            stateWrite(query.deleteFrom("agent_callbacks").where("agent_id", "=", row.id), 1),
            stateWrite(
              query.deleteFrom("tasks").where("agent_id", "=", row.id).where("way", "=", "callback"),
            ),
          ],
          entries: [entry(committing, "agent.changed", row.id, { change: "callback_cleared" })],
        });
        return { agent: row.name };
      },
    };
  },
});

/** What takes an agent's webhook away, with what was to be released by it. */
export function withoutCallback(query: OperationContext["store"]["query"], agent: string): StateWrite[] {
  return [
    stateWrite(query.deleteFrom("agent_callbacks").where("agent_id", "=", agent)),
    stateWrite(query.deleteFrom("tasks").where("agent_id", "=", agent).where("way", "=", "callback")),
  ];
}

interface Kept {
  readonly url: string;
  readonly releases: number;
  readonly is_private: number;
  readonly set_by: string;
  readonly changed_at: number;
}

function viewOf(agent: string, { url, releases, is_private, set_by, changed_at }: Kept) {
  return {
    agent,
    url,
    release: releases === 1,
    allowPrivate: is_private === 1,
    setBy: set_by,
    changedAt: isoTime(changed_at),
  };
}

function callbackOf({ store }: ReadContext, agent: string) {
  return store.query
    .selectFrom("agent_callbacks")
    .selectAll()
    .where("agent_id", "=", agent)
    .executeTakeFirst();
}

/** What is sent is signed and not secret, but who is told of whose calls is: no plain http into the world. */
function checkedUrl(text: string, isPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const schemes = isPrivate ? ["https:", "http:"] : ["https:"];
  const isPlain = url !== null && url.username === "" && url.password === "" && url.hash === "";
  if (url !== null && isPlain && schemes.includes(url.protocol)) return url;
  throw new Fault(
    "input_invalid",
    "a webhook's address is https://…, without a user name, password or fragment",
    "Put what it needs to know its sender into the path; every message is signed besides. An admin may allow http in a private network: --allow-private.",
  );
}

function adminsOnly(): Fault {
  return new Fault(
    "permission_denied",
    "only an admin may let Doorward send to addresses of private networks",
    "Ask an admin, or use an address that the internet knows.",
  );
}

function none(agent: string): Fault {
  return new Fault(
    "callback_unknown",
    `agent ${agent} has no webhook`,
    `Set one: \`doorward agents set-callback ${agent} https://…\`.`,
  );
}
