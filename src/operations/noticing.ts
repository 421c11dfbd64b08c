import type { Ambient, JsonObject } from "#base";
import type { JournalHandle } from "#journal";
import { parseRecord } from "#ledger";
import type { Schema, Store } from "#store";
import { stateWrite } from "./change.ts";

/** Sees to it that people hear of what ended or went wrong without them. */
export interface Noticing {
  /** Looks once at what was committed since the last look, and ends what is over. */
  readonly look: () => Promise<void>;
}

export interface NoticingOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "append" | "size">;
  readonly ambient: Ambient;
}

/** Entries of these kinds that one look reads; what is beyond is for the next. */
const ENTRIES_MAX = 500;
const AGENTS_MAX = 500;
/** Where the last look ended, so that a restart tells nothing twice and leaves nothing out. */
const SEEN = "noticed_up_to";

export function createNoticing(outside: NoticingOutside): Noticing {
  return {
    look: async () => {
      await endObserving(outside);
      await note(outside);
    },
  };
}

/** T22: observing ends in enforcing, on record, and stays ended whatever the clock does afterwards. */
async function endObserving({ store, journal, ambient }: NoticingOutside): Promise<void> {
  const now = ambient.now();
  const over = await store.query
    .selectFrom("agents")
    .select(["id", "observe_until"])
    .where("stage", "=", "observe")
    .where("observe_until", "<=", now)
    .limit(AGENTS_MAX)
    .execute();
  for (const { id, observe_until: until } of over) {
    const change = store.query
      .updateTable("agents")
      .set({ stage: "enforce", observe_until: null })
      .where("id", "=", id)
      .where("stage", "=", "observe")
      .where("observe_until", "=", until);
    const body = {
      by: "doorward",
      via: "clock",
      change: "stage",
      from: "observe",
      to: "enforce",
      until: null,
    };
    // Stale: somebody set the stage in this moment, and that is on record too.
    await journal.append({
      entries: [{ kind: "agent.changed", subject: id, at: now, body }],
      writes: [stateWrite(change, 1)],
    });
  }
}

async function note({ store, journal }: NoticingOutside): Promise<void> {
  const { query } = store;
  const head = journal.size() - 1;
  const seen = await query.selectFrom("meta").select("value").where("key", "=", SEEN).executeTakeFirst();
  const entries = await query
    .selectFrom("entries")
    .select(["idx", "kind", "subject", "at", "record"])
    .where("idx", ">", seen === undefined ? -1 : Number(seen.value))
    .where("idx", "<=", head)
    .where((eb) =>
      eb.or([
        eb("kind", "in", [...ALONE, ...Object.keys(GLASS)]),
        eb.and([eb("kind", "=", "agent.changed"), eb("record", "like", '%"change":"stage"%')]),
        eb.and([eb("kind", "=", "user.changed"), eb("record", "like", '%"change":"disabled"%')]),
        eb.and([eb("kind", "=", "credential.changed"), eb("record", "like", '%"change":"ended"%')]),
        eb.and([eb("kind", "=", "outcome"), eb("record", "like", '%"status":"unknown"%')]),
      ]),
    )
    .orderBy("idx")
    .limit(ENTRIES_MAX)
    .execute();
  for (const entry of entries) {
    const notice = await noticeOf(store, entry);
    if (notice === null) continue;
    const row = { entry: entry.idx, subject: entry.subject, at: entry.at, ...notice };
    await query
      .insertInto("notices")
      .values(row)
      .onConflict((one) => one.doNothing())
      .execute();
  }
  // Last: a look that was cut short is made again, and tells nothing twice.
  const upTo = entries.length < ENTRIES_MAX ? head : (entries.at(-1)?.idx ?? head);
  await query
    .insertInto("meta")
    .values({ key: SEEN, value: String(upTo) })
    .onConflict((one) => one.column("key").doUpdateSet({ value: String(upTo) }))
    .execute();
}

