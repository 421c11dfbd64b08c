import type { UserId } from "#vocabulary";
import { dayBegan, firstMinute, localTime, nextDay } from "./local-time.ts";

/** What a person asked for; null, all of it: nothing. */
export interface ApproverPreferences {
  /** IANA name, such as `Europe/Berlin`: what the hours and the days below are of. */
  readonly zone: string;
  readonly quiet: QuietHours | null;
  /** Most cards that wait for this person at once; null: as many as come. */
  readonly openMax: number | null;
  /** Most cards a day; null: as many as come. */
  readonly dayMax: number | null;
}

/** Minutes since the clock showed 00:00; over midnight where `from` is later than `to`. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** What a person is busy with. */
export interface ApproverLoad {
  /** Cards posted to this person that nobody has decided. */
  readonly open: number;
  /** Cards posted to this person since their day began (`dayBeganFor`). */
  readonly today: number;
}

export type Availability =
  | { readonly kind: "free" }
  /** `until`: when the quiet hours end, milliseconds since the Unix epoch. */
  | { readonly kind: "quiet"; readonly until: number }
  /** `until`: when the day ends; null where it ends as soon as an open card is decided. */
  | { readonly kind: "full"; readonly by: "open" | "day"; readonly until: number | null };

export const NO_PREFERENCES: ApproverPreferences = { zone: "UTC", quiet: null, openMax: null, dayMax: null };

/** A night of at most this many hours, so that everyone can be asked on every day. */
export const QUIET_HOURS_MAX = 16;

/** Whether a person wants to be asked at this moment. Quiet hours go before limits. */
export function quietOrFull(
  { zone, quiet, openMax, dayMax }: ApproverPreferences,
  load: ApproverLoad,
  now: number,
): Availability {
  if (quiet !== null && isQuiet(quiet, zone, now))
    return { kind: "quiet", until: firstMinute(now, (at) => !isQuiet(quiet, zone, at)) };
  if (dayMax !== null && load.today >= dayMax) return { kind: "full", by: "day", until: nextDay(zone, now) };
  if (openMax !== null && load.open >= openMax) return { kind: "full", by: "open", until: null };
  return { kind: "free" };
}

/** How long quiet hours are by the clock; none at all where they end when they begin. */
export function quietMinutes({ from, to }: QuietHours): number {
  return from <= to ? to - from : 24 * 60 - from + to;
}

/** From when on cards count as today's. */
export function dayBeganFor({ zone }: ApproverPreferences, now: number): number {
  return dayBegan(zone, now);
}

function isQuiet({ from, to }: QuietHours, zone: string, at: number): boolean {
  const { minutes } = localTime(zone, at);
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

export interface Candidate {
  readonly user: UserId;
  readonly preferences: ApproverPreferences;
  readonly load: ApproverLoad;
}

export interface HandedOver {
  /** Whom to ask now. Empty only where all are quiet and there is time to wait for one of them. */
  readonly users: readonly UserId[];
  /** When that changes by time alone, milliseconds since the Unix epoch; null: not before somebody decides. */
  readonly nextChangeAt: number | null;
}

/** How long before the end of a request somebody is asked at the latest, quiet hours or not. */
export const ASKED_BEFORE_END_MS = 30 * 60_000;

/**
 * Whom of those who may answer for one group to ask now. The more urgent rule wins:
 * 1. whoever is free is asked, and nobody else as long as those are enough (`needed`): the others' cards go to them;
 * 2. where those are too few, whoever is full is asked too, the least busy first: a limit is a wish, not a right to be left out;
 * 3. where those are too few still, the quiet are asked, but only once nobody's quiet hours end in time
 *    (`ASKED_BEFORE_END_MS` before the request does). Until then it waits for the first of them.
 * So somebody is always asked before a request ends, whatever everybody prefers.
 */
export function handedOver(
  candidates: readonly Candidate[],
  request: { readonly expiresAt: number; readonly needed: number },
  now: number,
): HandedOver {
  const all = candidates.map((one) => ({
    ...one,
    is: quietOrFull(one.preferences, one.load, now),
  }));
  const free = all.filter(({ is }) => is.kind === "free");
  const full = all.filter(({ is }) => is.kind === "full").toSorted(byLoad);
  const awake = [...free, ...full.slice(0, Math.max(0, request.needed - free.length))];
  const ends = all.flatMap(({ is }) => (is.kind !== "free" && is.until !== null ? [is.until] : []));
  const next = ends.length === 0 ? null : Math.min(...ends);
  const asking = awake.map(({ user }) => user);
  if (asking.length >= request.needed) return { users: asking, nextChangeAt: next };
  const quiet = all.filter(({ is }) => is.kind === "quiet");
  const latest = request.expiresAt - ASKED_BEFORE_END_MS;
  const inTime = quiet.filter(({ is }) => is.kind === "quiet" && is.until <= latest).length;
  if (inTime >= request.needed - asking.length)
    return { users: asking, nextChangeAt: next === null ? latest : Math.min(next, latest) };
  return { users: [...asking, ...quiet.map(({ user }) => user)], nextChangeAt: next };
}

function byLoad(one: Candidate, other: Candidate): number {
  return (
    one.load.open - other.load.open || one.load.today - other.load.today || (one.user < other.user ? -1 : 1)
  );
}
