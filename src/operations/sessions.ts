import { z } from "zod";
import { Fault } from "#base";
import { mayTouch, reachOf } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { type AgentRow, findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { credentialShape, credentialView, credentialWrites, mintCredential } from "./credential.ts";
import { type DelegationRow, findActive } from "./delegation-rows.ts";
import { agentReference, id, time } from "./fields.ts";
import { demandChannel, mandateOf, mandateWords } from "./mandates.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { commitEnding } from "./request-ends.ts";
import { demandUnstopped, startKeys } from "./stop-rows.ts";

/** What `doorward run` says of the sandbox it made, under the word of the person who opens the session. */
const isolationShape = z.strictObject({
  backend: z.enum(["bubblewrap", "seatbelt"]).describe("What the sandbox is made with"),
  version: z.string().max(64).describe("Its version"),
  limits: z.enum(["cgroup", "rlimit"]).describe("By what memory, processes and CPU are limited"),
  workspace: z.string().max(4_096).describe("The folder that the program may write to"),
});

const sessionShape = z.object({
  id: z.string(),
  agent: z.string(),
  kind: z
    .string()
    .describe(
      "standing: the one session of a bare key; run: opened by a person for one run; exchange: of the tokens that its agent got at /oauth/token",
    ),
  delegation: z
    .string()
    .nullable()
    .describe("Under which it acts for a user; null: with its own rights alone"),
  isolation: isolationShape
    .nullable()
    .describe("The sandbox that `doorward run` opened it for; null: it runs in none"),
  createdAt: time,
  endedAt: time.nullable(),
});

export const sessionsList = read({
  name: "sessions.list",
  summary: "List agents' sessions, newest first",
  permission: "sessions.read",
  input: z.strictObject({ ...pageInput, ended: z.boolean().default(false).describe("Show ended ones too") }),
  output: pageOf(sessionShape),
  columns: ["id", "agent", "kind", "createdAt", "endedAt"],
  async run({ store, caller }, { after, limit, ended }) {
    const key = keyOfCursor(after);
    let query = sessions(store.query)
      .orderBy("sessions.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("sessions.id", "<", key);
    if (!ended) query = query.where("sessions.ended_at", "is", null);
    if (reachOf(caller, "sessions.read") === "own") query = query.where("agents.owner_id", "=", caller.user);
    return page(await query.execute(), limit, { item: sessionView, keyOf: (row) => row.id });
  },
});

export const sessionsStart = write({
  name: "sessions.start",
  summary: "Open a session of its own for one run of an agent; its key is shown once",
  permission: "sessions.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    keyless: z.boolean().default(false).describe("Mint a secret path too"),
    delegation: id("dlg", "Delegation")
      .optional()
      .describe("Let it act for you under this delegation; without it, with its own rights alone"),
    mandate: mandateWords.optional(),
    isolation: isolationShape
      .optional()
      .describe(
        "Facts of the sandbox that it is for; `doorward run` gives them, and an agent in stage isolate needs them",
      ),
  }),
  output: credentialShape,
  positional: ["agent"],
  examples: ["sessions start mailbot", "sessions start mailbot --delegation dlg_…"],
  async plan(context, { agent, keyless, delegation = null, mandate, isolation }) {
    const row = await findLiveAgent(context, agent, "sessions.write");
    const under = delegation === null ? null : await demandLent(context, delegation, row);
    await demandUnstopped(context, startKeys(row, under?.user_id ?? null));
    if (mandate !== undefined) demandOwnWords(context, row, under);
    return {
      would: `open a session of agent ${row.name}, with a key of its own`,
      async commit(committing) {
        const credential = mintCredential(committing, row.id, {
          kind: "run",
          keyless,
          delegation,
          isolation: isolation === undefined ? null : JSON.stringify(isolation),
        });
        const isolated = isolation === undefined ? {} : { isolation };
        const acting = under === null ? {} : { delegation: under.id, user: under.user_id };
        const body = { agent: row.id, kind: "run", keys: credential.keyIds, ...acting, ...isolated };
        const started = entry(committing, "session.started", credential.session, body);
        const { session } = credential;
        const given =
          mandate === undefined ? [] : [mandateOf(committing, { session, agent: row.id, words: mandate })];
        await commitBatch(committing, {
          writes: [...credentialWrites(committing, credential), ...given.map(({ write: kept }) => kept)],
          entries: [started, ...given.map((one) => one.entry)],
        });
        return credentialView(committing, credential);
      },
    };
  },
});

