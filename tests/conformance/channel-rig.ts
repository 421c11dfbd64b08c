import type { Channel, MessageRef, Place, PlatformAbilities, WebhookAnswer, WebhookRequest } from "#chat";

/** What is so of a platform, and therefore which cases of the suite its channel has to pass. */
export interface Traits {
  readonly abilities: PlatformAbilities;
  /** Events of another workspace can reach us, and carry its name. */
  readonly tenants: boolean;
  /** Events at the webhook carry a time, under whatever proves the rest of them. */
  readonly dated: boolean;
  /** Events come to a webhook of ours, alone or beside a connection. */
  readonly webhook: boolean;
  /** The proof is a secret that comes along and covers no body; absent where there is a signature. */
  readonly secretOnly?: boolean;
  /** The platform asks for a pause without saying how long. */
  readonly pausesUnsaid?: boolean;
  /** Messages bear names of our own making: the platform gives none that could be missing. */
  readonly namedByUs?: boolean;
  /** Tells only that something waits, and shows no card; there is nobody to ask who we are. */
  readonly bell?: boolean;
  /** Typed words reach us. */
  readonly words: boolean;
  /** The platform drops a second post with the same key. */
  readonly idempotent: boolean;
  /** The platform's clients make a link of every bare address, and nothing that is sent can keep them from it. */
  readonly autolinks: boolean;
}

/** A message as a person sees it, after the platform's own rendering of what was sent: driven by its documentation. */
export interface Shown {
  readonly ref: MessageRef;
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly token: string }[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
  /** Whoever would be called by it: `@everyone`, a user, a room. */
  readonly mentions: readonly string[];
}

/** What someone does on the platform. */
export type Deed =
  | { readonly kind: "tap"; readonly user: string; readonly token: string; readonly on: MessageRef }
  | { readonly kind: "words"; readonly user: string; readonly text: string };

export interface Circumstances {
  /** Of the platform's clock; absent: now. */
  readonly agoMs?: number;
  /** From a workspace that is not ours. */
  readonly elsewhere?: boolean;
  /** Signed with another secret than the platform's. */
  readonly forged?: boolean;
}

/**
 * How the platform's next answer goes wrong. `rate`: 429 that asks for 7 seconds. `error`: 500. `hang`: no answer, ever.
 * `lost`: done, but the connection breaks before the answer. `hollow`: 200 that names no message, and nothing was done.
 * `revoked`: our token counts no more.
 */
export type Failing = "rate" | "error" | "hang" | "lost" | "hollow" | "revoked";

export interface PlatformDriver {
  /** What stands on the platform now, in the order it was written; what only one person sees included. */
  readonly shown: () => Promise<readonly Shown[]>;
  /** Requests that reached it and would have written something. */
  readonly writes: () => number;
  readonly failNext: (how: Failing) => void;
  /** Someone does it. Returns the request that would reach our webhook; null: it goes over the connection we opened. */
  readonly does: (deed: Deed, circumstances?: Circumstances) => Promise<WebhookRequest | null>;
  /** The same event delivered a second time, as platforms do that saw no answer. */
  readonly again: () => Promise<WebhookRequest | null>;
  /** What came back from our webhook: some platforms show what is in it. */
  readonly answered: (answer: WebhookAnswer) => void;
  /** Someone deletes a message there. */
  readonly forget: (ref: MessageRef) => void;
}

/** A channel opened by its row of the platforms' table, on a local server that speaks the platform's shapes. */
export interface Rig {
  readonly channel: Channel;
  readonly place: Place;
  readonly platform: PlatformDriver;
  /** A person of our own workspace, and what the platform calls them. */
  readonly user: string;
  /** None of these may stand in the words of a fault. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}
