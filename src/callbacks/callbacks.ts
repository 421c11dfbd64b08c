import { type Ambient, Fault } from "#base";
import type { Egress } from "#egress";
import type { Keys } from "#keys";
import type { Store } from "#store";
import {
  ANSWER_BYTES_MAX,
  JITTER,
  LOOK_EVERY_MS,
  POSTS_KEPT_MS,
  RETRY_AFTER_MS,
  SEND_TIMEOUT_MS,
  SENDING_MAX,
} from "./limits.ts";
import { type News, openRows, type Post, type Rows } from "./rows.ts";
import { secretPurpose, signedHeaders } from "./signing.ts";

export interface CallbacksOutside {
  readonly store: Pick<Store, "connection" | "memory">;
  readonly keys: Pick<Keys, "unseal">;
  readonly egress: Pick<Egress, "request">;
  readonly ambient: Ambient;
  readonly report: (event: string, detail: unknown) => void;
}

/** Sends the news of held calls to where the owners of their agents want to hear it. */
export interface Callbacks {
  /** Looks for news and sends what is due; settles when that is done. Never rejects. */
  readonly look: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Own extends CallbacksOutside {
  readonly rows: Rows;
  readonly closing: AbortController;
}

export function createCallbacks(outside: CallbacksOutside): Callbacks {
  const own: Own = {
    ...outside,
    rows: openRows(outside.store),
    closing: new AbortController(),
  };
  let looking: Promise<void> | null = null;
  const look = (): Promise<void> => {
    looking ??= lookOnce(own)
      .catch((cause: unknown) => own.report("callbacks_failed", cause))
      .finally(() => (looking = null));
    return looking;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return {
    look,
    close: async () => {
      clearInterval(timer);
      own.closing.abort(stopping());
      await looking;
    },
  };
}

async function lookOnce(own: Own): Promise<void> {
  const { rows, ambient, closing } = own;
  if (closing.signal.aborted || rows.isEmpty()) return;
  const now = ambient.now();
  for (const one of rows.news(now)) {
    const body = bodyOf(one, now);
    rows.add(one, { id: ambient.id("cbk"), body, now });
  }
  rows.forget(now - POSTS_KEPT_MS);
  await sendAll(own, rows.due(now));
}

/** INVARIANT: ids and states. What an action says, and what came of it, are for whoever may read them at Doorward. */
function bodyOf(news: News, now: number): string {
  const { event, approval_id: approval, action_id: action, agent_id: agent, session_id: session } = news;
  const data = { approval, action, agent, session, outcome: news.outcome };
  return JSON.stringify({ type: event, timestamp: new Date(now).toISOString(), data });
}

/**
 * One after the other for each receiver, several receivers at once.
 * INVARIANT: settles when nothing is on its way any more, whatever went wrong with one: the next look would send it twice.
 */
async function sendAll(own: Own, posts: readonly Post[]): Promise<void> {
  const byAgent = Map.groupBy(posts, (post) => post.agent_id);
  const queues = [...byAgent.values()];
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift())
      await queueSent(own, queue).catch((cause: unknown) => own.report("callbacks_failed", cause));
  };
  await Promise.all(Array.from({ length: SENDING_MAX }, work));
}

async function queueSent(own: Own, queue: readonly Post[]): Promise<void> {
  for (const post of queue) if (!(await sent(own, post))) return;
}

/** False: its receiver does not take anything now. */
async function sent(own: Own, post: Post): Promise<boolean> {
  const { rows, ambient, closing } = own;
  if (closing.signal.aborted) return false;
  const why = await failureOf(own, post);
  // What was cut by stopping was not refused.
  if (closing.signal.aborted && why !== null) return false;
  if (why === null) rows.done(post.id, ambient.now());
  else rows.failed(post.id, why.text, why.isFinal ? null : nextAt(own, post.attempts));
  return why === null;
}

function nextAt({ ambient }: Own, attempts: number): number | null {
  const wait = RETRY_AFTER_MS[attempts];
  if (wait === undefined) return null;
  const [random = 0] = ambient.random(1);
  return ambient.now() + Math.round(wait * (1 + (JITTER * random) / 256));
}

interface Failure {
  readonly text: string;
  readonly isFinal: boolean;
}

async function failureOf(own: Own, post: Post): Promise<Failure | null> {
  const { url, secret, is_private: isPrivate } = post;
  if (url === null || secret === null) return { text: "the callback was taken back", isFinal: true };
  try {
    const status = await request(own, post, { url, secret, isPrivate: isPrivate === 1 });
    if (status >= 200 && status < 300) return null;
    return { text: `its receiver answered ${status}`, isFinal: status === GONE };
  } catch (cause) {
    if (cause instanceof Fault && cause.code !== "bug") return { text: cause.message, isFinal: false };
    // Ours, not its receiver's. Counted as a try all the same: what fails each time must come to an end.
    own.report("callbacks_failed", cause);
    return { text: "Doorward could not send it", isFinal: false };
  }
}

/** The receiver wants nothing any more. */
const GONE = 410;

interface Receiver {
  readonly url: string;
  readonly secret: Uint8Array;
  readonly isPrivate: boolean;
}

/** T17: through the one client, to the origin that a person named, no redirect followed. Answers the status. */
async function request(
  { keys, egress, ambient, closing }: Own,
  post: Post,
  { url, secret, isPrivate }: Receiver,
): Promise<number> {
  const opened = keys.unseal(secret, secretPurpose(post.agent_id));
  const rules = {
    allowPrivate: isPrivate,
    bytesMax: ANSWER_BYTES_MAX,
    timeoutMs: SEND_TIMEOUT_MS,
    origin: new URL(url).origin,
  };
  const headers = signedHeaders(opened, { id: post.id, body: post.body, atMs: ambient.now() });
  const answer = await egress.request(rules, {
    url,
    method: "POST",
    headers,
    body: post.body,
    signal: closing.signal,
  });
  answer.discard();
  return answer.status;
}

function stopping(): Fault {
  return new Fault(
    "callbacks_closed",
    "Doorward is stopping",
    "What was not sent is sent at its next start.",
  );
}
