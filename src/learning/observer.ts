import type { Json, JsonObject } from "#base";
import type { Question, RecordedAction, RecordType, TestedLabels } from "#policy";
import type { Effect, FlowFacts, FlowRole, Origin, Verb } from "#vocabulary";
import { type FieldSeen, hasStepUp, newField, notice } from "./seen.ts";

/** Calls of one tool, or actions of one verb on one target, as far as a rule can be made of them. */
export interface TargetSeen {
  readonly verb: Verb;
  readonly server: string;
  /** Tool, prompt or model; null where the target is an address, which is then the field `uri`. */
  readonly name: string | null;
  readonly effects: readonly [Effect, ...Effect[]];
  count: number;
  readonly firstAt: number;
  lastAt: number;
  readonly examples: string[];
  /** By path: `to`, `options.depth`. Only what a policy can see. */
  readonly fields: Map<string, FieldSeen>;
  /** A few calls, for tests. */
  readonly samples: Sample[];
}

/** One call: its arguments, and where they came from as it was recorded. */
export interface Sample {
  readonly values: JsonObject;
  readonly flow: FlowFacts | null;
}

/** What is known of tools when their calls are looked at. */
export interface Known {
  /** What policy sees of a tool's arguments; undefined where the tool is not accepted. */
  readonly input: (server: string, name: string) => RecordType | undefined;
  /** What an argument is for. */
  readonly role: (server: string, name: string, argument: string) => FlowRole;
  /** What the manifests in force now say of calls. */
  readonly labels: TestedLabels;
}

export interface Observer {
  /** Why it is left out; null: something is learned from it. */
  readonly add: (recorded: RecordedAction) => string | null;
  readonly targets: () => readonly TargetSeen[];
}

/** Targets of one agent; more are no profile. */
const TARGETS_MAX = 500;
const EXAMPLES_MAX = 3;
const SAMPLES_MAX = 3;
const SAMPLE_CHARS_MAX = 2_000;

const UNTRUSTED = "a value of it stood in what others wrote (T18)";
const OVERFLOWED =
  "the session had outgrown what is traced, so that nobody knows where values came from (T18)";
const TAINTED =
  "the session had read what others wrote, and neither the user's words nor anything reliable asked for just this (T18)";
const BULK = "it names everything at once";
const SECRET = "it sets a password or key, which no rule may repeat";
const STEP_UP = "a path of it steps up out of its folder";
const NOT_ACCEPTED = "the tool is not accepted any more";
const TOO_MANY = "the agent used more different tools than a policy is made for";

/** Collects what an agent was seen doing. Memory is bounded, however much it did. */
export function createObserver(known: Known): Observer {
  const targets = new Map<string, TargetSeen>();
  return {
    targets: () => [...targets.values()],
    add: (recorded) => {
      const { question } = recorded;
      const why = distrusted(question) ?? unfit(question, known);
      if (why !== null) return why;
      const target = targetOf(targets, recorded);
      if (target === null) return TOO_MANY;
      target.count += 1;
      target.lastAt = recorded.at;
      if (target.examples.length < EXAMPLES_MAX) target.examples.push(recorded.id);
      const values = valuesOf(question);
      if (target.samples.length < SAMPLES_MAX && JSON.stringify(values).length <= SAMPLE_CHARS_MAX)
        target.samples.push({ values, flow: question.flow ?? null });
      collect(target, question, known);
      return null;
    },
  };
}

/**
 * T18: what others may have put into the agent's head is nothing to learn from. In a session that read what they wrote,
 * only what is grounded whole and, unless it only reads, asked for by the user's words.
 */
function distrusted({ flow }: Question): string | null {
  if (flow === undefined) return null;
  const origins = originsIn(flow.origins);
  if (origins.includes("untrusted")) return UNTRUSTED;
  if (flow.overflowed) return OVERFLOWED;
  if (!flow.tainted) return null;
  const isGrounded = flow.labelled && !origins.includes("model");
  return isGrounded && (flow.effect === "read" || flow.asked) ? null : TAINTED;
}

function originsIn(origins: Readonly<Record<string, readonly Origin[]>>): readonly Origin[] {
  return Object.values(origins).flat();
}

const EVERYTHING = /^(?:all|any|every(?:thing|one|body)?|[*%.]+|\/+|~\/?)$/iu;
const NAMING: ReadonlySet<FlowRole> = new Set(["destination", "account", "path", "selector", "command"]);

function unfit({ action }: Question, known: Known): string | null {
  const { verb, target } = action;
  if (verb !== "tools/call") return isAddressed(verb) && hasStepUp(target.name) ? STEP_UP : null;
  const { server, name } = target;
  if (known.input(server, name) === undefined) return NOT_ACCEPTED;
  for (const [argument, value] of Object.entries(action.arguments)) {
    const role = known.role(server, name, argument);
    if (role === "credential") return SECRET;
    const texts = [value].flat().filter((one): one is string => typeof one === "string");
    if (NAMING.has(role) && texts.some((one) => EVERYTHING.test(one.trim()))) return BULK;
    if (role === "path" && texts.some(hasStepUp)) return STEP_UP;
  }
  return null;
}

function targetOf(targets: Map<string, TargetSeen>, { at, question }: RecordedAction): TargetSeen | null {
  const { action, facts } = question;
  const { verb, target } = action;
  const name = isAddressed(verb) ? null : target.name;
  const key = JSON.stringify([verb, target.server, name]);
  const known = targets.get(key);
  if (known !== undefined || targets.size >= TARGETS_MAX) return known ?? null;
  const made: TargetSeen = {
    verb,
    server: target.server,
    name,
    effects: facts.effects,
    count: 0,
    firstAt: at,
    lastAt: at,
    examples: [],
    fields: new Map(),
    samples: [],
  };
  targets.set(key, made);
  return made;
}

/** Whether the target is an address rather than a thing with a name. */
export function isAddressed(verb: Verb): boolean {
  return verb === "models/fetch-url" || verb.startsWith("resources/");
}

/** Name of the field that an address is seen as. */
export const ADDRESS = "uri";

function valuesOf({ action }: Question): JsonObject {
  return isAddressed(action.verb) ? { [ADDRESS]: action.target.name } : action.arguments;
}

function collect(target: TargetSeen, { action, flow }: Question, known: Known): void {
  const isLiteral = flow === undefined || flow.tainted || originsIn(flow.origins).includes("model");
  if (isAddressed(action.verb)) noticeAt(target, ADDRESS, action.target.name, isLiteral);
  if (action.verb !== "tools/call") return;
  const type = known.input(action.target.server, action.target.name);
  if (type !== undefined) collectRecord(target, { type, prefix: "", isLiteral }, action.arguments);
}

interface Place {
  readonly type: RecordType;
  readonly prefix: string;
  /** Taken as it is, and nothing made of it: out of the model's own head, or nobody knows where from. */
  readonly isLiteral: boolean;
}

function collectRecord(target: TargetSeen, { type, prefix, isLiteral }: Place, values: JsonObject): void {
  for (const [name, field] of type.fields) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === null) continue;
    const path = `${prefix}${name}`;
    noticeAt(target, path, value, isLiteral);
    if (field.type.kind === "record" && isRecord(value))
      collectRecord(target, { type: field.type, prefix: `${path}.`, isLiteral }, value);
  }
}

function noticeAt({ fields }: TargetSeen, path: string, value: Json, isLiteral: boolean): void {
  const field = fields.get(path) ?? newField();
  field.present += 1;
  notice(field, value, isLiteral);
  fields.set(path, field);
}

function isRecord(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
