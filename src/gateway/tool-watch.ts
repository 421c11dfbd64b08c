import { type Ambient, canonicalJson, digestOf, Fault, type JsonObject } from "#base";
import type { EntryDraft, Journal, StateWrite } from "#ledger";
import { effectsOf, lookAlike } from "#policy";
import type { Store } from "#store";
import { isJsonObject } from "#wire";
import { type Kind, nameOf } from "./listings.ts";
import { createQuota, type QuotaLimits, SEEN_LIMITS } from "./quota.ts";
import type { Rows, ToolRow } from "./rows.ts";

/** Compares what a server lists now with what people accepted, and writes down every difference (T14). */
export type ToolWatch = (server: string, kind: Kind, definitions: readonly JsonObject[]) => Promise<void>;

const NAME_CHARACTERS_MAX = 128;

/** What one server, or one agent with tools of its own, can make Doorward keep for review. */
export interface WatchLimits {
  readonly unreviewedMax: number;
  readonly seen: QuotaLimits;
}

export const SERVER_WATCH_LIMITS: WatchLimits = { unreviewedMax: 2_000, seen: SEEN_LIMITS };
const DEFINITION_BYTES_MAX = 128 * 1024;

export interface WatchOutside {
  readonly ambient: Ambient;
  readonly journal: Pick<Journal, "append">;
  readonly rows: Rows;
  readonly store: Store;
}

export function createToolWatch(outside: WatchOutside, limits: WatchLimits = SERVER_WATCH_LIMITS): ToolWatch {
  const names = outside.store.connection.prepare(
    "SELECT name FROM tools WHERE server = ? AND kind = ? AND status = 'accepted'",
  );
  const waiting = outside.store.connection.prepare(
    "SELECT COUNT(*) AS n FROM tools WHERE server = ? AND kind = ? AND status <> 'accepted'",
  );
  const quota = createQuota(outside.ambient, limits.seen);
  const refuseFlood = (server: string, kind: Kind, seen: Seen): void => {
    const bytes = Buffer.byteLength(canonicalJson(seen.definition));
    if (bytes > DEFINITION_BYTES_MAX) throw flood(server, `a definition of ${bytes} bytes`);
    if (seen.previous === null && Number(waiting.get(server, kind)?.["n"]) >= limits.unreviewedMax)
      throw flood(server, `more than ${limits.unreviewedMax} ${kind}s that nobody accepted`);
    quota.take(server, bytes)();
  };
  return async (server, kind, definitions) => {
    const accepted = names.all(server, kind).map((row) => String(row["name"]));
    for (const definition of definitions) {
      const seen = see(outside.rows.tool(server, kind, nameOf(definition)), {
        server,
        kind,
        definition,
        accepted,
      });
      if (seen === null) continue;
      refuseFlood(server, kind, seen);
      const now = outside.ambient.now();
      await outside.journal.append({ entries: [entryOf(seen, now)], writes: [writeOf(seen, now)] });
    }
  };
}

function flood(server: string, what: string): Fault {
  return new Fault(
    "upstream_list_refused",
    `the list of server ${server} was refused: ${what}`,
    "Nothing of this list is used. The server is broken or hostile: mend it, or remove it with `doorward servers remove`.",
  );
}

interface Sight {
  readonly server: string;
  readonly kind: Kind;
  readonly definition: JsonObject;
  /** Names of this server's accepted definitions of the same kind. */
  readonly accepted: readonly string[];
}

interface Seen extends Sight {
  readonly name: string;
  readonly fingerprint: string;
  readonly previous: string | null;
  readonly status: "accepted" | "new" | "changed" | "refused";
  readonly reason: string | null;
}

/** What is new about this sight of a definition, or null when it is what was seen last. */
export function see(row: ToolRow | null, sight: Sight): Seen | null {
  const name = nameOf(sight.definition);
  const fingerprint = digestOf(sight.definition);
  if (row !== null && row.fingerprint === fingerprint) return null;
  const base = { ...sight, name, fingerprint, previous: row?.fingerprint ?? null, reason: null };
  if (row === null) {
    const reason = oddName(name, sight.accepted);
    return { ...base, status: reason === null ? "new" : "refused", reason };
  }
  if (row.accepted_fingerprint === fingerprint) return { ...base, status: "accepted" };
  if (row.accepted_fingerprint !== null) return { ...base, status: "changed" };
  return { ...base, status: row.status === "refused" ? "refused" : "new", reason: row.reason };
}

/** Why a first-seen name is refused outright: it could be taken for another, by a person or a model. */
export function oddName(name: string, accepted: readonly string[]): string | null {
  if (name === "" || name.length > NAME_CHARACTERS_MAX) return `its name has ${name.length} characters`;
  if (!/^[\x21-\x7e]+$/.test(name)) return "its name has characters outside printable ASCII";
  const twin = lookAlike(name, accepted);
  return twin === null ? null : `its name looks like the accepted ${twin}`;
}

function entryOf(seen: Seen, at: number): EntryDraft {
  const { server, kind, name, fingerprint, previous, status } = seen;
  return {
    kind: "tool.seen",
    subject: `${server}/${name}`,
    at,
    body: { server, kind, name, fingerprint, previous, status },
  };
}

function writeOf(seen: Seen, now: number): StateWrite {
  const annotations = seen.definition["annotations"];
  const hints = isJsonObject(annotations) ? annotations : undefined;
  const effects = seen.kind === "prompt" ? ["read"] : effectsOf(hints);
  return {
    sql: `INSERT INTO tools (server, kind, name, fingerprint, definition, effects, status, reason, first_seen_at, changed_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (server, kind, name) DO UPDATE SET fingerprint = excluded.fingerprint, definition = excluded.definition,
      status = excluded.status, reason = excluded.reason, changed_at = excluded.changed_at`,
    parameters: [
      seen.server,
      seen.kind,
      seen.name,
      seen.fingerprint,
      canonicalJson(seen.definition),
      canonicalJson([...effects]),
      seen.status,
      seen.reason,
      now,
      now,
    ],
    changes: 1,
  };
}
