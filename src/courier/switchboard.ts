import type { Ambient } from "#base";
import type { Channel, ChannelAccount, ChatOutside, Inbound, Place, Platform } from "#chat";
import type { Keys } from "#keys";
import {
  type ChannelControl,
  type ChannelProspect,
  type ChannelRow,
  platformOf,
  secretOwner,
  webhookOf,
} from "#operations";
import type { Schema, Store } from "#store";
import { CHANNELS_OPEN_MAX } from "./limits.ts";
import { LiveChannel, markOf } from "./live-channel.ts";
import { TEST_CARD } from "./words.ts";

export interface SwitchboardOutside {
  readonly ambient: Ambient;
  readonly store: Pick<Store, "query">;
  readonly keys: Pick<Keys, "unseal">;
  readonly chat: Omit<ChatOutside, "report">;
  readonly platforms: readonly Platform[];
  readonly hooksUrl: string | null;
  readonly report: (event: string, detail: unknown) => void;
}

/** What somebody said on a channel; answers what to say back, or null. */
export type Take = (channel: string, inbound: Inbound) => Promise<string | null>;

/** Every channel, opened and kept open: one process has them all. */
export interface Switchboard extends ChannelControl {
  /** Opens what is kept. Before this nothing is open, and nothing comes in. */
  readonly start: (take: Take) => Promise<void>;
  /** The open channel; null while it is not. */
  readonly channel: (name: string) => Channel | null;
  readonly platformOf: (name: string) => Platform | null;
  /** The channel's row as it was read last. */
  readonly row: (name: string) => ChannelRow | null;
  readonly rows: () => readonly ChannelRow[];
  readonly live: (name: string) => LiveChannel | null;
  /** Told whenever a channel came up or the channels, places or links changed. */
  readonly onChange: (listener: () => void) => void;
  readonly close: () => Promise<void>;
}

export function createSwitchboard(outside: SwitchboardOutside): Switchboard {
  const board = new Board(outside);
  return {
    platforms: outside.platforms,
    hooksUrl: outside.hooksUrl,
    states: () => board.all().map((live) => live.state()),
    probe: (prospect) => probe(outside, prospect),
    test: (name, to) => board.test(name, to),
    changed: () => board.read(),
    start: (take) => board.start(take),
    channel: (name) => board.live(name)?.channel ?? null,
    platformOf: (name) => board.live(name)?.platform ?? null,
    row: (name) => board.live(name)?.row ?? null,
    rows: () => board.all().map((live) => live.row),
    live: (name) => board.live(name),
    onChange: (listener) => board.onChange(listener),
    close: () => board.close(),
  };
}

async function probe(outside: SwitchboardOutside, prospect: ChannelProspect): Promise<ChannelAccount> {
  const { platform, settings, secrets } = prospect;
  const report = (what: string, cause: unknown): void => outside.report(what, cause);
  const channel = await platform.open({
    settings,
    secrets,
    webhook: null,
    outside: { ...outside.chat, report },
  });
  try {
    return await channel.probe();
  } finally {
    await channel.close();
  }
}

class Board {
  readonly #outside: SwitchboardOutside;
  readonly #live = new Map<string, LiveChannel>();
  readonly #listeners: (() => void)[] = [];
  #take: Take | null = null;
  #reading: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(outside: SwitchboardOutside) {
    this.#outside = outside;
  }

  all(): readonly LiveChannel[] {
    return [...this.#live.values()];
  }

  live(name: string): LiveChannel | null {
    return this.#live.get(name) ?? null;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async start(take: Take): Promise<void> {
    this.#take = take;
    await this.read();
  }

  /** One after another: two reads at once would open a channel twice. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readNow());
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    if (this.#isClosed) return;
    const { query } = this.#outside.store;
    const rows = await query
      .selectFrom("channels")
      .selectAll()
      .orderBy("name")
      .limit(CHANNELS_OPEN_MAX)
      .execute();
    const secrets = await query
      .selectFrom("upstream_secrets")
      .selectAll()
      .where("server", "like", "channel:%")
      .execute();
    const wanted = new Map(rows.map((row) => [row.name, row]));
    const ownOf = (name: string): typeof secrets =>
      secrets.filter(({ server }) => server === secretOwner(name));
    for (const [name, live] of this.#live) {
      const row = wanted.get(name);
      if (row !== undefined && live.isStill(markOf(row, ownOf(name)))) live.row = row;
      else {
        this.#live.delete(name);
        await live.close();
      }
    }
    for (const row of rows) if (!this.#live.has(row.name)) this.#open(row, ownOf(row.name));
    this.#tell();
  }

  #open(row: ChannelRow, own: readonly Schema["upstream_secrets"][]): void {
    const { ambient, keys, store, chat, report, platforms } = this.#outside;
    try {
      const platform = platformOf({ platforms }, row);
      const opened = Object.fromEntries(
        own.map(({ name, server, sealed }) => [
          name,
          Buffer.from(keys.unseal(sealed, server)).toString("utf8"),
        ]),
      );
      const webhook = webhookOf(this.#outside, row);
      const take = (inbound: Inbound): Promise<string | null> => this.#taken(row.name, inbound);
      const isUp = (): void => this.#tell();
      const live = new LiveChannel(
        { ambient, store, chat, report, take, isUp },
        { row, platform, secrets: opened, mark: markOf(row, own), webhook },
      );
      this.#live.set(row.name, live);
      live.open();
    } catch (cause) {
      // One channel that cannot be opened at all costs no other: the rest of the house goes on.
      report("channel_unusable", cause);
    }
  }

  async #taken(name: string, inbound: Inbound): Promise<string | null> {
    return this.#take === null ? null : this.#take(name, inbound);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async test(name: string, to: Place | null): Promise<ChannelAccount> {
    const live = this.#live.get(name);
    const channel = await (live?.opened() ?? Promise.reject(new Error("it is not kept")));
    const account = await channel.probe();
    if (to !== null) await channel.post(to, TEST_CARD, this.#outside.ambient.id("tst"));
    return account;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reading;
    const all = this.all();
    this.#live.clear();
    await Promise.all(all.map((live) => live.close()));
  }
}
