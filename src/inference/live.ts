import { Fault } from "#base";
import type { Candidate, Price, UpstreamState } from "./candidate.ts";
import type { UpstreamRow } from "./configuration.ts";
import { createInjector, type Injector } from "./credential.ts";
import { gone, tooBusy } from "./faults.ts";
import type { Ground } from "./ground.ts";
import { createHealth, type Health } from "./health.ts";
import { SENDS_PER_UPSTREAM_MAX } from "./limits.ts";
import { createIdentifying, type Identifying } from "./identifying.ts";
import { askJson, askModels, type SaidModel } from "./listing.ts";
import { runsHere } from "./locality.ts";
import type { ModelAnswer, ModelSend } from "./port.ts";
import { sendOnce } from "./sending.ts";

const ANY_MODEL = "*";

/** One upstream while it is known: its credential, its health, and what it said it has. */
export class LiveUpstream {
  readonly #ground: Ground;
  readonly #health: Health;
  readonly #injector: Injector;
  readonly #identifying: Identifying;
  readonly #listed: () => void;
  #row: UpstreamRow;
  #models: readonly SaidModel[] | null = null;
  #checkedAt: number | null = null;
  /** By the clock that never goes back. */
  #askedAt: number | null = null;
  #asking: Promise<void> | null = null;
  #underWay = 0;

  /** `listed` is told whenever its list is another. Throws `service_account_invalid`, `google_host_refused`. */
  constructor(row: UpstreamRow, secret: string, outside: { ground: Ground; listed: () => void }) {
    this.#row = row;
    this.#ground = outside.ground;
    this.#listed = outside.listed;
    this.#health = createHealth(outside.ground.ambient);
    this.#injector = createInjector(row.credential, { secret, url: row.url }, outside.ground);
    const { ambient, weighing } = outside.ground;
    this.#identifying = createIdentifying({
      kind: row.kind,
      url: row.url,
      ambient,
      ask: (path, body) => askJson(row, { injector: this.#injector, ground: outside.ground }, { path, body }),
      ...(weighing === undefined ? {} : { weighing }),
    });
  }

  get row(): UpstreamRow {
    return this.#row;
  }

  get models(): readonly SaidModel[] {
    return this.#models ?? [];
  }

  get isLast(): boolean {
    return this.#health.isLast();
  }

  /** It never said what it has, and was not found unable to. */
  get isUnknown(): boolean {
    return this.#models === null && this.#health.state() === "unknown";
  }

  /** The same upstream, at other prices. */
  reprice(row: UpstreamRow): void {
    this.#row = row;
  }

  candidate(model: string): Candidate {
    const { name, kind, identity, protocols, allowPrivate } = this.#row;
    const price = this.#priceOf(model);
    const isLocal = runsHere(model, { kind, isPrivate: allowPrivate, models: this.#models });
    return { upstream: name, kind, identity, model, protocols, isLocal, price };
  }

  /** See `ModelUpstreams.identity`. */
  identity(model: string): ReturnType<Identifying["of"]> {
    return this.#identifying.of(model);
  }

  state(): UpstreamState {
    return {
      name: this.#row.name,
      health: this.#health.state(),
      reason: this.#health.reason(),
      backOffUntil: this.#health.backOffUntil(),
      models: this.#models?.map(({ name }) => name) ?? null,
      checkedAt: this.#checkedAt,
    };
  }

  /** Throws `upstream_busy`, and what `sendOnce` does. */
  async send(candidate: Candidate, asked: ModelSend): Promise<ModelAnswer> {
    if (candidate.identity !== this.#row.identity) throw gone(candidate.upstream);
    if (this.#underWay >= SENDS_PER_UPSTREAM_MAX) throw tooBusy(candidate.upstream, SENDS_PER_UPSTREAM_MAX);
    this.#underWay += 1;
    let isOver = false;
    const ended = (): void => {
      if (!isOver) this.#underWay -= 1;
      isOver = true;
    };
    const own = { upstream: this.#row, injector: this.#injector, health: this.#health };
    return sendOnce({ ...own, ground: this.#ground, ended }, asked);
  }

  /** Asks for its models in the background, if what it said is older than `freshMs` or it may be up again. */
  nudge(freshMs: number): void {
    const age = this.#askedAt === null ? Infinity : this.#ground.ambient.monotonic() - this.#askedAt;
    const isStale = this.#health.state() === "down" ? this.#health.isDueForProbe() : age >= freshMs;
    if (isStale) void this.ask();
  }

  /** Asks for its models now; one question at a time. Never rejects: what came of it is in its state. */
  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#ground.ambient.monotonic();
    const before = this.#health.state();
    try {
      const models = await askModels(this.#row, this.#injector, this.#ground);
      this.#health.answered();
      this.#models = models;
      this.#listed();
    } catch (cause) {
      this.#health.failed(cause instanceof Fault ? cause.message : "it did not answer");
    }
    this.#checkedAt = this.#ground.ambient.now();
    if (before !== this.#health.state()) {
      this.#ground.report(`upstream_${this.#health.state()}`, { upstream: this.#row.name });
    }
  }

  #priceOf(model: string): Price | null {
    const { prices } = this.#row;
    return (Object.hasOwn(prices, model) ? prices[model] : prices[ANY_MODEL]) ?? null;
  }
}
