import { type Ambient, Fault } from "#base";
import type { Egress } from "#egress";
import type { Store } from "#store";
import type { Candidate, ListedModel } from "./candidate.ts";
import { routeOfRow, type Route as WrittenRoute, type UpstreamRow, upstreamOfRow } from "./configuration.ts";
import { createInjector } from "./credential.ts";
import { gone } from "./faults.ts";
import { GOOGLE_TOKEN_URL } from "./google.ts";
import type { Bounds, Ground } from "./ground.ts";
import {
  ANSWER_BYTES_MAX,
  ANSWER_MS_MAX,
  DISCOVER_MS_MAX,
  LIST_FRESH_MS,
  LIST_FRESH_UNKNOWN_MS,
  LIST_MS_MAX,
  ROUTES_MAX,
  STREAM_BYTES_MAX,
  STREAM_IDLE_MS_MAX,
  UPSTREAMS_MAX,
} from "./limits.ts";
import { askModels } from "./listing.ts";
import { LiveUpstream } from "./live.ts";
import type { ModelUpstreams, Route, Weighing } from "./port.ts";
import { unproven } from "./identifying.ts";
import { type Directory, directoryOf, isPrefix, routed } from "./routing.ts";
import { type KeySeal, openKeyOf } from "./secret.ts";

export interface ModelUpstreamsOptions {
  readonly store: Pick<Store, "query">;
  readonly egress: Pick<Egress, "request">;
  readonly keys: KeySeal;
  readonly ambient: Ambient;
  readonly report?: (event: string, detail: unknown) => void;
  /** For tests: Google's token endpoint elsewhere. */
  readonly tokenUrl?: string;
  readonly bounds?: Partial<Bounds>;
  /** Hashes what runtimes of this machine serve; absent: nothing is `proven`. */
  readonly weighing?: Weighing;
}

const BOUNDS: Bounds = {
  answerBytesMax: ANSWER_BYTES_MAX,
  answerMsMax: ANSWER_MS_MAX,
  streamBytesMax: STREAM_BYTES_MAX,
  streamIdleMsMax: STREAM_IDLE_MS_MAX,
  listMsMax: LIST_MS_MAX,
  discoverMsMax: DISCOVER_MS_MAX,
};

/** Reads what was added and begins to ask each upstream what it has; nobody waits for their answers. */
export async function openModelUpstreams(options: ModelUpstreamsOptions): Promise<ModelUpstreams> {
  const fleet = new Fleet(options);
  await fleet.read();
  for (const upstream of fleet.upstreams) void upstream.ask();
  return {
    candidates: (model) => fleet.candidates(model),
    models: () => fleet.models(),
    identity: (asked) => fleet.identity(asked),
    send: async (candidate, asked) => fleet.demand(candidate.upstream).send(candidate, asked),
    states: () => fleet.upstreams.map((upstream) => upstream.state()),
    routes: (model) => fleet.routes(model),
    check: async (name) => {
      const upstream = fleet.find(name);
      await upstream.ask();
      return upstream.state();
    },
    look: async (configuration, secret) => {
      const injector = createInjector(
        configuration.credential,
        { secret, url: configuration.url },
        fleet.ground,
      );
      const models = await askModels(configuration, injector, fleet.ground);
      return models?.map(({ name }) => name) ?? null;
    },
    reload: async () => {
      const changed = await fleet.read();
      await Promise.all(changed.map((upstream) => upstream.ask()));
    },
    close: () => fleet.close(),
  };
}

