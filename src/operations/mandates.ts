import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { mayTouch } from "#identity";
import { commit, type EntryDraft } from "#ledger";
import type { UserId } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id, time } from "./fields.ts";
import { read, write } from "./operation.ts";

/** Words of one mandate, and how many of them one session takes. */
export const MANDATE_CHARS_MAX = 20_000;
const MANDATES_MAX = 50;
const SALT_BYTES = 32;

const mandateShape = z.object({
  id: z.string(),
  session: z.string(),
  standing: z
    .enum(["attested", "claimed"])
    .describe("attested: from a channel that the agent cannot write; claimed: as the agent relayed it"),
  channel: z.string().describe("console, cli or api; llm for words claimed at the llm door"),
  givenBy: z.string().describe("Id of the user, or of the agent that claimed it"),
  at: time,
  words: z.string().nullable().describe("Null where they are not kept any more, or not yours to read"),
});

/** A person's own words for what is done in a session. */
export const mandateWords = z
  .string()
  .min(1)
  .max(MANDATE_CHARS_MAX)
  .describe("What you want done, in your own words: what is named in them, the agent may act on");

export const mandatesGive = write({
  name: "mandates.give",
  summary: "Say in your own words what a session of an agent is for; what they name may be acted on",
  permission: "sessions.write",
  presence: true,
  input: z.strictObject({ session: id("ses", "Session"), words: mandateWords }),
  output: mandateShape,
  positional: ["session", "words"],
  examples: ["mandates give ses_… 'Send the report of March to ana@example.org'"],
  async plan(context, { session, words }) {
    const row = await findSession(context, session);
    demandSpeaker(context, row);
    await refuseTooMany(context, session);
    return {
      would: `give session ${session} a mandate of ${words.length} characters`,
      async commit(committing) {
        const given = mandateOf(committing, { session, agent: row.agent_id, words });
        await commitBatch(committing, { writes: [given.write], entries: [given.entry] });
        return { ...given.view, words };
      },
    };
  },
});

export const mandatesGet = read({
  name: "mandates.get",
  summary: "Show what people said a session is for",
  permission: "sessions.read",
  input: z.strictObject({ session: id("ses", "Session") }),
  output: z.object({ items: z.array(mandateShape) }),
  positional: ["session"],
  columns: ["id", "standing", "channel", "at", "words"],
  async run(context, { session }) {
    const row = await findSession(context, session);
    const isReader =
      mayTouch(context.caller, "payloads.read", userIdOf(row.owner_id)) ||
      row.user_id === context.caller.user;
    const rows = await context.store.query
      .selectFrom("mandates")
      .selectAll()
      .where("session_id", "=", session)
      .orderBy("id")
      .execute();
    const items = rows.map((one) => ({
      id: one.id,
      session,
      standing: one.standing === "attested" ? ("attested" as const) : ("claimed" as const),
      channel: one.channel,
      givenBy: one.given_by,
      at: isoTime(one.at),
      words: isReader ? wordsOf(context, one.id) : null,
    }));
    return { items };
  },
});

interface Giving {
  readonly session: string;
  readonly agent: string;
  readonly words: string;
}

/** A mandate as it is kept: a row, and an entry with a commitment to the words, which lie sealed apart. */
export function mandateOf(
  { ambient, caller, store }: OperationContext,
  { session, agent, words }: Giving,
): {
  write: ReturnType<typeof stateWrite>;
  entry: EntryDraft;
  view: Omit<z.input<typeof mandateShape>, "words">;
} {
  const mandate = ambient.id("man");
  const at = ambient.now();
  const bytes = Buffer.from(words, "utf8");
  const salt = ambient.random(SALT_BYTES);
  const row = {
    id: mandate,
    session_id: session,
    standing: "attested" as const,
    channel: caller.via,
    given_by: caller.user,
    at,
  };
  const body: JsonObject = {
    session,
    agent,
    standing: row.standing,
    words: { bytes: bytes.length, sha256: commit(bytes, salt), stored: true },
  };
  const person: UserId = caller.user;
  return {
    write: stateWrite(store.query.insertInto("mandates").values(row), 1),
    entry: {
      ...entry({ ambient, caller }, "mandate.given", mandate, body),
      payloads: [{ name: "words", person, salt, bytes }],
    },
    view: {
      id: mandate,
      session,
      standing: "attested",
      channel: caller.via,
      givenBy: caller.user,
      at: isoTime(at),
    },
  };
}

/**
 * T7: the words of a mandate come through a channel that no agent writes. An assistant at our own MCP endpoint is an agent,
 * whoever's token it holds; and the words are those of the user whom the session acts for, or of the agent's owner.
 */
export function demandChannel({ caller }: Pick<ReadContext, "caller">): void {
  if (caller.via !== "mcp") return;
  throw new Fault(
    "mandate_unattested",
    "words that come through an assistant are not attested as a person's own",
    "Give them yourself: in the console, or `doorward mandates give SESSION WORDS`.",
  );
}

function demandSpeaker(context: ReadContext, row: SessionRow): void {
  demandChannel(context);
  if (row.ended_at !== null)
    throw new Fault(
      "session_ended",
      "this session has ended already",
      "Start another: `doorward sessions start`.",
    );
  const speaker = row.user_id ?? row.owner_id;
  if (speaker === context.caller.user) return;
  throw new Fault(
    "not_yours",
    "only whom the session acts for says what it is for",
    "Start a session of your own: `doorward sessions start AGENT`.",
  );
}

async function refuseTooMany({ store }: ReadContext, session: string): Promise<void> {
  const rows = await store.query
    .selectFrom("mandates")
    .select("id")
    .where("session_id", "=", session)
    .where("standing", "=", "attested")
    .limit(MANDATES_MAX)
    .execute();
  if (rows.length < MANDATES_MAX) return;
  throw new Fault(
    "mandates_full",
    `a session takes at most ${MANDATES_MAX} mandates`,
    "Start another session.",
  );
}

function wordsOf({ journal }: ReadContext, mandate: string): string | null {
  const [kept] = journal.entries(mandate);
  const bytes = kept === undefined ? null : journal.payload(kept.index, "words");
  return bytes === null ? null : Buffer.from(bytes).toString("utf8");
}

type SessionRow = NonNullable<Awaited<ReturnType<typeof sessionRow>>>;

function sessionRow({ store }: ReadContext, session: string) {
  return store.query
    .selectFrom("sessions")
    .innerJoin("agents", "agents.id", "sessions.agent_id")
    .leftJoin("delegations", "delegations.id", "sessions.delegation_id")
    .select(["sessions.agent_id", "sessions.ended_at", "agents.owner_id", "delegations.user_id"])
    .where("sessions.id", "=", session)
    .executeTakeFirst();
}

/** One that the caller may see: of an agent of theirs, or one that acts for them. Any other is unknown (T2). */
async function findSession(context: ReadContext, session: string): Promise<SessionRow> {
  const row = await sessionRow(context, session);
  const isTheirs =
    row !== undefined &&
    (row.user_id === context.caller.user ||
      mayTouch(context.caller, "sessions.read", userIdOf(row.owner_id)));
  if (row !== undefined && isTheirs) return row;
  throw new Fault(
    "session_unknown",
    `there is no session ${session}`,
    "List them: `doorward sessions list`.",
  );
}
