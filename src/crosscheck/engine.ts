import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Lift, PolicySet, Question } from "#policy";
import type { Verdict } from "#vocabulary";
import type { Answered, Ask } from "./messages.ts";

const THREAD = fileURLToPath(new URL(`./engine-main${extname(import.meta.url)}`, import.meta.url));
/** Questions under way and waiting; more are not taken. */
export const QUEUE_MAX = 256;
/** A question that is not answered by then has stopped the engine, which is started anew. */
export const ANSWER_MS_MAX = 5_000;
/** Times in a row that the engine is started without having answered anything; then it rests. */
const STARTS_MAX = 5;
/** How long: whoever can stop the engine must not be able to stop it for good. */
const REST_MS = 60_000;

export interface Asking {
  readonly set: PolicySet;
  readonly question: Question;
  readonly lift: Lift | null;
  readonly ours: Verdict | null;
}

/** The official engine in its thread. */
export interface Engine {
  /** Null where the queue is full, or the engine rests. The answer is null where the engine stopped meanwhile. */
  readonly ask: (asking: Asking) => Promise<Answered | null> | null;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly settle: (answer: Answered | null) => void;
  readonly timer: NodeJS.Timeout;
}

export function startEngine(thread: string = THREAD, restMs = REST_MS): Engine {
  const own: Own = {
    thread,
    restMs,
    worker: null,
    waiting: new Map(),
    sent: new Set(),
    starts: 0,
    rest: null,
    next: 0,
    isClosed: false,
  };
  return {
    ask: (asking) => ask(own, asking),
    close: async () => {
      own.isClosed = true;
      if (own.rest !== null) clearTimeout(own.rest);
      await stop(own);
    },
  };
}

interface Own {
  readonly thread: string;
  readonly restMs: number;
  worker: Worker | null;
  readonly waiting: Map<number, Waiting>;
  /** Sets whose source this worker has. */
  readonly sent: Set<number>;
  starts: number;
  /** Runs while the engine rests. */
  rest: NodeJS.Timeout | null;
  next: number;
  isClosed: boolean;
}

function ask(own: Own, { set, question, lift, ours }: Asking): Promise<Answered | null> | null {
  if (own.isClosed || own.waiting.size >= QUEUE_MAX || isResting(own)) return null;
  own.worker ??= start(own);
  const key = keyOf(set);
  const source = own.sent.has(key) ? null : { text: set.text, tools: set.tools };
  own.sent.clear();
  own.sent.add(key);
  own.next += 1;
  const message: Ask = { id: own.next, set: key, source, question, lift, ours };
  const { promise, resolve } = Promise.withResolvers<Answered | null>();
  const timer = setTimeout(() => void stop(own), ANSWER_MS_MAX).unref();
  own.waiting.set(message.id, { settle: resolve, timer });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  own.worker.postMessage(message);
  return promise;
}

function isResting(own: Own): boolean {
  if (own.starts <= STARTS_MAX) return false;
  own.rest ??= setTimeout(() => {
    own.rest = null;
    own.starts = 0;
  }, own.restMs).unref();
  return true;
}

function start(own: Own): Worker {
  own.starts += 1;
  const worker = new Worker(own.thread, { execArgv: [] });
  worker.unref();
  worker.on("message", (answer: Answered) => {
    const waiting = own.waiting.get(answer.id);
    own.waiting.delete(answer.id);
    clearTimeout(waiting?.timer);
    waiting?.settle(answer.verdict === null ? null : answer);
    if (answer.verdict === null) void stop(own);
    else own.starts = 0;
  });
  worker.on("error", () => void stop(own));
  worker.on("exit", () => own.worker === worker && void stop(own));
  return worker;
}

/** Whoever waits gets no answer; the next question starts the engine anew. */
async function stop(own: Own): Promise<void> {
  const { worker } = own;
  own.worker = null;
  own.sent.clear();
  for (const { settle, timer } of own.waiting.values()) {
    clearTimeout(timer);
    settle(null);
  }
  own.waiting.clear();
  await worker?.terminate();
}

const keys = new WeakMap<PolicySet, number>();
let lastKey = 0;

/** A number per set object: the same text may stand with other tools. */
function keyOf(set: PolicySet): number {
  const known = keys.get(set);
  if (known !== undefined) return known;
  lastKey += 1;
  keys.set(set, lastKey);
  return lastKey;
}
