import type { Ambient } from "#base";
import { effectsFor, type FlowCall, openFlow } from "#flow";
import type { FlowFacts } from "#vocabulary";
import type { ManifestOf } from "../manifest-rows.ts";
import type { Mandates } from "../mandates.ts";
import type { Attempt, Mark, Tracing } from "../outside.ts";
import { NOTHING_MARKED } from "../verdicts.ts";
import { callOf, wideCallOf } from "./call.ts";
import type { TaintOf, Whose } from "./keys.ts";
import {
  FLOWS_CHARS_MAX,
  FLOWS_LIVE_MAX,
  RESIDUE_CHARS_MAX,
  RESIDUE_MAX,
  SAVE_AFTER_MS,
  SAVE_REST_FACTOR,
} from "./limits.ts";
import type { SessionPeople } from "./people.ts";
import { createSessionFlow, type SessionFlow, watched } from "./session-flow.ts";
import type { FlowShelf } from "./shelf.ts";

/** Where the values of a session come from, for all doors at once. */
export interface Flows extends Tracing {
  /** Of the session that a request belongs to, opened as it was left; its mandates are those given by now. */
  readonly of: (whose: Whose) => SessionFlow;
  /** To be called after something was taken in and before the agent is shown it, unless the intent that comes is `marked`. */
  readonly behind: (flow: SessionFlow) => void;
  readonly people: (flow: SessionFlow) => SessionPeople;
  /** `told` is called whenever a session is tainted, or outgrows a limit, before its agent is shown what did it. Never throws. */
  readonly onRelabelled: (told: () => void) => void;
  /** Writes everything down. */
  readonly close: () => void;
}

export interface FlowsOutside {
  readonly ambient: Ambient;
  readonly manifestOf: ManifestOf;
  readonly mandates: Mandates;
  readonly people: (session: string) => SessionPeople;
  readonly keyOf: (whose: Whose, taintOf: TaintOf) => string;
  readonly shelf: FlowShelf;
  readonly report: (event: string, detail: unknown) => void;
}

interface Live {
  readonly people: SessionPeople;
  readonly session: SessionFlow;
  /** What it was given of earlier sessions. */
  readonly inherited: readonly string[];
  /** Whether the store knows that it is behind. */
  isBehind: boolean;
  /** How often it was written down. */
  saves: number;
  savedChanges: number;
  /** What it keeps, as it was last counted. */
  chars: number;
}

export function createFlows(outside: FlowsOutside): Flows {
  return new LiveFlows(outside);
}

class LiveFlows implements Flows {
  readonly #outside: FlowsOutside;
  /** The one used last is the last. */
  readonly #live = new Map<string, Live>();
  #residue: readonly string[] | null = null;
  /** What all of them keep, as last counted. */
  #chars = 0;
  /** Whose changes are not written down, the longest first, and the monotonic milliseconds from which they may be. */
  readonly #due = new Map<Live, number>();
  #saving: NodeJS.Timeout | null = null;
  /** Monotonic milliseconds before which none is written down again. */
  #restsUntil = 0;
  #relabelled: () => void = () => {};

  constructor(outside: FlowsOutside) {
    this.#outside = outside;
  }

