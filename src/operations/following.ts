import { z } from "zod";
import { type Ambient, assert, Fault } from "#base";
import type { Caller } from "#identity";
import type { JournalHandle } from "#journal";
import type { Store } from "#store";
import { entriesFrom } from "./entry-window.ts";
import { type Follow, type Followable, type Followed, isFollowable, type Operation } from "./operation.ts";
import { admit, inputOf } from "./perform.ts";

/**
 * Lists that go on: whoever follows one gets its items as their entries are committed. What was committed is read once
 * for all of them; who comes back from further behind is served from the ledger first, a bounded stretch at a time.
 */
export interface Following {
  /**
   * Begins, and answers how to leave. Throws `agent_refused`, `permission_denied`, `input_invalid`,
   * `followers_too_many` or `follow_too_far`; afterwards `reader.end` says why it ended.
   */
  readonly open: (request: FollowRequest) => () => void;
  /** Ends all of them, each told where to go on. */
  readonly close: () => void;
}

export interface FollowRequest {
  readonly operation: Operation;
  /** Unparsed, from a face. */
  readonly input: unknown;
  /** The index of the last item that the reader has; goes before what the input says. */
  readonly lastIndex: number | null;
  readonly caller: Caller;
  /** Who asks by now: null, or a Fault, once the session is over. */
  readonly authenticate: () => Promise<Caller | null>;
  readonly reader: Reader;
}

/** Where items go. None of these may throw. */
export interface Reader {
  /** Items as JSON texts, ascending; nothing up to index `at` is missing then. */
  readonly take: (items: readonly FollowedText[], at: number) => void;
  /** Bytes taken that have not left yet. */
  readonly waitingBytes: () => number;
  readonly end: (why: FollowEnd) => void;
}

export interface FollowedText {
  readonly index: number;
  readonly text: string;
}

export type FollowEnd =
  /** The reader is too slow, or Doorward stops: nothing beyond `after` was given. */
  { readonly kind: "resume"; readonly after: number } | { readonly kind: "problem"; readonly cause: unknown };

export interface FollowingOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "size" | "onCommitted">;
  readonly ambient: Ambient;
  /** Something an operator should read. */
  readonly report: (event: string, detail: unknown) => void;
}

const FOLLOW_LIMITS = {
  followersMax: 256,
  followersPerUserMax: 16,
  /** Entries that a reader may be behind when it begins. */
  behindEntriesMax: 100_000,
  /** What waits for a slow reader. */
  waitingBytesMax: 1_048_576,
};

/** Commits are gathered for this long before they are read and given. */
const TICK_MS = 50;
/** Entries read at once: at most 20,000 a second are followed, and what comes faster is followed later. */
const WINDOW_ENTRIES = 1_000;
const CATCH_UP_ENTRIES = 200;
const CATCH_UP_PAUSE_MS = 5;
/** A reader that catches up is given no more while this much waits, and is let go when that lasts too long. */
const CATCH_UP_WAITING_BYTES = 65_536;
const PATIENCE_MS = 30_000;
/** Nothing is given more than this after the session was last seen to be good. */
const RECHECK_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

interface Follower extends FollowRequest {
  readonly operation: Followable;
  readonly input: unknown;
  caller: Caller;
  at: number;
  checkedAt: number;
  /** Since when it has been too slow to catch up; null while it is not. */
  stuckSince: number | null;
}

interface Board extends FollowingOutside {
  readonly limits: typeof FOLLOW_LIMITS;
  /** All who follow; those not in `catching` have everything up to `at`, or more. */
  readonly followers: Set<Follower>;
  readonly catching: Set<Follower>;
  at: number;
  tick: NodeJS.Timeout | null;
  isTicking: boolean;
  isCatchingUp: boolean;
}

