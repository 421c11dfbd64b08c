import type { Inbound } from "#chat";
import { createDelivering, type Delivering } from "./delivering.ts";
import { dueAt } from "./due.ts";
import { fed } from "./feed.ts";
import { createHearing, type Hearing } from "./hearing.ts";
import { LOOK_EVERY_MS, PLANS_PER_TURN_MAX, TIDY_EVERY_MS } from "./limits.ts";
import type { CourierOutside } from "./outside.ts";
import { created, planned, type Turn, turnOf } from "./planning.ts";
import { tidied } from "./tidying.ts";
import { whereaboutsNow } from "./whereabouts.ts";

/** Keeps what stands on the platforms at what should stand there, and takes in what people answer. */
export interface Courier {
  /** Opens the channels and begins to look. */
  readonly start: () => Promise<void>;
  /** One look: what was committed, what is due, what is to be delivered; resolves when all of it has ended. For tests and stops. */
  readonly turn: () => Promise<void>;
  readonly hear: (channel: string, inbound: Inbound) => Promise<string | null>;
  readonly close: () => Promise<void>;
}

/** Commits come in thousands a second: they are looked at together. */
const GATHER_MS = 20;
/** While a request is planned it is nobody else's; a process that ends then looks at it again after this. */
const CLAIM_MS = 30_000;

export function createCourier(outside: CourierOutside): Courier {
  const loop = new Loop(outside);
  return {
    start: () => loop.start(),
    turn: () => loop.turn(),
    hear: (channel, inbound) => loop.hearing.take(channel, inbound),
    close: () => loop.close(),
  };
}

class Loop {
  readonly hearing: Hearing;
  readonly #outside: CourierOutside;
  readonly #delivering: Delivering;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #isAgain = false;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  #stopHearingCommits: () => void = () => {};
  #isClosed = false;

  constructor(outside: CourierOutside) {
    this.#outside = outside;
    this.#delivering = createDelivering(outside);
    this.hearing = createHearing(outside, this.#delivering, () => this.#wake(0));
  }

  async start(): Promise<void> {
    const { board, journal } = this.#outside;
    board.onChange(() => this.#wake(0));
    this.#stopHearingCommits = journal.onCommitted(() => this.#wake(GATHER_MS));
    await board.start((channel, inbound) => this.hearing.take(channel, inbound));
    this.#wake(0);
  }

  /** Looks after at most `inMs`; sooner stays sooner. */
  #wake(inMs: number): void {
    const { ambient, board } = this.#outside;
    if (this.#isClosed || board.rows().length === 0) return;
    const at = ambient.monotonic() + inMs;
    if (at >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#ring(), inMs);
    this.#timer.unref();
  }

  #ring(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (this.#looking !== null) {
      this.#isAgain = true;
      return;
    }
    this.#looking = this.#look()
      .catch((cause: unknown) => this.#outside.report("courier_failed", cause))
      .finally(() => {
        this.#looking = null;
        this.#wake(this.#isAgain ? 0 : LOOK_EVERY_MS);
        this.#isAgain = false;
      });
  }

  /** Deliveries go on by themselves: a platform that is slow stops no look. */
  async #look(): Promise<void> {
    await this.#plan();
    void this.#delivering
      .begin()
      .catch((cause: unknown) => this.#outside.report("courier_failed", cause))
      .finally(() => this.#wake(GATHER_MS));
    const next = await this.#nextAt();
    if (next !== null) this.#wake(Math.max(0, next - this.#outside.ambient.now()));
  }

  async turn(): Promise<void> {
    if (this.#outside.board.rows().length === 0) return;
    await this.#plan();
    await this.#delivering.begin();
  }

  async #plan(): Promise<void> {
    const outside = this.#outside;
    const { ambient, board, store } = outside;
    while (await fed(outside)) this.#isAgain = true;
    const now = ambient.now();
    if (Math.abs(now - this.#tidiedAt) >= TIDY_EVERY_MS) {
      await tidied(outside);
      this.#tidiedAt = now;
    }
    const due = await store.query
      .selectFrom("courier_due")
      .select("approval_id")
      .where("at", "<=", now)
      .orderBy("at")
      .limit(PLANS_PER_TURN_MAX)
      .execute();
    if (due.length === 0) return;
    const whereabouts = await whereaboutsNow(store.query, (channel) => board.row(channel) !== null);
    const turn = await turnOf(outside, whereabouts);
    const claim = now + CLAIM_MS;
    const found: [string, number | null][] = [];
    for (const { approval_id: id } of due) found.push([id, await this.#planOne(turn, id, claim)]);
    await created(outside, turn);
    // Only now: a process that ended before would have left requests without cards, and looked at them at their end.
    for (const [id, next] of found) await this.#keepDue(id, claim, next);
    if (due.length >= PLANS_PER_TURN_MAX) this.#isAgain = true;
  }

  async #planOne(turn: Turn, id: string, claim: number): Promise<number | null> {
    const outside = this.#outside;
    await dueAt(outside, id, claim);
    try {
      return await planned(outside, turn, id);
    } catch (cause) {
      // One request that cannot be planned stops no other; it is tried again when the claim is over.
      outside.report("courier_failed", cause);
      return claim;
    }
  }

  /** What made it due in between is not overwritten by what was found out before. */
  async #keepDue(id: string, claim: number, next: number | null): Promise<void> {
    const own = this.#outside.store.query
      .selectFrom("courier_due")
      .select("at")
      .where("approval_id", "=", id)
      .where("at", "=", claim);
    if ((await own.executeTakeFirst()) !== undefined) await dueAt(this.#outside, id, next);
  }

  async #nextAt(): Promise<number | null> {
    const { query } = this.#outside.store;
    const due = await query
      .selectFrom("courier_due")
      .select((eb) => eb.fn.min("at").as("at"))
      .executeTakeFirst();
    const post = await query
      .selectFrom("posts")
      .select((eb) => eb.fn.min("next_at").as("at"))
      .where("next_at", "is not", null)
      .executeTakeFirst();
    const times = [due?.at, post?.at].filter((at): at is number => typeof at === "number");
    return times.length === 0 ? null : Math.min(...times);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopHearingCommits();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    await this.#delivering.close();
  }
}
