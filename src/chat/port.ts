import type { Card } from "#cards";

/**
 * One account of ours on one platform. Two kinds stand behind it: an adapter of the Chat SDK in a process of its own,
 * and a thin client of a platform's documented HTTP API. Every one passes `tests/conformance/channel.ts`.
 *
 * Contract: nothing is kept here that is not asked for again (who posts what, and whether it was, is the courier's); no method
 * retries by itself; each ends within `CHANNEL_CALL_MS_MAX`, else throws `channel_unreachable`; everything throws `Fault` alone,
 * with the codes below, and never a secret in its words.
 * - `channel_unreachable`: no answer, or one that says to come back (429, 5xx): retryable, after `retryAfterMs` where it says so
 * - `channel_refused`: the platform says no and would again (token revoked, not in the room, blocked): not retryable
 * - `channel_too_long`: the card does not fit whole: shown by link instead
 */
export interface Channel {
  /** Who we are there, asked of the platform itself. Proves the credentials. */
  readonly probe: () => Promise<ChannelAccount>;
  /** `key` is the same for every try of the same post: platforms that know idempotency are told it. */
  readonly post: (to: Place, card: Card, key: string) => Promise<MessageRef>;
  /** Shows `card` in place of what the message showed; only where `PlatformAbilities.edits`. */
  readonly edit: (message: MessageRef, card: Card) => Promise<void>;
  /** Plain words to a person or a place: the answer to a late tap, a code's outcome. Quoted to `replyTo` where the platform can. */
  readonly say: (to: Place, text: string, replyTo: MessageRef | null) => Promise<void>;
  /** Opens the outbound connection (socket, poll, sync, IMAP) where the platform has one, and hands in what comes until `close`. */
  readonly listen: (inbox: Inbox) => Promise<void>;
  /** One request of the platform to our webhook listener: verified (signature, timestamp) before anything of it is believed. */
  readonly receive: (request: WebhookRequest, inbox: Inbox) => Promise<WebhookAnswer>;
  readonly close: () => Promise<void>;
}

export interface ChannelAccount {
  /** The platform's id of ours, and the name people see. */
  readonly id: string;
  readonly name: string;
  /** Workspace, tenant, guild, home server ...: whatever bounds who can reach us there; null where the platform has none. */
  readonly tenant: string | null;
}

/** Where a message goes: a room, or a person directly. The platform's own ids, as one string the channel understands. */
export type Place = { readonly kind: "room" | "person"; readonly id: string };

/** The platform's name of a message, as one string the channel understands. */
export type MessageRef = { readonly place: Place; readonly id: string };

/** Someone as the platform knows them. INVARIANT: `name` is for people to read; nothing is decided by it. */
export interface PlatformUser {
  readonly id: string;
  readonly tenant: string | null;
  readonly name: string;
}

export type Inbound =
  /** A button of a card. `token` as it was posted. */
  | {
      readonly kind: "tap";
      readonly event: string;
      readonly user: PlatformUser;
      readonly token: string;
      readonly message: MessageRef | null;
      readonly at: number;
    }
  /** Words: a typed code, or nothing for us. `at` of the platform, milliseconds since the Unix epoch. */
  | {
      readonly kind: "words";
      readonly event: string;
      readonly user: PlatformUser;
      readonly text: string;
      readonly place: Place;
      readonly message: MessageRef | null;
      readonly at: number;
    };

export interface Inbox {
  /** Resolves with what to say to whoever did it; null: nothing. The channel says it in its own way (ephemeral where there is one). */
  readonly take: (inbound: Inbound) => Promise<string | null>;
  /**
   * The connection came up, went down, or was refused: shown in `channels list`. `forMs`: a connection that is down is not to be
   * opened anew before that.
   */
  readonly state: (state: "up" | "down", why: string | null, forMs?: number) => void;
  /** Where the channel stands in the platform's stream (an offset, a sync token), kept over restarts. */
  readonly cursor: { readonly get: () => string | null; readonly set: (cursor: string) => Promise<void> };
}

export interface WebhookRequest {
  readonly method: string;
  /** With the query, as the platform sent it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PlatformAbilities {
  readonly buttons: boolean;
  readonly edits: boolean;
  /** Most buttons on one message; 0 where there are none. */
  readonly buttonsMax: number;
  /** Most characters (UTF-16 units) of text in one message that are sure to be shown whole. */
  readonly textMax: number;
  /** How answers reach us: over a connection that we open, over a webhook, or only through links to the console. */
  readonly inbound: "connection" | "webhook" | "none";
  /**
   * What somebody says to Doorward alone comes with that person as its place, and what others read with a room. Absent: the
   * platform does not tell the two apart for sure, or has no words that are said to one alone.
   */
  readonly tellsAlone?: true;
}
