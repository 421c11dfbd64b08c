import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { digestOfBytes, Fault } from "#base";
import {
  createSharing,
  indexByScope,
  type Policy,
  readPolicy as readCompiled,
  safeText,
  type Sharing,
  withExactIntegers,
} from "#cedar";
import type { PolicyId } from "#vocabulary";
import { type Notes, readAnnotations } from "./annotations.ts";
import { compiledEvaluator } from "./compiled-evaluator.ts";
import { nestingOf, NESTING_MAX } from "./nesting.ts";
import type { PolicySet } from "./policy-set.ts";
import { byteOffsetOf, positionOf, type Problem, PROBLEMS_MAX, problemsOf } from "./problem.ts";
import type { ToolShape } from "./question.ts";
import { argumentsRead, budgetIsRead, flowIsRead, modelIsRead } from "./reads.ts";
import type { Rule } from "./rule.ts";
import { cedarSchema, type InputTypes, inputTypesOf } from "./schema.ts";

export type Compiled =
  | { readonly ok: true; readonly set: PolicySet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const POLICY_TEXT_BYTES_MAX = 1_048_576;
export const POLICIES_MAX = 5000;

/**
 * Parses a policy text and validates it against the accepted tools.
 *
 * With `purpose` "activate" (the default) whatever does not validate is a problem and nothing comes of it. With
 * "reload", for a text that was valid when it was activated, a policy that the tools no longer fit becomes a warning
 * and is broken: such a permit is never satisfied, such a forbid errs wherever its scope matches. So a server that
 * goes away never opens a door, and never shuts all of them.
 */
export function compilePolicies(
  text: string,
  tools: readonly ToolShape[],
  purpose: "activate" | "reload" = "activate",
): Compiled {
  const parts = split(text);
  if (!parts.ok) return parts;
  const sharing = createSharing();
  const read = parts.texts.map((part) => readPolicy(text, part, sharing));
  const problems = [...read.flatMap((policy) => policy.problems), ...duplicates(text, read)];
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, PROBLEMS_MAX) };
  const rules = read.flatMap((policy) => (policy.rule === null ? [] : [policy.rule]));
  const warnings = read.flatMap((policy) => policy.warnings);
  const inputs = inputTypesOf(tools);
  const validation = validate(text, rules, cedarSchema(tools, inputs));
  const fatal = validation.fatal || purpose === "activate";
  if (fatal && validation.errors.length > 0)
    return { ok: false, problems: validation.errors.slice(0, PROBLEMS_MAX) };
  return {
    ok: true,
    set: policySet({ text, tools }, withBroken(rules, validation.errors), inputs),
    warnings: [...warnings, ...validation.errors, ...validation.warnings].slice(0, PROBLEMS_MAX),
  };
}

function policySet(
  { text, tools }: Pick<PolicySet, "text" | "tools">,
  rules: readonly Rule[],
  inputs: InputTypes,
): PolicySet {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    digest: digestOfBytes(text),
    text,
    tools,
    rules: sorted,
    byId: new Map(sorted.map((rule) => [rule.id, rule])),
    index: indexByScope(sorted),
    inputs,
    evaluator: compiledEvaluator,
  };
}

type Parts = { readonly ok: true; readonly texts: readonly string[] } | Extract<Compiled, { ok: false }>;

function split(text: string): Parts {
  const refused = unreadable(text);
  if (refused !== null) return { ok: false, problems: [{ message: refused }] };
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure") {
    return { ok: false, problems: parts.errors.flatMap((error) => problemsOf(error, { text })) };
  }
  if (parts.policy_templates.length > 0) {
    const message = "the text holds a template (?principal or ?resource), which Doorward has no use for";
    return { ok: false, problems: [{ message, help: "write a policy for each principal or group" }] };
  }
  if (parts.policies.length === 0 || parts.policies.length > POLICIES_MAX) {
    const message =
      parts.policies.length === 0
        ? "the text holds no policy; with it everything would be denied"
        : `the text holds ${parts.policies.length} policies; at most ${POLICIES_MAX} are read`;
    return { ok: false, problems: [{ message }] };
  }
  return { ok: true, texts: parts.policies };
}

/** Why the text may not even be given to the parser: it must not be able to exhaust it. */
function unreadable(text: string): string | null {
  if (!text.isWellFormed()) return "the text is not well-formed Unicode";
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > POLICY_TEXT_BYTES_MAX) {
    return `the text has ${bytes} bytes; at most ${POLICY_TEXT_BYTES_MAX} are read`;
  }
  const depth = nestingOf(text);
  return depth > NESTING_MAX
    ? `a policy nests ${depth} deep, and at most ${NESTING_MAX} is read; split it, or put long lists in [ ] with contains`
    : null;
}