export function createFollowing(outside: FollowingOutside, limits = FOLLOW_LIMITS): Following {
  const board: Board = {
    ...outside,
    limits,
    followers: new Set(),
    catching: new Set(),
    at: -1,
    tick: null,
    isTicking: false,
    isCatchingUp: false,
  };
  const ignore = outside.journal.onCommitted(() => wake(board));
  const keepAlive = setInterval(() => void guarded(board, () => greet(board)), KEEP_ALIVE_MS).unref();
  return {
    open: (request) => open(board, request),
    close: () => {
      ignore();
      clearInterval(keepAlive);
      if (board.tick !== null) clearTimeout(board.tick);
      for (const follower of board.followers) {
        end(board, follower, { kind: "resume", after: follower.at });
      }
    },
  };
}

function open(board: Board, request: FollowRequest): () => void {
  const { operation, caller, lastIndex } = request;
  admit({ caller, ambient: board.ambient }, operation);
  assert(isFollowable(operation), "a face follows what can be followed");
  const input = inputOf(operation, request.input);
  refuseTooMany(board, caller);
  const head = board.journal.size() - 1;
  const from = lastIndex ?? operation.follow.after(input) ?? head;
  if (head - from > board.limits.behindEntriesMax) throw tooFar(board.limits.behindEntriesMax);
  if (board.followers.size === 0) board.at = head;
  const follower: Follower = {
    ...request,
    operation,
    input,
    at: Math.min(from, head),
    checkedAt: board.ambient.monotonic(),
    stuckSince: null,
  };
  board.followers.add(follower);
  follower.reader.take([], follower.at);
  if (follower.at < board.at) {
    board.catching.add(follower);
    if (!board.isCatchingUp) void guarded(board, () => catchUp(board));
  }
  return () => leave(board, follower);
}

/** Called within a commit: notes that there is something, and looks later. */
function wake(board: Board): void {
  if (board.followers.size === 0 || board.tick !== null || board.isTicking) return;
  board.tick = setTimeout(() => {
    board.tick = null;
    void guarded(board, () => tick(board));
  }, TICK_MS).unref();
}

async function tick(board: Board): Promise<void> {
  board.isTicking = true;
  try {
    const entries = await entriesFrom(board.store, board.at, WINDOW_ENTRIES);
    const at = entries.at(-1)?.index ?? board.at;
    const items = await read(board, entries);
    // Whoever was signed out, shut out or given other roles hears of it now, and not when the next second is over.
    const isOther = entries.some(({ kind }) => kind === "user.changed");
    for (const follower of board.followers) await recheck(board, follower, isOther);
    // From here on nothing is awaited: who joins meanwhile is either given these, or finds them behind `at`.
    for (const follower of board.followers) {
      if (!board.catching.has(follower)) give(board, follower, items, at);
    }
    board.at = at;
  } finally {
    board.isTicking = false;
  }
  if (board.at < board.journal.size() - 1) wake(board);
}

/** Serves those who are behind, in turn: one short stretch for one of them at a time. */
async function catchUp(board: Board): Promise<void> {
  board.isCatchingUp = true;
  try {
    while (board.catching.size > 0) {
      for (const follower of board.catching) {
        await stretch(board, follower);
        await new Promise((resolve) => setTimeout(resolve, CATCH_UP_PAUSE_MS));
      }
    }
  } finally {
    board.isCatchingUp = false;
  }
}

async function stretch(board: Board, follower: Follower): Promise<void> {
  if (isStuck(board, follower)) return;
  const count = Math.min(CATCH_UP_ENTRIES, board.at - follower.at);
  const entries = await entriesFrom(board.store, follower.at, count);
  const items = await read(board, entries);
  await recheck(board, follower);
  give(board, follower, items, entries.at(-1)?.index ?? board.at);
  if (follower.at >= board.at) board.catching.delete(follower);
}

function isStuck(board: Board, follower: Follower): boolean {
  if (follower.reader.waitingBytes() <= CATCH_UP_WAITING_BYTES) {
    follower.stuckSince = null;
    return false;
  }
  const now = board.ambient.monotonic();
  follower.stuckSince ??= now;
  if (now - follower.stuckSince > PATIENCE_MS) end(board, follower, { kind: "resume", after: follower.at });
  return true;
}

