import { readDuration, readEscalation, readRequirement, requirementText } from "#approvals";
import type { GrantTerms, HoldTerms, PolicyId } from "#vocabulary";
import { readGrantable } from "./grantable.ts";
import { isPolicyId } from "./policy-id.ts";

/** What an author wrote about a policy, or what is wrong with it. */
export interface Notes {
  readonly id: PolicyId | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly hold: HoldTerms | null;
  readonly grantable: GrantTerms | null;
  readonly mark: string | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type Annotations = Readonly<Record<string, string | null>>;

/** How long a request waits where neither its rule nor the settings say so. */
export const HOLD_EXPIRES_DEFAULT_MS = 3_600_000;
export const HOLD_EXPIRES_MAX_MS = 30 * 86_400_000;
/** The name verdicts give to silence; no policy may take it. */
export const DEFAULT_DENY = "default-deny";
/** How a hold says that nobody else may ever answer for it, whatever the settings say. */
const NEVER = "never";

const OF_HOLDS = ["expires", "escalate", "breakglass"] as const;
const KNOWN = ["id", "reason", "remedy", "hold", ...OF_HOLDS, "mark", "grantable"];
const MARK = /^[a-z][a-z0-9-]{0,62}$/;

/** Reads `@id @reason @remedy @hold("group") @expires("1h") @escalate("15m leads") @breakglass("oncall") @mark("ai-generated")` of one policy. */
export function readAnnotations(annotations: Annotations, effect: "permit" | "forbid"): Notes {
  const problems: string[] = [];
  const hold = readHold(annotations, effect, problems);
  return {
    id: readId(annotations, problems),
    reason: readText(annotations, "reason", problems),
    remedy: readText(annotations, "remedy", problems),
    hold,
    grantable: readGrant(annotations, problems),
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
  if (!isHold) {
    const idle = OF_HOLDS.filter((name) => Object.hasOwn(annotations, name));
    problems.push(...idle.map((name) => `@${name} has no meaning without @hold`));
    return null;
  }
  if (effect !== "forbid") {
    problems.push("@hold stands on a permit; only a forbid can be held until people lift it");
    return null;
  }
  const group = readGroup(annotations["hold"] ?? "", problems);
  const expiresAfterMs = readExpiry(annotations, problems);
  const escalation = readSteps(annotations, expiresAfterMs, problems);
  const glass = readGlass(annotations, problems);
  return group === null ? null : { group, expiresAfterMs, escalation, glass };
}

function readGrant(annotations: Annotations, problems: string[]): GrantTerms | null {
  if (!Object.hasOwn(annotations, "grantable")) return null;
  const text = annotations["grantable"] ?? "";
  const terms = readGrantable(text);
  if (terms === null) {
    problems.push(
      `@grantable("${text}") must say for what, how often and how long a yes may be given, such as @grantable("session, destination, pattern; 20 times; 8h"): at most 1000 times and 7 days`,
    );
  }
  if (!Object.hasOwn(annotations, "hold")) problems.push("@grantable has no meaning without @hold");
  return terms;
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

/** `group`, `group, 2, not-owner, not-requester`: in one canonical spelling. */
function readGroup(text: string, problems: string[]): string | null {
  const read = readRequirement(text);
  if (read !== null) return requirementText(read);
  problems.push(
    `@hold("${text}") must name a group, such as @hold("admins"), and may add how many of it (2 to 10), "not-owner" and "not-requester", such as @hold("finance, 2, not-owner")`,
  );
  return null;
}

function readExpiry(annotations: Annotations, problems: string[]): number | null {
  if (!Object.hasOwn(annotations, "expires")) return null;
  const text = annotations["expires"] ?? "";
  const ms = readDuration(text);
  if (ms !== null && ms <= HOLD_EXPIRES_MAX_MS) return ms;
  problems.push(`@expires("${text}") must be a time of at most 30 days, such as "30m", "1h" or "2d"`);
  return null;
}

/** A step that comes after the end is a mistake somebody would only notice when it matters. */
function readSteps(
  annotations: Annotations,
  expiresAfterMs: number | null,
  problems: string[],
): HoldTerms["escalation"] {
  if (!Object.hasOwn(annotations, "escalate")) return null;
  const text = (annotations["escalate"] ?? "").trim();
  if (text === NEVER) return [];
  const steps = readEscalation(text);
  const last = steps?.at(-1);
  if (steps === null || last === undefined) {
    problems.push(
      `@escalate("${text}") must be "${NEVER}", or times that grow with a group each, such as @escalate("15m leads, 1h admins")`,
    );
  } else if (expiresAfterMs !== null && last.afterMs >= expiresAfterMs) {
    problems.push(
      `@escalate("${text}") reaches group "${last.group}" only when the request has expired: begin earlier, or give it longer with @expires`,
    );
  }
  return steps;
}

function readGlass(annotations: Annotations, problems: string[]): string | null {
  if (!Object.hasOwn(annotations, "breakglass")) return null;
  const text = annotations["breakglass"] ?? "";
  const read = readRequirement(text);
  if (read?.count === 1) return requirementText(read);
  problems.push(
    `@breakglass("${text}") must name the group of those who may, such as @breakglass("oncall") or @breakglass("oncall, not-owner"); one of them is enough`,
  );
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