interface ReadPolicy {
  readonly text: string;
  readonly id: string | null;
  readonly rule: Rule | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function readPolicy(text: string, part: string, sharing: Sharing): ReadPolicy {
  const parsed = cedar.policyToJson(part);
  if (parsed.type === "failure") {
    const problems = parsed.errors.flatMap((error) => problemsOf(error, { text: part }));
    return { text: part, id: null, rule: null, problems, warnings: [] };
  }
  const { effect, annotations = {} } = parsed.json;
  const notes = readAnnotations(annotations, effect);
  const at = {
    ...(notes.id === null ? {} : { policy: notes.id }),
    ...positionOf(text, byteOffsetOf(text, part)),
  };
  const closures = notes.id === null ? null : closuresOf(notes.id, part, parsed.json, sharing);
  const refused = closures === null || closures.ok ? [] : [closures.problem];
  const problems = [...notes.problems, ...refused].map((message) => ({ message, ...at }));
  const warnings = notes.warnings.map((message) => ({ message, ...at }));
  const rule = closures?.ok
    ? { ...closures.policy, ...ruleFacts(part, parsed.json), ...wordsOf(notes) }
    : null;
  return { text: part, id: notes.id, rule, problems, warnings };
}

type Closures =
  | { readonly ok: true; readonly policy: Policy & { readonly id: PolicyId } }
  | { readonly ok: false; readonly problem: string };

/** A problem where our engine does not take what the official one parsed, such as its call `unknown`. */
function closuresOf(id: PolicyId, part: string, json: cedar.PolicyJson, sharing: Sharing): Closures {
  const { text, integers } = safeText(part);
  const exact = integers.size === 0 ? json : jsonOf(text);
  try {
    return { ok: true, policy: readCompiled(id, withExactIntegers(exact, integers), {}, sharing) };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { ok: false, problem: cause.message };
  }
}

function jsonOf(text: string): unknown {
  const parsed = cedar.policyToJson(text);
  return parsed.type === "failure" ? null : parsed.json;
}

type RuleWords = Pick<Rule, "reason" | "remedy" | "hold" | "grantable" | "mark">;

function wordsOf({ reason, remedy, hold, grantable, mark }: Notes): RuleWords {
  return { reason, remedy, hold, grantable, mark };
}

function ruleFacts(
  text: string,
  { conditions }: cedar.PolicyJson,
): Pick<Rule, "text" | "reads" | "readsBudget" | "readsFlow" | "readsModel" | "broken"> {
  return {
    text,
    reads: argumentsRead(conditions),
    readsBudget: budgetIsRead(conditions),
    readsFlow: flowIsRead(conditions),
    readsModel: modelIsRead(conditions),
    broken: null,
  };
}

function duplicates(text: string, policies: readonly ReadPolicy[]): Problem[] {
  const seen = new Set<string>();
  return policies.flatMap(({ id, text: part }) => {
    if (id === null) return [];
    const isAgain = seen.has(id);
    seen.add(id);
    if (!isAgain) return [];
    const message = `@id("${id}") is used twice; every policy needs its own name`;
    return [{ message, policy: id, ...positionOf(text, byteOffsetOf(text, part)) }];
  });
}

interface Validation {
  /** The validator itself could not run: nothing can be said of any policy. */
  readonly fatal: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function validate(text: string, rules: readonly Rule[], schema: cedar.SchemaJson<string>): Validation {
  const staticPolicies = Object.fromEntries(rules.map((rule) => [rule.id, rule.text]));
  const answer = cedar.validate({ schema, policies: { staticPolicies } });
  if (answer.type === "failure") {
    const errors = answer.errors.flatMap((error) => problemsOf(error, { text }));
    return { fatal: true, errors, warnings: [] };
  }
  const bases = new Map(rules.map((rule) => [rule.id as string, byteOffsetOf(text, rule.text)]));
  const told = ({ policyId, error }: cedar.ValidationError): Problem[] =>
    problemsOf(error, { text, base: bases.get(policyId) ?? 0, policy: policyId });
  return {
    fatal: false,
    errors: answer.validationErrors.flatMap(told),
    warnings: answer.validationWarnings.flatMap(told),
  };
}

function withBroken(rules: readonly Rule[], errors: readonly Problem[]): Rule[] {
  const broken = new Map(errors.map((error) => [error.policy, error.message]));
  return rules.map((rule) => ({ ...rule, broken: broken.get(rule.id) ?? null }));
}