export const sessionsEnd = write({
  name: "sessions.end",
  summary: "End a session: its keys die and its work in flight is cut",
  permission: "sessions.write",
  effect: "destructive",
  input: z.strictObject({ session: id("ses", "Session") }),
  output: sessionShape,
  positional: ["session"],
  async plan(context, { session }) {
    const row = await findSession(context, session);
    if (row.ended_at !== null)
      throw new Fault("session_ended", `session ${session} has ended already`, "Nothing is left to do.");
    return {
      would: `end session ${session} of agent ${row.name}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const { query } = committing.store;
        const end = query
          .updateTable("sessions")
          .set({ ended_at: at })
          .where("id", "=", session)
          .where("ended_at", "is", null);
        const keys = query
          .updateTable("agent_keys")
          .set({ revoked_at: at })
          .where("session_id", "=", session);
        await commitEnding(
          committing,
          { session },
          {
            why: "session_ended",
            cut: () => committing.live.revoked("session", session),
            writes: [stateWrite(end, 1), stateWrite(keys.where("revoked_at", "is", null))],
            entries: [entry(committing, "session.ended", session, { agent: row.agent_id })],
          },
        );
        return sessionView({ ...row, ended_at: at });
      },
    };
  },
});

/** Only the user whose rights they are opens a session that has them: an agent's owner, or an admin, does not. */
async function demandLent(context: ReadContext, lent: string, agent: AgentRow): Promise<DelegationRow> {
  const row = await findActive(context, lent, "delegations.write", "user");
  if (row.agent_id === agent.id && row.user_id === context.caller.user) return row;
  throw new Fault(
    "not_yours",
    `the delegation ${lent} does not lend your rights to agent ${agent.name}`,
    "List yours: `doorward delegations list`.",
  );
}

/** An admin may open a session of another's agent, and not put words in that person's mouth. */
function demandOwnWords(context: ReadContext, agent: AgentRow, under: DelegationRow | null): void {
  demandChannel(context);
  if (under !== null || agent.owner_id === context.caller.user) return;
  throw new Fault(
    "not_yours",
    "only the agent's owner, or whom the session acts for, says what it is for",
    "Start it without a mandate, or under a delegation of yours.",
  );
}

function sessions(query: ReadContext["store"]["query"]) {
  return query
    .selectFrom("sessions")
    .innerJoin("agents", "agents.id", "sessions.agent_id")
    .select(["sessions.id", "sessions.agent_id", "sessions.kind", "sessions.created_at", "sessions.ended_at"])
    .select(["sessions.delegation_id", "sessions.isolation"])
    .select(["agents.name", "agents.owner_id"]);
}

type SessionRow = Awaited<ReturnType<ReturnType<typeof sessions>["execute"]>>[number];

function sessionView(row: SessionRow): z.input<typeof sessionShape> {
  const { id: sessionId, name, kind, delegation_id: delegation, isolation, created_at, ended_at } = row;
  return {
    id: sessionId,
    agent: name,
    kind,
    delegation,
    isolation: isolation === null ? null : isolationShape.parse(JSON.parse(isolation)),
    createdAt: isoTime(created_at),
    endedAt: isoTime(ended_at),
  };
}

/** Another owner's session is as unknown as one that isn't there. */
async function findSession(context: ReadContext, session: string): Promise<SessionRow> {
  const row = await sessions(context.store.query).where("sessions.id", "=", session).executeTakeFirst();
  if (row !== undefined && mayTouch(context.caller, "sessions.write", userIdOf(row.owner_id))) return row;
  throw new Fault(
    "session_unknown",
    `there is no session ${session}`,
    "List them: `doorward sessions list`.",
  );
}
