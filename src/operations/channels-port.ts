import type { ChannelAccount, Place, Platform } from "#chat";

/** What is kept open to the platforms, as operations look at it. */
export interface ChannelReads {
  /** Every platform that a channel can be on. */
  readonly platforms: readonly Platform[];
  readonly states: () => readonly ChannelState[];
  /** Where the webhook listener is reached from outside, without a trailing slash; null: there is none. */
  readonly hooksUrl: string | null;
}

export interface ChannelState {
  readonly name: string;
  readonly state: "up" | "down" | "opening";
  /** Why it is down; null while it is up. */
  readonly why: string | null;
  /** Since when it is not as it should be, tries to open it again included, milliseconds since the Unix epoch; null while it is up. */
  readonly failingSince: number | null;
}

/** What a channel is opened with. */
export interface ChannelProspect {
  readonly platform: Platform;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What operations may ask of the channels themselves. */
export interface ChannelControl extends ChannelReads {
  /** Opens a channel that is not kept yet, asks the platform who we are there, and closes it. Throws the channel's faults. */
  readonly probe: (prospect: ChannelProspect) => Promise<ChannelAccount>;
  /** Asks a kept channel who we are there; with a place, sends a card there that decides nothing. Throws the channel's faults. */
  readonly test: (name: string, to: Place | null) => Promise<ChannelAccount>;
  /** Reads the channels, their places and links again. What is unchanged stays open. */
  readonly changed: () => Promise<void>;
}
