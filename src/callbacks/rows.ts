import { z } from "zod";
import type { Store } from "#store";
import { NEWS_AGE_MAX_MS, NEWS_MAX, UNUSED_AFTER_MS } from "./limits.ts";

/** What became of a held call, with the words that receivers see. */
const newsRow = z.object({
  approval_id: z.string(),
  action_id: z.string(),
  agent_id: z.string(),
  session_id: z.string(),
  event: z.enum([
    "action.released",
    "action.approved",
    "action.denied",
    "action.expired",
    "action.withdrawn",
  ]),
  outcome: z.string().nullable(),
});
export type News = Readonly<z.output<typeof newsRow>>;

const postRow = z.object({
  id: z.string(),
  agent_id: z.string(),
  body: z.string(),
  attempts: z.number(),
  url: z.string().nullable(),
  secret: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
  is_private: z.number().nullable(),
});
export type Post = Readonly<z.output<typeof postRow>>;

export interface NewPost {
  readonly id: string;
  readonly body: string;
  readonly now: number;
}

/** What is to be told, found in the state itself: nothing that ended is missed, whatever stopped in between. */
export interface Rows {
  readonly isEmpty: () => boolean;
  readonly news: (now: number) => readonly News[];
  readonly add: (news: News, post: NewPost) => void;
  /** Those whose time has come, oldest first. */
  readonly due: (now: number) => readonly Post[];
  readonly done: (id: string, now: number) => void;
  /** `nextAt` null: given up. */
  readonly failed: (id: string, why: string, nextAt: number | null) => void;
  readonly forget: (before: number) => void;
}

/**
 * Whoever was shut out hears of nothing more. Agents with a webhook are few, so they come first; every state is named so that the index finds the new requests of an
 * agent among all it ever made. A consumed approval is news once its outcome is on record; an approved one once nobody
 * used it for a while.
 */
const NEWS = `SELECT * FROM (SELECT a.id AS approval_id, a.action_id, a.agent_id, a.session_id,
    CASE WHEN a.status = 'consumed' THEN 'action.released' WHEN a.status = 'denied' THEN 'action.denied'
      WHEN a.status = 'withdrawn' THEN 'action.withdrawn' WHEN a.status = 'expired' OR a.expires_at <= ?1 THEN 'action.expired'
      WHEN a.status = 'approved' AND a.decided_at <= ?1 - ${UNUSED_AFTER_MS} THEN 'action.approved' END AS event,
    CASE WHEN a.status = 'consumed' THEN (SELECT json_extract(e.record, '$.body.status') FROM entries e
      WHERE e.subject = a.action_id AND e.kind = 'outcome' ORDER BY e.idx DESC LIMIT 1) END AS outcome
  FROM agent_callbacks c CROSS JOIN users u ON u.id = c.set_by AND u.disabled_at IS NULL CROSS JOIN approvals a INDEXED BY approvals_by_agent ON a.agent_id = c.agent_id
    AND a.status IN ('requested', 'approved', 'denied', 'expired', 'withdrawn', 'consumed')
    AND a.requested_at >= MAX(c.changed_at, ?1 - ${NEWS_AGE_MAX_MS})) n
  WHERE n.event IS NOT NULL AND (n.event <> 'action.released' OR n.outcome IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM callback_posts p WHERE p.approval_id = n.approval_id AND p.event = n.event)
  LIMIT ${NEWS_MAX}`;

const DUE = `SELECT p.id, p.agent_id, p.body, p.attempts, c.url, c.secret, c.is_private FROM callback_posts p
  LEFT JOIN agent_callbacks c ON c.agent_id = p.agent_id
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = c.set_by AND u.disabled_at IS NULL) WHERE p.next_at IS NOT NULL AND p.next_at <= ?
  ORDER BY p.next_at, p.id LIMIT ${NEWS_MAX}`;

export function openRows({ connection, memory }: Pick<Store, "connection" | "memory">): Rows {
  const prepared = (sql: string) => {
    const statement = connection.prepare(sql);
    return (...parameters: (string | number | null)[]): void => {
      // Nobody remembers rows of this table.
      memory.vouch(Number(statement.run(...parameters).changes));
    };
  };
  const any = connection.prepare("SELECT 1 FROM agent_callbacks LIMIT 1");
  const left = connection.prepare("SELECT 1 FROM callback_posts WHERE next_at IS NOT NULL LIMIT 1");
  const news = connection.prepare(NEWS);
  const due = connection.prepare(DUE);
  const add = prepared(
    `INSERT INTO callback_posts (id, agent_id, approval_id, event, body, attempts, next_at, last_error, created_at, done_at)
      VALUES (?, ?, ?, ?, ?, 0, ?, NULL, ?, NULL) ON CONFLICT (approval_id, event) DO NOTHING`,
  );
  const done = prepared(
    "UPDATE callback_posts SET attempts = attempts + 1, next_at = NULL, last_error = NULL, done_at = ? WHERE id = ?",
  );
  const failed = prepared(
    "UPDATE callback_posts SET attempts = attempts + 1, next_at = ?, last_error = ? WHERE id = ?",
  );
  const forget = prepared("DELETE FROM callback_posts WHERE next_at IS NULL AND created_at < ?");
  return {
    isEmpty: () => any.get() === undefined && left.get() === undefined,
    news: (now) => news.all(now).map((row) => newsRow.parse(row)),
    add: (one, { id, body, now }) => add(id, one.agent_id, one.approval_id, one.event, body, now, now),
    due: (now) => due.all(now).map((row) => postRow.parse(row)),
    done: (id, now) => done(now, id),
    failed: (id, why, nextAt) => failed(nextAt, why, id),
    forget: (before) => forget(before),
  };
}
