import type { ApprovalId } from "#vocabulary";
import { byRisk, type Risk } from "./risk.ts";

/** Items on one card: more than a person reads as one is no fewer questions. */
export const BATCH_ITEMS_MAX = 10;

/** One request that waits, as far as the order and the company of its card go by it. */
export interface WaitingRequest extends Risk {
  readonly id: ApprovalId;
  readonly session: string;
  /** Digest of the whole action. */
  readonly action: string;
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}

export interface BatchItem {
  readonly request: WaitingRequest;
  /** Where the batch has the same call more than once: which of how many this is. Each is decided by itself. */
  readonly identical: { readonly nth: number; readonly of: number } | null;
}

/** Requests of one session that are shown on one card, with a choice for each. */
export interface Batch {
  readonly session: string;
  /** The gravest first; the same calls stand together. At least one, at most `BATCH_ITEMS_MAX`. */
  readonly items: readonly BatchItem[];
}

/**
 * What waits together is asked together: the requests of each session that have not expired, the gravest first (`byRisk`;
 * then what expires first, then what waits longest, then by id), on as few cards as `itemsMax` allows. The batches
 * themselves stand in the order of their first items. Pure: the same requests give the same cards in whatever order they come.
 */
export function batched(
  open: readonly WaitingRequest[],
  now: number,
  itemsMax: number = BATCH_ITEMS_MAX,
): readonly Batch[] {
  const sessions = Map.groupBy(
    open.filter((one) => one.expiresAt > now),
    (one) => one.session,
  );
  const batches = [...sessions].flatMap(([session, requests]) =>
    cut(ordered(requests), itemsMax).map((part) => ({
      session,
      items: part.map((request) => itemIn(part, request)),
    })),
  );
  return batches.toSorted((a, b) => compareFirst(a.items, b.items));
}

/** By risk, and equal calls beside the gravest of them. */
function ordered(requests: readonly WaitingRequest[]): readonly WaitingRequest[] {
  const calls = Map.groupBy(requests.toSorted(compare), (one) => one.action);
  return [...calls.values()].flat();
}

function cut(requests: readonly WaitingRequest[], itemsMax: number): readonly (readonly WaitingRequest[])[] {
  const parts = Math.ceil(requests.length / itemsMax);
  return Array.from({ length: parts }, (_none, at) => requests.slice(at * itemsMax, (at + 1) * itemsMax));
}

function itemIn(part: readonly WaitingRequest[], request: WaitingRequest): BatchItem {
  const same = part.filter((one) => one.action === request.action);
  const identical = same.length === 1 ? null : { nth: same.indexOf(request) + 1, of: same.length };
  return { request, identical };
}

function compare(one: WaitingRequest, other: WaitingRequest): number {
  return (
    byRisk(one, other) ||
    one.expiresAt - other.expiresAt ||
    one.requestedAt - other.requestedAt ||
    (one.id < other.id ? -1 : 1)
  );
}

function compareFirst([one]: readonly BatchItem[], [other]: readonly BatchItem[]): number {
  return one === undefined || other === undefined ? 0 : compare(one.request, other.request);
}
