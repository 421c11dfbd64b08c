import type { JsonObject } from "#base";
import type { ApprovalStatus, FlowEffect, FlowRole, Origin } from "#vocabulary";
import type { CardLink } from "./card.ts";

/** Everything that is known of one request, as plain data. Nothing in it is inert yet. */
export interface CardFacts {
  readonly approval: string;
  readonly action: string;
  readonly status: ApprovalStatus;
  readonly agent: CardAgent;
  /** Name of the user the agent acts for; null: for nobody, with its own rights alone. */
  readonly onBehalfOf: string | null;
  readonly verb: string;
  readonly server: string;
  /** Tool or prompt; where that would say too much (a resource's address), the verb. */
  readonly target: string;
  readonly effects: readonly string[];
  /** Null where they are not kept, destroyed, or not for who looks: then nothing is whole. */
  readonly arguments: JsonObject | null;
  /** What is in force for the tool; null: nobody said what it does. */
  readonly manifest: CardManifest | null;
  /** Why it waits, in one sentence. */
  readonly reason: string;
  readonly policies: readonly string[];
  readonly doubts: readonly CardDoubt[];
  /** What was known of its content; null where nothing is traced. */
  readonly flow: CardFlow | null;
  /** All that must say yes, and those that have not yet. */
  readonly groups: readonly string[];
  readonly missing: readonly string[];
  readonly decisions: readonly CardDecision[];
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** What the agent says of it; null: nothing. */
  readonly claim: { readonly who: string; readonly text: string } | null;
}

export interface CardAgent {
  readonly name: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly stage: string;
  /** It runs as Doorward's own OS user (T1). */
  readonly isBypassable: boolean;
}

/** A value that nothing reliable names, as it was recorded. */
export interface CardDoubt {
  readonly argument: string;
  /** A `FlowRole`. */
  readonly role: string;
  /** Its beginning, where it is long. */
  readonly value: string;
  /** An `Origin`: `untrusted` or `model`. */
  readonly origin: string;
  /** `server/tool` of the results it was seen in. */
  readonly seenIn: readonly string[];
}

/** What a person reviewed of the tool, as far as a card needs it. */
export interface CardManifest {
  readonly effect: FlowEffect;
  readonly effectIf: Readonly<Record<string, FlowEffect>>;
  readonly roles: Readonly<Record<string, FlowRole>>;
  /** Such as `Send an e-mail to {to} about {subject}`; null: generated from effect and roles. */
  readonly summary: string | null;
  /** Arguments that name what can change after the yes: a file, a branch, a page (T11). */
  readonly mutable: readonly string[];
}

export interface CardFlow {
  /** `none`, `within` or `beyond`: its content holds what not everybody it reaches may read. */
  readonly readers: string;
  /** What others wrote and the content passes on. */
  readonly carries: readonly string[];
  /** Arguments whose content not everybody may read; null where that was not looked at. */
  readonly restricted: readonly string[] | null;
}

export interface CardDecision {
  /** Name of the user. */
  readonly by: string;
  /** `approve`, `deny` or `break-glass`. */
  readonly answer: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly via: string;
  readonly note: string | null;
  /** What a no stopped with it. */
  readonly stopped?: "agent" | "session" | undefined;
}

/** For whom, where and when a card is made. */
export interface CardView {
  /** What may leave for where it is shown. */
  readonly fields: CardPrivacy;
  /** What comes back with a tap; null: nobody may answer here. */
  readonly tokens: {
    readonly approve: string;
    readonly deny: string;
    /** Has the card ask whether to stop the agent too; absent: not here. */
    readonly stop?: string | undefined;
    /** Leads to where more than this one call can be let through; absent: not here. */
    readonly grant?: string | undefined;
  } | null;
  readonly link: CardLink | null;
  readonly typed: {
    readonly approve: string;
    readonly deny: string;
    readonly stop?: string | undefined;
  } | null;
  /** Whatever stands on it, it takes no yes: it is not all that there would be to show. */
  readonly isShort?: boolean;
  readonly abilities: {
    readonly buttons: boolean;
    /** Most characters (UTF-16 units) of one message. */
    readonly textMax: number;
  };
  /** Now, milliseconds since the Unix epoch. */
  readonly at: number;
}

/** minimal: tool, agent, behalf and risk; decisive: what a decision needs besides; full: every argument and the claim. */
export type PrivacyLevel = "minimal" | "decisive" | "full";

/** What is known of a value: what its argument is for, where it came from, who may read it, which server gets it. */
export type PrivacyLabel =
  | `role:${FlowRole}`
  | `origin:${Origin}`
  | "readers:restricted"
  | `server:${string}`;

export interface CardPrivacy {
  readonly level: PrivacyLevel;
  /** Values with one of these are left out, whatever the level. */
  readonly withheld: readonly PrivacyLabel[];
  /** True: a face of Doorward's own (console, terminal): it renders text inert itself, and the reader has signed in. */
  readonly isOurs?: boolean;
}