/** The upstreams that are known now, in the order in which they were added. */
class Fleet {
  readonly ground: Ground;
  readonly #options: ModelUpstreamsOptions;
  #live = new Map<string, LiveUpstream>();
  #written: readonly WrittenRoute[] = [];
  #directory: Directory | null = null;
  #discovering: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: ModelUpstreamsOptions) {
    const { egress, ambient, report = () => {}, tokenUrl = GOOGLE_TOKEN_URL, weighing } = options;
    this.#options = options;
    const bounds = { ...BOUNDS, ...options.bounds };
    this.ground = {
      egress,
      ambient,
      report,
      tokenUrl,
      bounds,
      ...(weighing === undefined ? {} : { weighing }),
    };
  }

  get upstreams(): readonly LiveUpstream[] {
    return [...this.#live.values()];
  }

  /** Answers those that are new or another. What is unchanged keeps its health and its list. */
  async read(): Promise<readonly LiveUpstream[]> {
    const { query } = this.#options.store;
    const rows = await query
      .selectFrom("upstreams")
      .selectAll()
      .where("status", "=", "active")
      .orderBy("created_at")
      .orderBy("name")
      .limit(UPSTREAMS_MAX)
      .execute();
    const written = await query.selectFrom("routes").selectAll().orderBy("model").limit(ROUTES_MAX).execute();
    const live = new Map<string, LiveUpstream>();
    const changed: LiveUpstream[] = [];
    for (const row of rows) {
      const upstream = await this.#liveOf(row.name, () => upstreamOfRow(row));
      if (upstream === null) continue;
      if (this.#live.get(row.name) !== upstream) changed.push(upstream);
      live.set(row.name, upstream);
    }
    this.#live = live;
    this.#written = written.flatMap(
      (row) => this.#readable(`route ${row.model}`, () => routeOfRow(row)) ?? [],
    );
    this.#directory = null;
    return changed;
  }

  candidates(model: string): readonly Candidate[] | Promise<readonly Candidate[]> {
    this.#nudge(LIST_FRESH_MS);
    const found = this.#candidates(model);
    if (found.length > 0 && found.every((candidate) => this.#isPlaced(candidate))) return found;
    if (!this.upstreams.some((upstream) => upstream.isUnknown)) {
      this.#nudge(LIST_FRESH_UNKNOWN_MS);
      return found;
    }
    return this.#discover().then(() => this.#candidates(model));
  }

  identity({
    upstream,
    model,
  }: Parameters<ModelUpstreams["identity"]>[0]): ReturnType<ModelUpstreams["identity"]> {
    return this.#live.get(upstream)?.identity(model) ?? unproven("there is no such upstream", false);
  }

  models(): readonly ListedModel[] {
    this.#nudge(LIST_FRESH_MS);
    const models = new Map<string, ListedModel>();
    for (const { model, targets } of this.routes()) {
      const candidate = targets.find((target) => target.candidate !== null)?.candidate ?? null;
      if (candidate === null || isPrefix(model)) continue;
      const said = this.#live.get(candidate.upstream)?.models.find(({ name }) => name === candidate.model);
      models.set(model, {
        name: model,
        upstream: candidate.upstream,
        isLocal: candidate.isLocal,
        createdAt: said?.createdAt ?? null,
      });
    }
    return [...models.values()];
  }

  routes(model?: string): readonly Route[] {
    const directory = this.#current();
    if (model !== undefined) return [this.#route(directory, model)];
    const written = this.#written.map((route) => route.model);
    const said = this.upstreams.flatMap((upstream) => upstream.models.map(({ name }) => name));
    return [...new Set([...written, ...said])].map((name) => this.#route(directory, name));
  }

  /** Throws `upstream_gone`. */
  demand(name: string): LiveUpstream {
    const upstream = this.#live.get(name);
    if (upstream === undefined || this.#isClosed) throw gone(name);
    return upstream;
  }

  /** Throws `upstream_unknown`. */
  find(name: string): LiveUpstream {
    const upstream = this.#live.get(name);
    if (upstream !== undefined) return upstream;
    throw new Fault("upstream_unknown", `there is no upstream ${name}`, "See `doorward upstreams list`.");
  }

  close(): void {
    this.#isClosed = true;
  }

  #route(directory: Directory, model: string): Route {
    const { by, rule, places } = routed(directory, model);
    const targets = places.map((place) => {
      const upstream = this.#live.get(place.upstream);
      return {
        ...place,
        isLast: upstream?.isLast ?? true,
        candidate: upstream?.candidate(place.model) ?? null,
      };
    });
    const ordered = targets.toSorted((a, b) => Number(a.isLast) - Number(b.isLast));
    return {
      model,
      by,
      rule,
      targets: ordered.map(({ upstream, model: name, candidate }) => ({ upstream, model: name, candidate })),
    };
  }

  /** Where it runs is known, or cannot be found out: an Ollama says it in its list. */
  #isPlaced({ kind, upstream }: Candidate): boolean {
    return kind !== "ollama" || this.#live.get(upstream)?.isUnknown !== true;
  }

  #candidates(model: string): readonly Candidate[] {
    return this.#route(this.#current(), model).targets.flatMap(({ candidate }) => candidate ?? []);
  }

  #current(): Directory {
    this.#directory ??= directoryOf(
      this.#written,
      this.upstreams.map(({ row, models }) => ({
        name: row.name,
        kind: row.kind,
        models: models.map(({ name }) => name),
      })),
    );
    return this.#directory;
  }

  #nudge(freshMs: number): void {
    if (this.#isClosed) return;
    for (const upstream of this.#live.values()) upstream.nudge(freshMs);
  }

  /** One wait for everybody who asks at the same time, bounded; an upstream that is slower is asked without them. */
  #discover(): Promise<void> {
    this.#discovering ??= this.#answersOfUnknown().finally(() => {
      this.#discovering = null;
    });
    return this.#discovering;
  }

  async #answersOfUnknown(): Promise<void> {
    const asked = this.upstreams.filter((upstream) => upstream.isUnknown).map((upstream) => upstream.ask());
    let timer: NodeJS.Timeout | null = null;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.ground.bounds.discoverMsMax);
    });
    await Promise.race([Promise.all(asked), enough]);
    if (timer !== null) clearTimeout(timer);
  }

  /** Null where a row is damaged or its secret gone: such an upstream is not used, and the others are. */
  async #liveOf(name: string, read: () => UpstreamRow): Promise<LiveUpstream | null> {
    const row = this.#readable(`upstream ${name}`, read);
    if (row === null) return null;
    const known = this.#live.get(name);
    if (known?.row.identity === row.identity) {
      known.reprice(row);
      return known;
    }
    const { store, keys } = this.#options;
    const secret = row.credential.type === "none" ? "" : await openKeyOf(name, store, keys);
    return this.#readable(`upstream ${name}`, () => {
      if (secret === null) throw new Fault("upstream_key_missing", "its key is gone", "Set it again.");
      return new LiveUpstream(row, secret, {
        ground: this.ground,
        listed: () => void (this.#directory = null),
      });
    });
  }

  #readable<T>(what: string, read: () => T): T | null {
    try {
      return read();
    } catch (cause) {
      this.ground.report(
        "model_upstream_unreadable",
        `${what}: ${cause instanceof Fault ? cause.message : "damaged"}`,
      );
      return null;
    }
  }
}
