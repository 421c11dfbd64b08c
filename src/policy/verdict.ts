import { Fault, unreachable } from "#base";
import type { Ground, Refusal, Verb, Verdict } from "#vocabulary";
import { DEFAULT_DENY, HOLD_EXPIRES_DEFAULT_MS } from "./annotations.ts";
import type { Judgement } from "./judge.ts";
import { policyIdOf } from "./policy-id.ts";
import type { PolicySet } from "./policy-set.ts";
import { type PrincipalFacts, type Question, serversOf } from "./question.ts";
import type { Rule } from "./rule.ts";
import { clip, fill, titleOf, type Words, wordsOf } from "./texts.ts";

export interface Judged {
  readonly principal: PrincipalFacts;
  readonly judgement: Judgement;
}

/** Over the chain: deny beats hold beats allow; the groups and grounds of all holds unite. */
export function merge(set: PolicySet, question: Question, judged: readonly Judged[]): Verdict {
  const words = wordsOf(question);
  const refusing = judged.flatMap(({ principal, judgement }) =>
    isRefusing(judgement) ? [{ principal, judgement }] : [],
  );
  const gravest = refusing.toSorted((a, b) => gravity(a.judgement) - gravity(b.judgement))[0];
  if (gravest !== undefined)
    return refusalOf({ set, question, words, principal: gravest.principal }, gravest.judgement);
  const forbids = judged.flatMap(({ judgement }) => (judgement.kind === "hold" ? judgement.forbids : []));
  if (forbids.length > 0) return holdOf(set, words, distinct(forbids));
  const permits = judged.flatMap(({ judgement }) => (judgement.kind === "allow" ? judgement.permits : []));
  const rules = [...new Set(permits)].toSorted().flatMap((id) => set.byId.get(id) ?? []);
  const grounds = rules.map((rule) => groundOf(rule, words));
  return { kind: "allow", policySet: set.digest, grounds, ...marksOf(rules) };
}

function marksOf(permits: readonly Rule[]): { readonly marks?: readonly string[] } {
  const marks = new Set(permits.flatMap(({ mark }) => (mark === null ? [] : [mark])));
  return marks.size === 0 ? {} : { marks: [...marks].toSorted() };
}

interface Case {
  readonly set: PolicySet;
  readonly question: Question;
  readonly words: Words;
  readonly principal: PrincipalFacts;
}

/** Kinds of judgement that refuse. */
type Refusing = Exclude<Judgement, { kind: "allow" | "hold" }>;

function isRefusing(judgement: Judgement): judgement is Refusing {
  return judgement.kind !== "allow" && judgement.kind !== "hold";
}

/** Which refusal speaks for the chain: doubt first, because it hides what the policies would have said. */
function gravity(judgement: Refusing): number {
  return ["policy_error", "doubtful", "forbidden", "silent"].indexOf(judgement.kind);
}

function refusalOf(about: Case, judgement: Refusing): Refusal {
  switch (judgement.kind) {
    case "policy_error":
      return erred(about, judgement);
    case "doubtful":
      return doubtful(about, judgement);
    case "forbidden":
      return forbidden(about, judgement.forbids);
    case "silent":
      return silent(about);
    default:
      return unreachable(judgement);
  }
}

function forbidden({ set, words, principal }: Case, forbids: readonly Rule[]): Refusal {
  const grounds = forbids.map((rule) => groundOf(rule, words));
  const remedy = forbids.find((rule) => rule.remedy !== null)?.remedy;
  return {
    kind: "deny",
    policySet: set.digest,
    grounds,
    code: "policy_forbids",
    reason: clip(`${words.who} may not ${words.deed}: ${sentences(grounds)}${through(words, principal)}`),
    remedy: fill(
      remedy ??
        `Ask an admin to change policy "${forbids[0]?.id ?? ""}" if this should be possible: doorward policy show.`,
      words,
    ),
  };
}

/** A policy text may be older than these verbs: then the refusal says what to add. */
const NEW_VERBS: Readonly<Partial<Record<Verb, string>>> = {
  "models/generate": "use-models",
  "models/embed": "use-embeddings",
  "models/host-tool": "use-hosted-tools",
  "models/fetch-url": "let-upstreams-fetch",
};

/** What the starter policy has for the web since there is an http door. */
const WEB_PERMITS: Readonly<Partial<Record<Verb, readonly [id: string, hosts: string]>>> = {
  "http/read": ["web-read", "readHosts"],
  "http/write": ["web-write", "writeHosts"],
  "http/delete": ["web-delete-granted", "writeHosts"],
  "http/open": ["web-open", "writeHosts"],
  "http/message": ["web-message", "writeHosts"],
  "http/tunnel": ["web-tunnel-granted", "writeHosts"],
};

/** Who may not reach a host needs a grant of it; who has one, a policy text that knows of such grants. */
function webRemedy({ words, principal, question }: Case): string | null {
  const { verb, target } = question.action;
  const permit = WEB_PERMITS[verb];
  if (permit === undefined || principal.type !== "Agent") return null;
  const [id, hosts] = permit;
  const granted = principal[hosts === "readHosts" ? "readHosts" : "writeHosts"] ?? [];
  const names = serversOf(target.server).map((one) => one.id);
  if (names.some((name) => granted.includes(name)))
    return `The host is granted, and the active policy text does not know of such grants. An admin adds: @id("${id}") permit (principal is Doorward::Agent, action == Doorward::Action::"${verb}", resource) when { resource in principal.${hosts} }; with doorward policy show and doorward policy activate FILE.`;
  const host = target.server.replace(/^web:/, "");
  const access = hosts === "readHosts" ? "read" : "write";
  const option = verb === "http/tunnel" ? " --pass-through" : "";
  return fill(
    `If agent {agent} should reach ${host}, an admin says so: doorward hosts grant {agent} ${host} --access ${access}${option}`,
    words,
  );
}