  of = (whose: Whose): SessionFlow => {
    const { keyOf, mandates } = this.#outside;
    const key = keyOf(whose, this.#taintOf);
    const { session } = this.#opened(key);
    for (const one of [...mandates.rows(key), ...(whose.session === key ? [] : mandates.rows(whose.session))])
      if (!session.said.has(one.idx)) this.#say(session, one);
    return session;
  };

  judged = (attempt: Attempt): Attempt => {
    const call = attempt.blocked === null ? callOf(attempt, this.#outside.manifestOf) : null;
    if (call === null) return attempt;
    const flow = judgedWide(this.of(attempt.identity), call, attempt);
    const reviewed = attempt.reviewed ?? attempt.facts.effects;
    const effects =
      flow.labelled && attempt.action.verb === "tools/call" ? effectsFor(flow.effect) : reviewed;
    return { ...attempt, flow, reviewed, facts: { ...attempt.facts, effects } };
  };

  expected = (attempt: Attempt): Attempt => {
    const { verb, target } = attempt.action;
    if (verb !== "tools/call") return attempt;
    const { effect } = this.#outside.manifestOf(target.server, target.name);
    if (effect === "unknown") return attempt;
    return { ...attempt, facts: { ...attempt.facts, effects: effectsFor(effect) } };
  };

  restricted = (attempt: Attempt): readonly string[] => {
    const call = callOf(attempt, this.#outside.manifestOf);
    return call === null ? [] : this.of(attempt.identity).flow.restricted(call);
  };

  mark = (attempt: Attempt): Mark => {
    const live = this.#opened(this.of(attempt.identity).key);
    if (live.isBehind || !isToSee(live, attempt)) return NOTHING_MARKED;
    const { saves } = live;
    return {
      writes: [this.#outside.shelf.behind(live.session.key, live.people.person)],
      kept: () => {
        // Forgotten meanwhile: who is there in its place read the row before this mark was in it.
        if (this.#live.get(live.session.key) !== live) return this.behind(live.session);
        // Written down between the mark's commit and now: which of the two the row has is not known.
        if (live.saves === saves) live.isBehind = true;
        else live.savedChanges = -1;
        this.#saveLater(live);
      },
    };
  };

  behind = ({ key }: SessionFlow): void => {
    const live = this.#opened(key);
    if (!live.isBehind) this.#outside.shelf.markBehind(key, live.people.person);
    live.isBehind = true;
    this.#saveLater(live);
  };

  people = ({ key }: SessionFlow): SessionPeople => this.#opened(key).people;

  onRelabelled = (told: () => void): void => {
    this.#relabelled = told;
  };

  close = (): void => {
    for (const live of this.#live.values()) this.#save(live);
    this.#live.clear();
    clearTimeout(this.#saving ?? undefined);
  };

  #opened(key: string): Live {
    const { people } = this.#outside;
    const known = this.#live.get(key);
    const now = people(key);
    this.#live.delete(key);
    // Its people changed what they opened to it: the same memory, under other settings.
    const live = known !== undefined && isSame(known.people, now) ? known : this.#open(key, now, known);
    this.#live.set(key, live);
    if (this.#live.size > FLOWS_LIVE_MAX) this.#forgetOldest();
    return live;
  }

  #open(key: string, people: SessionPeople, known: Live | undefined): Live {
    if (known !== undefined) this.#drop(known);
    const found =
      known === undefined
        ? this.#outside.shelf.find(key)
        : { kept: known.session.kept(), isIncomplete: false };
    const { own, roots } = people;
    this.#residue ??= this.#outside.shelf.residue();
    const settings = { own, roots, inherited: this.#residue, isIncomplete: found.isIncomplete };
    const flow = openFlow(settings, found.kept?.snapshot);
    const session = createSessionFlow(key, {
      flow: watched(flow, () => this.#relabelled()),
      before: found.kept,
      inherited: this.#residue,
    });
    const isBehind = known?.isBehind ?? found.isIncomplete;
    const inherited = this.#residue;
    const live: Live = { people, session, inherited, isBehind, saves: 0, savedChanges: -1, chars: 0 };
    this.#count(live);
    if (isBehind) this.#saveLater(live);
    return live;
  }

  #say(session: SessionFlow, row: Parameters<Mandates["words"]>[0]): void {
    session.said.add(row.idx);
    const words = this.#outside.mandates.words(row);
    if (words !== null) session.say(words);
  }

  readonly #taintOf = (key: string): number => {
    const { tainted, overflowed } = this.#opened(key).session.flow.state();
    return overflowed ? 2 : tainted ? 1 : 0;
  };

  #count(live: Live): void {
    const chars = live.session.flow.size();
    this.#chars += chars - live.chars;
    live.chars = chars;
  }

  /** Those that were used longest ago give way to this one. */
  #makeRoom(live: Live): void {
    this.#count(live);
    for (const [, other] of this.#live) {
      if (this.#chars <= FLOWS_CHARS_MAX) return;
      if (other !== live) this.#forget(other);
    }
  }

  #saveLater(live: Live): void {
    this.#makeRoom(live);
    if (this.#due.has(live)) return;
    this.#due.set(live, this.#outside.ambient.monotonic() + SAVE_AFTER_MS);
    this.#arm();
  }

  /** One at a time, however many sessions there are: writing them down must not take the time of their calls. */
  #arm(): void {
    const [first] = this.#due;
    if (this.#saving !== null || first === undefined) return;
    const [live, dueAt] = first;
    const wait = Math.max(dueAt, this.#restsUntil) - this.#outside.ambient.monotonic();
    this.#saving = setTimeout(
      () => {
        this.#saving = null;
        this.#save(live);
        this.#arm();
      },
      Math.max(0, wait),
    ).unref();
  }

  /** What could not be written down stays behind: the row says so, and the next change tries again. */
  #save(live: Live): void {
    this.#due.delete(live);
    const { session, people } = live;
    if (!live.isBehind && session.changes() === live.savedChanges) return;
    const { ambient, shelf, report } = this.#outside;
    const startedAt = ambient.monotonic();
    try {
      const changes = session.changes();
      this.#keepResidue(live);
      shelf.save(session.key, people.person, session.kept());
      live.savedChanges = changes;
      live.isBehind = false;
      live.saves += 1;
    } catch (cause) {
      report("flow_not_saved", cause);
    }
    const endedAt = ambient.monotonic();
    this.#restsUntil = endedAt + (endedAt - startedAt) * SAVE_REST_FACTOR;
  }

  #keepResidue({ session, people, inherited }: Live): void {
    const known = new Set([...inherited, ...(this.#residue ?? [])]);
    const texts = session.flow.residue().map((text) => text.slice(0, RESIDUE_CHARS_MAX).trim());
    const fresh = [...new Set(texts)].filter((text) => text !== "" && !known.has(text));
    if (fresh.length === 0) return;
    this.#outside.shelf.addResidue(session.key, people.person, fresh);
    this.#residue = [...(this.#residue ?? []), ...fresh].slice(-RESIDUE_MAX);
  }

  #forgetOldest(): void {
    const [oldest] = this.#live.values();
    if (oldest !== undefined) this.#forget(oldest);
  }

  /** Kept in memory where it could not be written down: forgetting it would forget labels. */
  #forget(live: Live): void {
    this.#save(live);
    if (live.isBehind) return;
    this.#live.delete(live.session.key);
    this.#drop(live);
  }

  #drop(live: Live): void {
    this.#due.delete(live);
    this.#chars -= live.chars;
    live.chars = 0;
  }
}

/**
 * What leaves beside the arguments (a path, headers, the bytes of a file) may hold what not everybody may read; that it is
 * there at all says nothing.
 */
function judgedWide(session: SessionFlow, call: FlowCall, attempt: Attempt): FlowFacts {
  const flow = session.judge(call);
  const wide = flow.readers === "beyond" ? null : wideCallOf(call, attempt);
  return wide !== null && session.judge(wide).readers === "beyond" ? { ...flow, readers: "beyond" } : flow;
}

/** Of a model its client sees the answer, which is the agent's own; what the model read is what was taken in before. */
function isToSee({ session, savedChanges }: Live, { action }: Attempt): boolean {
  return !action.verb.startsWith("models/") || session.changes() !== savedChanges;
}

function isSame(one: SessionPeople, other: SessionPeople): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
