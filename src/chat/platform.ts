import type { Ambient } from "#base";
import type { Egress } from "#egress";
import type { z } from "zod";
import type { Channel, PlatformAbilities } from "./port.ts";

/** One row of the platforms' table: one file each. */
export interface Platform {
  /** As `channels add` takes it: `slack`. */
  readonly name: string;
  /** As people write it: `Microsoft Teams`. */
  readonly title: string;
  /** With everything set up that can be. */
  readonly abilities: PlatformAbilities;
  /** As it is set up; absent: always as above. */
  readonly abilitiesWith?: (settings: Readonly<Record<string, unknown>>) => PlatformAbilities;
  /** What is no secret, each with a description: it is shown in `channels get` and in the console. */
  readonly settings: z.ZodObject;
  /** Name of each secret -> what it is and where it is to be had. Sealed in the store, handed in at `open`, shown nowhere. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names of the secrets that may be left out; absent: none may. */
  readonly optionalSecrets?: readonly string[];
  /** What a person does at the platform, in order; `{webhook}` stands for the address that must reach our webhook listener. */
  readonly setup: readonly string[];
  /** The document, SDK or repository that the shapes come from. */
  readonly source: string;
  readonly open: (given: Given) => Promise<Channel>;
}

export interface Given {
  /** As `settings` parsed it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The address under which the platform reaches our webhook listener for this channel; null: it cannot. */
  readonly webhook: string | null;
  readonly outside: ChatOutside;
}

/** What a channel reaches the world through. */
export interface ChatOutside {
  readonly ambient: Ambient;
  /** The one client (T17). */
  readonly egress: Egress;
  /** Folder of ours on disk in which adapters of the Chat SDK are installed. */
  readonly directory: string;
  readonly report: (what: string, cause: unknown) => void;
}
