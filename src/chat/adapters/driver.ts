import type { Card } from "#cards";
import type { ChannelAccount, Place, PlatformUser } from "../port.ts";
import type { Failure, SentRequest } from "./lines.ts";
import type { Reach } from "./reach.ts";
import type { SdkAction, SdkAdapter, SdkMessage } from "./sdk.ts";

/** What a channel's process was started with. */
export interface HostGiven {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly listens: boolean;
  /** Where the platform reaches our webhook; null: it cannot. */
  readonly webhook: string | null;
}

/** Says how a connection that the platform's adapter holds fares. */
export type Tell = (state: "up" | "down", why: string | null) => void;

/** What is different of each platform within the process of its adapter. */
export interface Driver {
  /** The adapter's package. */
  readonly package: string;
  readonly reach: (given: HostGiven) => Reach;
  /** Before its packages are loaded. */
  readonly prepare?: (given: HostGiven) => void;
  /** The adapter, from what its package exports. Throws what the adapter throws of settings it cannot use. */
  readonly open: (packages: unknown, given: HostGiven, load: (name: string) => unknown) => SdkAdapter;
  /** Asks the platform who we are. */
  readonly probe: (adapter: SdkAdapter, given: HostGiven) => Promise<ChannelAccount>;
  /** What the card becomes. Throws `TooLong` where it does not fit whole. */
  readonly render: (card: Card) => unknown;
  readonly plain: (text: string) => unknown;
  /** The SDK's name of a room, and of the conversation that a reference names. */
  readonly room: (id: string, given: HostGiven) => string;
  /** A thread's part that all its messages share: references are made of it. Absent: the thread. */
  readonly conversation?: (thread: string) => string;
  /** The platform's id of a room, from a thread in it. */
  readonly roomOf: (thread: string) => string;
  readonly tap: (event: SdkAction) => Heard;
  readonly words: (message: SdkMessage) => Heard;
  /** Instead of the adapter's own, where what it sends is not what we want said. */
  readonly post?: (
    adapter: SdkAdapter,
    thread: string,
    message: unknown,
    key: string | null,
  ) => Promise<string | null>;
  readonly edit?: (adapter: SdkAdapter, thread: string, id: string, message: unknown) => Promise<void>;
  /** Tells whoever did it alone, where the platform can. Absent: said where it was done. */
  readonly whisper?: (adapter: SdkAdapter, to: Whisper, message: unknown) => Promise<void>;
  /** The thread that answers a message. Absent: where it stands. */
  readonly thread?: (thread: string, id: string) => string;
  /** Whether a webhook request is to be refused before the adapter sees it: its status, or null. */
  readonly screen?: (request: SentRequest, now: number) => number | null;
  /** The connection, where opening it is not the adapter's own doing in `initialize`. Ends with it. */
  readonly connect?: (adapter: SdkAdapter, given: HostGiven, tell: Tell) => Promise<void>;
  /** Watches the connection that `initialize` opened. */
  readonly attend?: (adapter: SdkAdapter, tell: Tell) => void;
  /** Failures that only this platform words in its own way. */
  readonly failure?: (cause: unknown) => Failure | null;
  /** What came over a webhook and is older than this, by the time that its signature covers, is let go. */
  readonly staleAfterMs?: number;
}

export interface Whisper {
  readonly thread: string;
  readonly user: string;
  /** The platform's own event, as the SDK hands it in. */
  readonly raw: unknown;
}

/** What the platform says of an event beyond what the SDK hands in. */
export interface Heard {
  readonly event: string;
  readonly user: PlatformUser;
  readonly at: number;
  /** Absent: as the SDK says. */
  readonly text?: string;
  readonly place?: Place;
  /** The SDK's name of the message it was done on; absent: as the SDK says; null: not known. */
  readonly messageId?: string | null;
}

/** The card does not fit whole. */
export class TooLong extends Error {
  constructor(what: string, is: number, max: number) {
    super(`${what}: ${is}, and at most ${max} fit`);
  }
}

/** A setting that is a text, or null. */
export function setting({ settings }: HostGiven, name: string): string | null {
  const value = settings[name];
  return typeof value === "string" && value !== "" ? value : null;
}
