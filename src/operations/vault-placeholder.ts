import { z } from "zod";
import { Fault } from "#base";
import { PLACEHOLDER_BYTES, placeholderOf, PLACEHOLDERS_MAX } from "#vault";
import { findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { credentialReference } from "./vault-input.ts";
import { findCredential } from "./vault-rows.ts";

const shape = z.object({
  placeholder: z
    .string()
    .describe(
      "To be set where the agent's program wants a key; worth nothing but to this agent, at its destinations",
    ),
  credential: z.string(),
  agent: z.string(),
  session: z.string().nullable(),
  createdAt: time,
});

export const vaultPlaceholder = write({
  name: "vault.placeholder",
  summary: "Make a placeholder of a credential for one agent, for programs that want a key before they ask",
  permission: "vault.write",
  presence: true,
  input: z.strictObject({
    credential: credentialReference,
    agent: agentReference,
    session: id("ses", "Session")
      .optional()
      .describe("In this session alone (default: in every session of the agent)"),
  }),
  output: shape,
  positional: ["credential", "agent"],
  piped: "placeholder",
  examples: ["vault placeholder github coder"],
  async plan(context, { credential, agent, session }) {
    const row = await findCredential(context, credential, "vault.write");
    const { id: agentId, name } = await findLiveAgent(context, agent, "agents.read");
    await demandRoom(context);
    if (session !== undefined) await demandSession(context, session, agentId);
    return {
      would: `make a placeholder of credential ${row.name} for agent ${name}`,
      async commit(committing) {
        const { ambient, store, caller } = committing;
        const at = ambient.now();
        const placeholder = placeholderOf(ambient.random(PLACEHOLDER_BYTES));
        const values = {
          placeholder,
          credential_id: row.id,
          agent_id: agentId,
          session_id: session ?? null,
          created_by: caller.user,
          created_at: at,
        };
        await commitBatch(committing, {
          writes: [stateWrite(store.query.insertInto("vault_placeholders").values(values), 1)],
          entries: [
            entry(committing, "credential.changed", row.id, {
              change: "placeholder",
              agent: agentId,
              session: session ?? null,
            }),
          ],
        });
        return {
          placeholder,
          credential: row.name,
          agent: name,
          session: session ?? null,
          createdAt: isoTime(at),
        };
      },
    };
  },
});

export const vaultPlaceholders = read({
  name: "vault.placeholders",
  summary: "List the placeholders of a credential",
  permission: "vault.read",
  input: z.strictObject({ credential: credentialReference }),
  output: z.object({ items: z.array(shape) }),
  positional: ["credential"],
  columns: ["placeholder", "agent", "session", "createdAt"],
  async run(context, { credential }) {
    const row = await findCredential(context, credential, "vault.read");
    const rows = await context.store.query
      .selectFrom("vault_placeholders")
      .innerJoin("agents", "agents.id", "vault_placeholders.agent_id")
      .select(["placeholder", "session_id", "vault_placeholders.created_at as at", "agents.name as agent"])
      .where("credential_id", "=", row.id)
      .orderBy("at")
      .execute();
    const items = rows.map(({ placeholder, session_id, at, agent }) => ({
      placeholder,
      credential: row.name,
      agent,
      session: session_id,
      createdAt: isoTime(at),
    }));
    return { items };
  },
});

async function demandRoom({ store }: ReadContext): Promise<void> {
  const { count } = await store.query
    .selectFrom("vault_placeholders")
    .select((is) => is.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count < PLACEHOLDERS_MAX) return;
  throw new Fault(
    "vault_full",
    `there are already ${PLACEHOLDERS_MAX} placeholders`,
    "Remove credentials that are not needed; their placeholders go with them.",
  );
}

async function demandSession({ store }: ReadContext, session: string, agent: string): Promise<void> {
  const row = await store.query
    .selectFrom("sessions")
    .select("id")
    .where("id", "=", session)
    .where("agent_id", "=", agent)
    .executeTakeFirst();
  if (row !== undefined) return;
  throw new Fault(
    "session_unknown",
    `the agent has no session ${session}`,
    "List them: `doorward sessions list`.",
  );
}
