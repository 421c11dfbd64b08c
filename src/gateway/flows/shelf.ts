import { z } from "zod";
import type { Ambient } from "#base";
import type { StateWrite } from "#ledger";
import type { Store } from "#store";
import { ENDED_KEPT_MS, RESIDUE_MAX, TIDY_EVERY_MS, UNUSED_KEPT_MS } from "./limits.ts";
import type { KeptFlow } from "./session-flow.ts";

/** Seals under the key of a person, as payloads are: destroying the key destroys what it sealed. */
export interface Sealing {
  readonly seal: (person: string, purpose: string, bytes: Uint8Array) => Uint8Array;
  /** Null where the person's key was destroyed. Throws Fault `unsealable` for other bytes than were sealed. */
  readonly unseal: (person: string, purpose: string, sealed: Uint8Array) => Uint8Array | null;
}

/** A flow as it is found again. `isIncomplete`: something that the session saw was not written down in time. */
export interface Found {
  readonly kept: KeptFlow | null;
  readonly isIncomplete: boolean;
}

/**
 * Flows on disk. INVARIANT: a session's row says that it is behind before its agent is shown what is not in the row yet, so
 * that no kill takes labels back: what is behind counts as overflowed when it is opened again.
 */
export interface FlowShelf {
  readonly find: (key: string) => Found;
  /** To be kept together with an intent: from then on the row is behind. */
  readonly behind: (key: string, person: string) => StateWrite;
  readonly markBehind: (key: string, person: string) => void;
  /** The row is not behind any more. */
  readonly save: (key: string, person: string, kept: KeptFlow) => void;
  /** What sessions wrote without grounds, the newest last. */
  readonly residue: () => readonly string[];
  readonly addResidue: (key: string, person: string, texts: readonly string[]) => void;
}

const FORMAT = 1;
const row = z.object({
  person: z.string(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
  is_behind: z.number(),
});
const residueRow = z.object({
  session_id: z.string(),
  person: z.string(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
/** Our own writing; what is checked is that this version wrote it. */
const kept = z.object({ format: z.literal(FORMAT), flow: z.custom<KeptFlow>((value) => value !== null) });

const BEHIND = `INSERT INTO session_flows (session_id, person, sealed, is_behind, changed_at) VALUES (?, ?, NULL, 1, ?)
  ON CONFLICT (session_id) DO UPDATE SET is_behind = 1, changed_at = excluded.changed_at`;
const SAVE = `INSERT INTO session_flows (session_id, person, sealed, is_behind, changed_at) VALUES (?, ?, ?, 0, ?)
  ON CONFLICT (session_id) DO UPDATE SET person = excluded.person, sealed = excluded.sealed, is_behind = 0,
  changed_at = excluded.changed_at`;

export function openFlowShelf(
  { connection, memory }: Pick<Store, "connection" | "memory">,
  ambient: Ambient,
  sealing: Sealing,
): FlowShelf {
  const find = connection.prepare("SELECT person, sealed, is_behind FROM session_flows WHERE session_id = ?");
  const save = connection.prepare(SAVE);
  const behind = connection.prepare(BEHIND);
  const residue = connection.prepare(
    `SELECT session_id, person, sealed FROM flow_residue ORDER BY at DESC, id DESC LIMIT ${RESIDUE_MAX}`,
  );
  const addResidue = connection.prepare(
    "INSERT INTO flow_residue (id, session_id, person, sealed, at) VALUES (?, ?, ?, ?, ?)",
  );
  const prune = connection.prepare(
    `DELETE FROM flow_residue WHERE id IN (SELECT id FROM flow_residue ORDER BY at DESC, id DESC LIMIT 1000 OFFSET ${RESIDUE_MAX})`,
  );
  const tidy = tidying({ connection }, ambient);
  // Nobody remembers rows of these tables, so whoever remembers others need not read them again.
  const run = (write: () => { readonly changes: number | bigint }): void =>
    memory.vouch(Number(write().changes));
  return {
    find: (key) => {
      const found = find.get(key);
      if (found === undefined) return { kept: null, isIncomplete: false };
      const { person, sealed, is_behind: isBehind } = row.parse(found);
      const bytes = sealed === null ? null : sealing.unseal(person, purposeOf(key), sealed);
      const read = bytes === null ? null : kept.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      const flow = read?.data?.flow ?? null;
      return { kept: flow, isIncomplete: isBehind === 1 || flow === null };
    },
    behind: (key, person) => ({ sql: BEHIND, parameters: [key, person, ambient.now()], changes: 1 }),
    markBehind: (key, person) => run(() => behind.run(key, person, ambient.now())),
    save: (key, person, flow) => {
      const bytes = Buffer.from(JSON.stringify({ format: FORMAT, flow }), "utf8");
      const sealed = sealing.seal(person, purposeOf(key), bytes);
      run(() => save.run(key, person, sealed, ambient.now()));
      for (const change of tidy()) run(change);
    },
    residue: () => {
      const texts = residue.all().flatMap((found) => {
        const { session_id: key, person, sealed } = residueRow.parse(found);
        const bytes = sealing.unseal(person, residuePurposeOf(key), sealed);
        return bytes === null ? [] : [Buffer.from(bytes).toString("utf8")];
      });
      return texts.toReversed();
    },
    addResidue: (key, person, texts) => {
      for (const text of texts) {
        const sealed = sealing.seal(person, residuePurposeOf(key), Buffer.from(text, "utf8"));
        run(() => addResidue.run(ambient.id("res"), key, person, sealed, ambient.now()));
      }
      run(() => prune.run());
    },
  };
}

type Change = () => { readonly changes: number | bigint };

/** INVARIANT: what is forgotten of a session that is still open counts as overflowed when it goes on. */
function tidying({ connection }: Pick<Store, "connection">, ambient: Ambient): () => readonly Change[] {
  const ended = connection.prepare(
    `DELETE FROM session_flows WHERE changed_at < ?
      AND session_id IN (SELECT id FROM sessions WHERE ended_at IS NOT NULL AND ended_at < ?)`,
  );
  const unused = connection.prepare(
    "UPDATE session_flows SET sealed = NULL, is_behind = 1 WHERE sealed IS NOT NULL AND changed_at < ?",
  );
  let tidiedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = ambient.now();
    if (Math.abs(now - tidiedAt) < TIDY_EVERY_MS) return [];
    tidiedAt = now;
    const over = now - ENDED_KEPT_MS;
    return [() => ended.run(over, over), () => unused.run(now - UNUSED_KEPT_MS)];
  };
}

function purposeOf(key: string): string {
  return `session-flow:${key}`;
}

function residuePurposeOf(key: string): string {
  return `flow-residue:${key}`;
}
