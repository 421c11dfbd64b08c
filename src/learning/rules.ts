import { cedarString, type RecordType, toolId } from "#policy";
import type { FlowRole, Verb } from "#vocabulary";
import { any, boundOf } from "./bounds.ts";
import { ADDRESS, isAddressed, type Known, type TargetSeen } from "./observer.ts";
import type { FieldSeen } from "./seen.ts";

/** What is made of one target: the parts of its Cedar rules, or why there are none. */
export type Learned =
  | {
      readonly kind: "rule";
      readonly target: TargetSeen;
      /** Cedar action. */
      readonly action: string;
      /** Of the rule's scope. */
      readonly resource: string;
      /** What a condition needs to name the resource by; empty where the action does. */
      readonly resourceTest: string;
      /** All must hold; none: whatever the arguments. */
      readonly conditions: readonly string[];
      /** One sentence for each argument: what passes, and what was seen. */
      readonly says: readonly string[];
    }
  | { readonly kind: "none"; readonly target: TargetSeen; readonly because: string };

const D = "Doorward";

/** The Cedar action of a verb and target, and the type of its resource. */
const RESOURCES: Readonly<Record<Exclude<Verb, "tools/call">, string>> = {
  "resources/read": "Resource",
  "resources/subscribe": "Resource",
  "prompts/get": "Prompt",
  "completion/complete": "Server",
  "sampling/createMessage": "Server",
  "elicitation/create": "Server",
  "roots/list": "Server",
  "models/generate": "Model",
  "models/embed": "Model",
  "models/host-tool": "HostedTool",
  "models/fetch-url": "Resource",
  "http/read": "Url",
  "http/write": "Url",
  "http/delete": "Url",
  "http/open": "Url",
  "http/message": "Url",
  "http/tunnel": "Url",
};

export function ruleOf(target: TargetSeen, known: Known): Learned {
  const { verb, server, name } = target;
  const says: string[] = [];
  const conditions: string[] = [];
  for (const field of fieldsOf(target, known)) {
    const bound = bounded(field);
    if (bound.kind === "unbounded")
      return { kind: "none", target, because: `${field.path}: ${bound.because}` };
    if (bound.condition !== null) conditions.push(bound.condition);
    says.push(`${field.path}: ${bound.says}`);
  }
  return { kind: "rule", target, ...placeOf(verb, server, name), conditions, says: says.toSorted() };
}

function placeOf(
  verb: Verb,
  server: string,
  name: string | null,
): { readonly action: string; readonly resource: string; readonly resourceTest: string } {
  if (verb === "tools/call") {
    const id = toolId(server, name ?? "");
    return {
      action: `${D}::Action::${cedarString(id)}`,
      resource: `resource == ${D}::Tool::${cedarString(id)}`,
      resourceTest: "",
    };
  }
  const type = RESOURCES[verb];
  const action = `${D}::Action::${cedarString(verb)}`;
  const of = `${D}::Server::${cedarString(server)}`;
  if (isAddressed(verb))
    return { action, resource: `resource is ${D}::Resource in ${of}`, resourceTest: `resource in ${of}` };
  const uid = type === "Server" ? of : `${D}::${type}::${cedarString(toolId(server, name ?? ""))}`;
  return { action, resource: `resource == ${uid}`, resourceTest: `resource == ${uid}` };
}

type FieldType = RecordType["fields"] extends ReadonlyMap<string, infer F> ? F : never;

interface Field {
  readonly path: string;
  /** Cedar. */
  readonly at: string;
  readonly type: FieldType;
  readonly seen: FieldSeen | undefined;
  readonly role: FlowRole;
  /** Calls that had the record it stands in. */
  readonly holder: number;
  /** What must be there before it is looked for: `context.input has options`. */
  readonly guard: string | null;
}

const ADDRESS_FIELD: FieldType = { type: { kind: "string" }, required: true, nullable: false };

function* fieldsOf(target: TargetSeen, known: Known): Generator<Field> {
  const { verb, server, name, fields, count } = target;
  if (isAddressed(verb)) {
    const seen = fields.get(ADDRESS);
    yield {
      path: ADDRESS,
      at: "resource.uri",
      type: ADDRESS_FIELD,
      seen,
      role: "path",
      holder: count,
      guard: null,
    };
  }
  if (verb !== "tools/call" || name === null) return;
  const type = known.input(server, name);
  const roleOf = (argument: string): FlowRole => known.role(server, name, argument);
  if (type !== undefined)
    yield* inRecord({ type, at: "context.input", prefix: "", holder: count, guard: null }, target, roleOf);
}

interface Holder {
  readonly type: RecordType;
  readonly at: string;
  readonly prefix: string;
  readonly holder: number;
  readonly guard: string | null;
}

function* inRecord(
  { type, at, prefix, holder, guard }: Holder,
  target: TargetSeen,
  roleOf: (argument: string) => FlowRole,
): Generator<Field> {
  for (const [name, field] of type.fields) {
    const path = `${prefix}${name}`;
    const seen = target.fields.get(path);
    const place = `${at}[${cedarString(name)}]`;
    const role = roleOf(path.split(".")[0] ?? path);
    yield { path, at: place, type: field, seen, role, holder, guard };
    if (field.type.kind !== "record" || seen === undefined) continue;
    const isThere = field.required || seen.present === holder;
    const has = isThere ? null : `${at} has ${cedarString(name)}`;
    const guards = [guard, has].filter((one) => one !== null).join(" && ");
    const inner = { type: field.type, at: place, prefix: `${path}.`, holder: seen.present };
    yield* inRecord({ ...inner, guard: guards === "" ? null : guards }, target, roleOf);
  }
}

interface Told {
  readonly kind: "bound";
  readonly condition: string | null;
  readonly says: string;
}

function bounded(field: Field): Told | { readonly kind: "unbounded"; readonly because: string } {
  const { at, type, seen, role, guard } = field;
  const own = at.slice(0, at.lastIndexOf("["));
  const has = type.required ? null : `${own} has ${at.slice(at.lastIndexOf("[") + 1, -1)}`;
  if (seen === undefined) {
    if (has === null) return { kind: "bound", condition: null, says: "required, and never seen" };
    return { kind: "bound", condition: guarded(guard, `!(${has})`), says: "never given" };
  }
  const bound = boundOf(at, type.type, seen, role);
  if (bound.kind === "unbounded") return bound;
  return {
    ...bound,
    condition: guarded(guard, withPresence(bound.condition, has, seen.present < field.holder)),
  };
}

/** Given every time it must be there, given at times it need not. */
function withPresence(condition: string | null, has: string | null, isAtTimes: boolean): string | null {
  if (has === null) return condition;
  if (isAtTimes) return condition === null ? null : any([`!(${has})`, `(${has} && ${condition})`]);
  return condition === null ? has : `${has} && ${condition}`;
}

function guarded(guard: string | null, condition: string | null): string | null {
  return guard === null || condition === null
    ? condition
    : any([`!(${guard})`, `(${guard} && ${condition})`]);
}
