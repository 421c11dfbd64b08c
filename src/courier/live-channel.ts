import { type Ambient, Fault } from "#base";
import type { Channel, ChatOutside, Inbound, Inbox, Platform, WebhookAnswer, WebhookRequest } from "#chat";
import type { ChannelRow, ChannelState } from "#operations";
import type { Schema, Store } from "#store";
import { DOWN_MS_MAX, REOPEN_MS, REOPEN_MS_MAX } from "./limits.ts";

interface LiveOutside {
  readonly ambient: Ambient;
  readonly store: Pick<Store, "query">;
  readonly chat: Omit<ChatOutside, "report">;
  readonly report: (event: string, detail: unknown) => void;
  readonly take: (inbound: Inbound) => Promise<string | null>;
  /** It came up, or went down. */
  readonly isUp: () => void;
}

interface Kept {
  readonly row: ChannelRow;
  readonly platform: Platform;
  readonly secrets: Readonly<Record<string, string>>;
  readonly mark: string;
  readonly webhook: string | null;
}

/** Equal as long as a channel needs no new connection: privacy, tenants and reach are asked for anew each time. */
export function markOf(row: ChannelRow, secrets: readonly Schema["upstream_secrets"][]): string {
  const changes = secrets.map(({ name, changed_at: at }) => `${name} ${at}`).toSorted();
  return JSON.stringify([row.platform, row.settings, row.created_at, changes]);
}

/** One channel: opened, listened to, and opened again with growing pauses where that fails or its connection stays down. */
export class LiveChannel {
  row: ChannelRow;
  readonly platform: Platform;
  readonly #outside: LiveOutside;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #mark: string;
  readonly #webhook: string | null;
  channel: Channel | null = null;
  #state: Omit<ChannelState, "name">;
  #cursor: string | null = null;
  #opening: Promise<Channel> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #isClosed = false;

  constructor(outside: LiveOutside, { row, platform, secrets, mark, webhook }: Kept) {
    this.#outside = outside;
    this.row = row;
    this.platform = platform;
    this.#secrets = secrets;
    this.#mark = mark;
    this.#webhook = webhook;
    this.#state = { state: "opening", why: null, failingSince: null };
  }

  /** Whether what it was opened with is what is kept now: see `markOf`. */
  isStill(mark: string): boolean {
    return mark === this.#mark;
  }

  state(): ChannelState {
    return { name: this.row.name, ...this.#state };
  }

  open(): void {
    this.#opening = this.#openNow();
    // Whoever waits for it hears why; here it is only tried again.
    this.#opening.catch(() => {});
  }

  /** The channel once it is open. Throws why it is not. */
  async opened(): Promise<Channel> {
    if (this.channel !== null) return this.channel;
    if (this.#opening !== null) return this.#opening;
    throw this.#closed();
  }

  async #openNow(): Promise<Channel> {
    const { ambient, chat, report } = this.#outside;
    try {
      await this.#readCursor();
      const settings = this.platform.settings.parse(JSON.parse(this.row.settings));
      const outside = { ...chat, report: (what: string, cause: unknown) => report(`channel_${what}`, cause) };
      const channel = await this.platform.open({
        settings,
        secrets: this.#secrets,
        webhook: this.#webhook,
        outside,
      });
      if (this.#isClosed) {
        await channel.close();
        throw this.#closed();
      }
      this.channel = channel;
      await channel.listen(this.#inbox());
      this.#failures = 0;
      if (this.#state.state === "opening") this.#become("up", null);
      return channel;
    } catch (cause) {
      await this.#drop();
      this.#become("down", cause instanceof Fault ? cause.message : "it could not be opened");
      if (!(cause instanceof Fault)) report("channel_unusable", cause);
      this.#reopenLater();
      throw cause instanceof Fault ? cause : unusable(this.row.name, cause, ambient.now());
    }
  }

  #inbox(): Inbox {
    return {
      take: (inbound) => this.#outside.take(inbound),
      state: (state, why, forMs = 0) => {
        if (this.#isClosed) return;
        this.#become(state, why);
        if (state === "down") this.#reopenLater(Math.max(forMs, DOWN_MS_MAX));
        else this.#stopTimer();
      },
      cursor: { get: () => this.#cursor, set: (cursor) => this.#keepCursor(cursor) },
    };
  }

  /** Verified by the channel itself; while it is not open, the platform is told to come back. */
  async receive(request: WebhookRequest): Promise<WebhookAnswer> {
    const { channel } = this;
    if (channel === null) return { status: 503, headers: { "retry-after": "10" }, body: "" };
    return channel.receive(request, this.#inbox());
  }

  #become(state: "up" | "down", why: string | null): void {
    const since = this.#state.failingSince ?? this.#outside.ambient.now();
    this.#state = { state, why, failingSince: state === "up" ? null : since };
    this.#outside.isUp();
  }

  #reopenLater(inMs?: number): void {
    if (this.#isClosed) return;
    this.#stopTimer();
    const pause = Math.min(REOPEN_MS * 2 ** Math.min(this.#failures, 16), REOPEN_MS_MAX);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#reopen(), inMs ?? pause);
    this.#timer.unref();
  }

  async #reopen(): Promise<void> {
    if (this.#isClosed) return;
    await this.#drop();
    this.#state = { ...this.#state, state: "opening" };
    this.open();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #drop(): Promise<void> {
    const { channel } = this;
    this.channel = null;
    this.#opening = null;
    await channel?.close().catch((cause: unknown) => this.#outside.report("channel_close_failed", cause));
  }

  async #readCursor(): Promise<void> {
    const row = await this.#outside.store.query
      .selectFrom("channel_cursors")
      .select("cursor")
      .where("channel", "=", this.row.name)
      .executeTakeFirst();
    this.#cursor = row?.cursor ?? null;
  }

  async #keepCursor(cursor: string): Promise<void> {
    this.#cursor = cursor;
    const kept = { cursor, at: this.#outside.ambient.now() };
    await this.#outside.store.query
      .insertInto("channel_cursors")
      .values({ channel: this.row.name, ...kept })
      .onConflict((one) => one.column("channel").doUpdateSet(kept))
      .execute();
  }

  #closed(): Fault {
    return new Fault(
      "channel_unreachable",
      `channel ${this.row.name} is not open`,
      "Look why: `doorward channels get NAME`.",
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    await this.#opening?.catch(() => {});
    await this.#drop();
  }
}

function unusable(name: string, cause: unknown, at: number): Fault {
  return new Fault(
    "channel_unreachable",
    `channel ${name} could not be opened (${new Date(at).toISOString()})`,
    "Look at the log of Doorward; test it with: doorward channels test NAME.",
    cause,
  );
}
