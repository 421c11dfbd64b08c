import type { PolicyId } from "#vocabulary";
import { isPolicyId } from "./policy-id.ts";
import type { HoldTerms } from "./rule.ts";

/** What an author wrote about a policy, or what is wrong with it. */
export interface Notes {
  readonly id: PolicyId | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly hold: HoldTerms | null;
  readonly mark: string | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type Annotations = Readonly<Record<string, string | null>>;

export const HOLD_EXPIRES_DEFAULT_MS = 3_600_000;
export const HOLD_EXPIRES_MAX_MS = 30 * 86_400_000;
/** The name verdicts give to silence; no policy may take it. */
export const DEFAULT_DENY = "default-deny";
/** How a hold says that the agent's owner may not answer for it. */
export const NOT_OWNER = "not-owner";

const KNOWN = ["id", "reason", "remedy", "hold", "expires", "mark"];
const MARK = /^[a-z][a-z0-9-]{0,62}$/;
const GROUP = /^[\p{L}\p{N}][\p{L}\p{N} ._@/-]{0,62}$/u;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `@id @reason @remedy @hold("group") @expires("1h") @mark("ai-generated")` of one policy. */
export function readAnnotations(annotations: Annotations, effect: "permit" | "forbid"): Notes {
  const problems: string[] = [];
  const hold = readHold(annotations, effect, problems);
  return {
    id: readId(annotations, problems),
    reason: readText(annotations, "reason", problems),
    remedy: readText(annotations, "remedy", problems),
    hold,
    mark: readMark(annotations, effect, problems),
    problems,
    warnings: warningsOf(annotations, effect),
  };
}

function readId(annotations: Annotations, problems: string[]): PolicyId | null {
  const id = annotations["id"] ?? "";
  if (id === "") problems.push('the policy has no name: begin it with @id("short-name")');
  else if (id === DEFAULT_DENY) {
    problems.push(`@id("${id}") is what Doorward calls the answer when no policy permits; choose another`);
  } else if (isPolicyId(id)) return id;
  else {
    problems.push(
      `@id("${id}") must be 1 to 64 of a-z, 0-9, ".", "_" and "-", and begin with a letter or digit`,
    );
  }
  return null;
}

function readText(annotations: Annotations, name: "reason" | "remedy", problems: string[]): string | null {
  if (!Object.hasOwn(annotations, name)) return null;
  const text = (annotations[name] ?? "").trim();
  if (text !== "") return text;
  problems.push(`@${name} is empty: write a sentence for people, or leave it out`);
  return null;
}

function readHold(annotations: Annotations, effect: string, problems: string[]): HoldTerms | null {
  const isHold = Object.hasOwn(annotations, "hold");
  if (!isHold && Object.hasOwn(annotations, "expires"))
    problems.push("@expires has no meaning without @hold");
  if (!isHold) return null;
  if (effect !== "forbid") {
    problems.push("@hold stands on a permit; only a forbid can be held until people lift it");
    return null;
  }
  const group = readGroup(annotations["hold"] ?? "", problems);
  const expiresAfterMs = readExpiry(annotations, problems);
  return group === null || expiresAfterMs === null ? null : { group, expiresAfterMs };
}

function readMark(annotations: Annotations, effect: string, problems: string[]): string | null {
  if (!Object.hasOwn(annotations, "mark")) return null;
  const mark = annotations["mark"] ?? "";
  if (effect !== "permit")
    problems.push("@mark stands on a forbid; only what a permit lets through is marked");
  else if (MARK.test(mark)) return mark;
  else {
    problems.push(
      `@mark("${mark}") must be a word of 1 to 63 of a-z, 0-9 and "-" that begins with a letter, such as @mark("ai-generated")`,
    );
  }
  return null;
}

/** `group` or `group, not-owner`, in one canonical spelling. */
function readGroup(text: string, problems: string[]): string | null {
  const [group = "", option, ...rest] = text.split(",").map((part) => part.trim());
  const isKnown = GROUP.test(group) && rest.length === 0 && (option === undefined || option === NOT_OWNER);
  if (isKnown) return option === undefined ? group : `${group}, ${option}`;
  problems.push(
    `@hold("${text}") must name a group, such as @hold("admins") or @hold("admins, ${NOT_OWNER}")`,
  );
  return null;
}

function readExpiry(annotations: Annotations, problems: string[]): number | null {
  if (!Object.hasOwn(annotations, "expires")) return HOLD_EXPIRES_DEFAULT_MS;
  const text = annotations["expires"] ?? "";
  const [, count = "", unit = ""] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (ms > 0 && ms <= HOLD_EXPIRES_MAX_MS) return ms;
  problems.push(`@expires("${text}") must be a time of at most 30 days, such as "30m", "1h" or "2d"`);
  return null;
}

function warningsOf(annotations: Annotations, effect: string): string[] {
  const unknown = Object.keys(annotations).filter((name) => !KNOWN.includes(name));
  const warnings = unknown.map(
    (name) => `@${name} means nothing to Doorward (known: ${KNOWN.map((k) => `@${k}`).join(", ")})`,
  );
  const isSilent = effect === "forbid" && !Object.hasOwn(annotations, "reason");
  return isSilent ? [...warnings, "the forbid has no @reason, so people will only see its name"] : warnings;
}
