import { type Digest, digestOf } from "#base";
import type { Effect, FlowEffect, FlowRole } from "#vocabulary";

/** What a person reviewed of one tool: what it does, what its arguments are for, and whose words its results are. */
export interface ToolManifest {
  /** Server and tool, as `server/tool`. */
  readonly tool: string;
  readonly effect: FlowEffect;
  /** The effect when one of these arguments holds something: an event with participants is sent to them. */
  readonly effectIf?: Readonly<Record<string, FlowEffect>>;
  /** By top-level argument. An argument without a role is content, unless its name or value is an address: `cc`. */
  readonly roles: Readonly<Record<string, FlowRole>>;
  readonly output: OutputLabel;
  /** For whoever decides about a call: `Send an e-mail to {to} about {subject}`. Absent: effect and roles say it. */
  readonly summary?: string;
  /** Arguments that name what can change after a yes: a file, a branch, a page (T11). */
  readonly mutable?: readonly string[];
}

/** What is known of the results of a tool. */
export interface OutputLabel {
  /** `trusted`: written by the platform or the organisation, never by outsiders. */
  readonly integrity: "trusted" | "untrusted";
  /** Trusted where every path and command of the call stays within the folders opened to the session. */
  readonly inFolders?: boolean;
  /** Nobody but the user may read it, whatever it says of its audience. */
  readonly confidential?: boolean;
  /** Other labels for some of what it may be asked for: the first that fits counts. */
  readonly resources?: readonly ResourceLabel[];
  /** Whose records are trusted whatever the tool: addresses, or domains as `@example.org`. */
  readonly trustedAuthors?: readonly string[];
  /** Its rows are people, accounts or channels that the organisation vouches for. */
  readonly directory?: boolean;
}

/** Results of calls whose argument names something below a place: `path` under `/work/notes`, `uri` under `wiki://`. */
export interface ResourceLabel {
  readonly argument: string;
  readonly under: string;
  readonly integrity: "trusted" | "untrusted";
}

export function isTrustedAuthor({ output }: ToolManifest, author: string): boolean {
  const address = author.trim().toLowerCase();
  const domain = address.slice(address.lastIndexOf("@"));
  return (output.trustedAuthors ?? []).some((one) => [address, domain].includes(one.toLowerCase()));
}

/** A tool that nobody reviewed: an untrusted source, and of unknown effect. */
export function unlabelled(tool: string): ToolManifest {
  return { tool, effect: "unknown", roles: {}, output: { integrity: "untrusted" } };
}

export function isLabelled(manifest: ToolManifest): boolean {
  return manifest.effect !== "unknown";
}

/** Digest of what it says of the tool's calls: another review gives another. What it says of results is not in it. */
export function manifestDigest({ effect, effectIf, roles, mutable = [] }: ToolManifest): Digest {
  return digestOf({ effect, effectIf: { ...effectIf }, roles: { ...roles }, mutable: [...mutable] });
}

const EFFECTS: Readonly<Record<FlowEffect, readonly [Effect, ...Effect[]]>> = {
  read: ["read"],
  fetch: ["outbound", "read"],
  write: ["write"],
  send: ["outbound", "write"],
  money: ["destructive", "outbound"],
  account: ["destructive"],
  destroy: ["destructive"],
  book: ["outbound", "write"],
  membership: ["outbound", "write"],
  execute: ["destructive", "outbound"],
  unknown: ["destructive", "outbound"],
};

/** The effects that policies speak of, for a reviewed one. */
export function effectsFor(effect: FlowEffect): readonly [Effect, ...Effect[]] {
  return EFFECTS[effect];
}