function permitFor(verb: Verb, { type }: PrincipalFacts): string {
  const id = NEW_VERBS[verb];
  if (id === undefined) return "";
  return ` For example: @id("${id}") permit (principal is Doorward::${type}, action == Doorward::Action::"${verb}", resource in Doorward::Server::"{server}");`;
}

function silent(about: Case): Refusal {
  const { set, words, principal, question } = about;
  const reason = `No policy permits ${titleOf(principal)} to ${words.deed}, and what no policy permits is denied.`;
  return {
    kind: "deny",
    policySet: set.digest,
    grounds: [{ policy: policyIdOf(DEFAULT_DENY), reason: clip(reason) }],
    code: "no_permit",
    reason: clip(`${words.who} may not ${words.deed}: ${reason}`),
    remedy:
      webRemedy(about) ??
      fill(
        `If agent {agent} should do this, an admin adds a permit for it to the policy text, tries it with doorward policy check FILE, and puts it in force with doorward policy activate FILE.${permitFor(question.action.verb, principal)}`,
        words,
      ),
  };
}

function erred(
  { set, words, principal }: Case,
  { errors }: Extract<Judgement, { kind: "policy_error" }>,
): Refusal {
  const grounds = errors.map(({ policy, message }) => ({
    policy,
    reason: clip(`Policy "${policy}" could not be evaluated: ${message}.`),
  }));
  const ids = errors.map(({ policy }) => policy).join(", ");
  return {
    kind: "deny",
    policySet: set.digest,
    grounds,
    code: "policy_error",
    reason: clip(`${words.who} may not ${words.deed}: ${sentences(grounds)}${through(words, principal)}`),
    remedy: clip(
      `A forbid that cannot be evaluated denies. Mend ${ids} (ask "context.input has NAME" before using an optional argument, and look at doorward tools list for changed tools), then: doorward policy check FILE and doorward policy activate FILE.`,
    ),
  };
}

function doubtful({ set, words }: Case, { names, rules }: Extract<Judgement, { kind: "doubtful" }>): Refusal {
  const list = clip(names.join(", "));
  const reason = `It decides on ${list}, which is missing or not of the type that the accepted definition of ${words.target} gives it.`;
  return {
    kind: "deny",
    policySet: set.digest,
    grounds: rules.map((rule) => ({ policy: rule.id, reason: clip(reason) })),
    code: "arguments_mismatch",
    reason: clip(
      `${words.who} may not ${words.deed}: policy "${rules[0]?.id ?? ""}" decides on the argument ${list}, which is missing or not of the type that the accepted tool definition gives it.`,
    ),
    remedy: clip(`Send ${list} as the tool's input schema asks (integers below 2^53), then call again.`),
  };
}

function holdOf(set: PolicySet, words: Words, forbids: readonly Rule[]): Verdict {
  const terms = forbids.flatMap((rule) => rule.hold ?? []);
  const groups = [...new Set(terms.map(({ group }) => group))].toSorted();
  const grounds = forbids.map((rule) => groundOf(rule, words));
  const remedy = forbids.find((rule) => rule.remedy !== null)?.remedy;
  return {
    kind: "hold",
    policySet: set.digest,
    grounds,
    groups,
    reason: clip(
      `${words.who} wants to ${words.deed}, which waits for a yes from ${groups.join(" and from ")}: ${sentences(grounds)}`,
    ),
    remedy: fill(
      remedy ??
        "Wait: an approver sees it with doorward approvals list and answers with doorward approvals approve ID or doorward approvals deny ID.",
      words,
    ),
    terms,
    expiresAfterMs: Math.min(...terms.map((one) => one.expiresAfterMs ?? HOLD_EXPIRES_DEFAULT_MS)),
  };
}

/** Doubt about our own machinery denies, whatever went wrong. */
export function failedClosed(set: PolicySet, question: Question, cause: unknown): Refusal {
  const words = wordsOf(question);
  const fault =
    cause instanceof Fault
      ? cause
      : new Fault(
          "policy_failed",
          "the policy engine failed",
          "Nothing was sent. Report this with the log line.",
          cause,
        );
  const isOurs = fault.code !== "tool_unknown";
  return {
    kind: "deny",
    policySet: set.digest,
    grounds: [],
    code: isOurs ? "policy_failed" : fault.code,
    reason: clip(`${words.who} may not ${words.deed}: ${fault.message}.`),
    remedy: clip(fault.remedy),
  };
}

export function groundOf(rule: Rule, words: Words): Ground {
  const silence = rule.effect === "permit" ? "It is permitted by policy" : "It is forbidden by policy";
  return {
    policy: rule.id,
    reason: rule.reason === null ? `${silence} "${rule.id}".` : fill(rule.reason, words),
  };
}

/** Who of the chain was refused, where it is not the acting agent. */
function through(words: Words, principal: PrincipalFacts): string {
  const isActing = principal.type === "Agent" && principal.name === words.agent;
  return isActing ? "" : ` (That holds for ${titleOf(principal)}, in whose name it acts.)`;
}

function sentences(grounds: readonly Ground[]): string {
  return grounds.map((ground) => ground.reason).join(" ");
}

function distinct(rules: readonly Rule[]): Rule[] {
  const unique = new Map(rules.map((rule) => [rule.id, rule]));
  return [...unique.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