type Read = ReadonlyMap<Followable, readonly { readonly followed: Followed; readonly text: string }[]>;

/** What `entries` are in each list that somebody follows; each is made and checked once. */
async function read(board: Board, entries: Parameters<Follow<unknown>["read"]>[1]): Promise<Read> {
  const lists = new Set([...board.followers].map(({ operation }) => operation));
  const all = new Map<Followable, { readonly followed: Followed; readonly text: string }[]>();
  for (const operation of lists) {
    const shape = itemShape(operation);
    const found = await operation.follow.read(board, entries);
    all.set(
      operation,
      found.map((followed) => ({ followed, text: JSON.stringify(shape.parse(followed.item)) })),
    );
  }
  return all;
}

function give(board: Board, follower: Follower, items: Read, at: number): void {
  if (!board.followers.has(follower) || at <= follower.at) return;
  const { operation, caller, input, reader } = follower;
  const mine = (items.get(operation) ?? []).filter(
    ({ followed }) => followed.index > follower.at && operation.follow.isFor(caller, input, followed),
  );
  if (reader.waitingBytes() > board.limits.waitingBytesMax) {
    return end(board, follower, { kind: "resume", after: follower.at });
  }
  follower.at = at;
  if (mine.length > 0) {
    reader.take(
      mine.map(({ followed, text }) => ({ index: followed.index, text })),
      at,
    );
  }
}

/** Ends it where its session is over by now, or no longer gives the right. */
async function recheck(board: Board, follower: Follower, isDue = false): Promise<void> {
  const now = board.ambient.monotonic();
  if (!isDue && now - follower.checkedAt < RECHECK_MS) return;
  try {
    const caller = await follower.authenticate();
    if (caller === null) throw sessionOver();
    admit({ caller, ambient: board.ambient }, follower.operation);
    follower.caller = caller;
    follower.checkedAt = now;
  } catch (cause) {
    end(board, follower, { kind: "problem", cause });
  }
}

/** Nothing happened for a while: sessions end all the same, and connections stay open by being used. */
async function greet(board: Board): Promise<void> {
  for (const follower of board.followers) {
    await recheck(board, follower);
    if (board.followers.has(follower) && !board.catching.has(follower)) {
      follower.reader.take([], follower.at);
    }
  }
}

function end(board: Board, follower: Follower, why: FollowEnd): void {
  if (!board.followers.has(follower)) return;
  leave(board, follower);
  follower.reader.end(why);
}

function leave(board: Board, follower: Follower): void {
  board.followers.delete(follower);
  board.catching.delete(follower);
}

/** What fails here fails for all who follow; they come back, and the next commit is read anew. */
async function guarded(board: Board, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    board.report("following_failed", cause);
    for (const follower of board.followers) {
      end(board, follower, { kind: "resume", after: follower.at });
    }
  }
}

/** The schema of one item, from the output's `items`: a field it doesn't name is dropped, as everywhere. */
function itemShape({ output }: Followable): z.ZodType {
  assert(output instanceof z.ZodObject, "a list answers an object");
  const items: unknown = output.shape["items"];
  assert(items instanceof z.ZodArray && items.element instanceof z.ZodType, "a list has items");
  return items.element;
}

function refuseTooMany({ followers, limits }: Board, { user }: Caller): void {
  const mine = [...followers].filter(({ caller }) => caller.user === user);
  if (mine.length < limits.followersPerUserMax && followers.size < limits.followersMax) return;
  throw new Fault(
    "followers_too_many",
    mine.length < limits.followersPerUserMax
      ? `${followers.size} streams are open`
      : `you already follow with ${mine.length} streams`,
    "Close a console tab or a `--follow` that is no longer needed.",
  );
}

function tooFar(entriesMax: number): Fault {
  return new Fault(
    "follow_too_far",
    `following begins at most ${entriesMax} entries back`,
    "Read the pages up to the list's `head` first, and follow from there.",
  );
}

function sessionOver(): Fault {
  return new Fault(
    "not_signed_in",
    "this session is over",
    "Sign in again: in the console, or with `doorward login`.",
  );
}