type Entry = Pick<Schema["entries"], "kind" | "subject" | "record">;
/** Its subject where that is another than the entry's. */
type Notice = Pick<Schema["notices"], "what" | "agent_id" | "approval_id"> & { readonly subject?: string };

async function noticeOf({ query }: NoticingOutside["store"], entry: Entry): Promise<Notice | null> {
  const { body } = parseRecord(entry.record);
  const { kind, subject } = entry;
  if (kind === "stage.changed") return ruleNotice(body);
  const said = ALWAYS[kind];
  if (said !== undefined) return { what: said, agent_id: null, approval_id: null };
  if (kind === "approval.undelivered") return undelivered(body);
  if (kind === "channel.linked") return linked(body);
  const glass = GLASS[kind];
  if (glass !== undefined) return glassNotice(query, glass, body);
  if (kind === "agent.changed") return stageNotice(subject, body);
  if (kind === "user.changed") return leaver(query, subject, body);
  if (kind === "credential.changed")
    return body["change"] === "ended"
      ? { what: "connection-ended", agent_id: null, approval_id: null }
      : null;
  if (body["status"] !== "unknown") return null;
  // Who said yes has to hear that nobody knows what came of it; of the others the record is enough.
  const approval = await query
    .selectFrom("approvals")
    .select(["id", "agent_id"])
    .where("action_id", "=", subject)
    .where("consumed_by", "is not", null)
    .executeTakeFirst();
  if (approval === undefined) return null;
  return { what: "outcome-unknown", agent_id: approval.agent_id, approval_id: approval.id };
}

async function leaver(
  query: NoticingOutside["store"]["query"],
  user: string,
  { change }: JsonObject,
): Promise<Notice | null> {
  const left = query.selectFrom("agents").select("id").where("owner_id", "=", user);
  const agent = await left.where("revoked_at", "is", null).executeTakeFirst();
  if (change !== "disabled" || agent === undefined) return null;
  return { what: "owner-left", agent_id: null, approval_id: null };
}

/** T22: a group that is only observed is everybody's in it. */
function ruleNotice({ to }: JsonObject): Notice | null {
  return to === "observe" ? { what: "group-observed", agent_id: null, approval_id: null } : null;
}

/** Whoever is answered for by an account from now on has to hear of it: it may not be theirs. */
function linked({ user }: JsonObject): Notice | null {
  return typeof user === "string"
    ? { what: "linked", subject: user, agent_id: null, approval_id: null }
    : null;
}

function undelivered({ agent, approval }: JsonObject): Notice | null {
  if (typeof agent !== "string" || typeof approval !== "string") return null;
  return { what: "undelivered", agent_id: agent, approval_id: approval };
}

/** Kinds of which every entry is to be heard of, by those who see everything. */
const ALWAYS: Readonly<Record<string, string>> = {
  "policy.disagreement": "engines-disagree",
  "stop.added": "stopped",
  "stop.ended": "resumed",
};

/** Kinds of which every entry is to be heard of, or may be. */
const ALONE = [
  "policy.disagreement",
  "approval.undelivered",
  "channel.linked",
  "stop.added",
  "stop.ended",
  "stage.changed",
];

/** T22: every admin hears of broken glass, and the agent's owner. */
const GLASS: Readonly<Record<string, string>> = {
  "approval.glass-broken": "glass-broken",
  "approval.reviewed": "glass-reviewed",
};

async function glassNotice(
  query: NoticingOutside["store"]["query"],
  what: string,
  { approval }: JsonObject,
): Promise<Notice | null> {
  if (typeof approval !== "string") return null;
  const row = await query
    .selectFrom("approvals")
    .select("agent_id")
    .where("id", "=", approval)
    .executeTakeFirst();
  return row === undefined ? null : { what, agent_id: row.agent_id, approval_id: approval };
}

function stageNotice(agent: string, { change, from, to }: JsonObject): Notice | null {
  if (change !== "stage" || from === to) return null;
  if (to === "observe") return { what: "observe-began", agent_id: agent, approval_id: null };
  return from === "observe" ? { what: "observe-ended", agent_id: agent, approval_id: null } : null;
}
