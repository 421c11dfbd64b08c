import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";

// Request bodies against an allow-list (T9), as tables. A check walks what is there and allocates nothing while all is
// well: it runs on every request.

/** Why a value is refused. `path` grows from the inside out, as the checks return. */
export interface Flaw {
  readonly code: "llm_field_unknown" | "llm_field_refused" | "llm_value_invalid";
  readonly path: string;
  /** Completes "`path` ...". */
  readonly words: string;
  readonly remedy: string;
}

/** Answers null where the value may pass. */
export type Check = (value: Json) => Flaw | null;

export interface FieldsRule {
  readonly required?: readonly string[];
}

const parameters = new WeakMap<Fault, string>();

/** Throws Fault `llm_field_unknown`, `llm_field_refused` or `llm_value_invalid` for the first field that `check` refuses. */
export function checkBody(body: JsonObject, check: Check): void {
  const flaw = check(body);
  if (flaw !== null) throw faultOf(flaw);
}

/** Path of the field that a fault is about (`messages[0].content`); null for a fault that is about none. */
export function parameterOf(fault: Fault): string | null {
  return parameters.get(fault) ?? null;
}

/** The same fault, known to `parameterOf` as one about this field. */
export function about(path: string, fault: Fault): Fault {
  parameters.set(fault, path);
  return fault;
}

/** A fault about one field, for rules that a table cannot say. */
export function valueInvalid(path: string, words: string, remedy: string): Fault {
  return faultOf({ code: "llm_value_invalid", path, words, remedy });
}

function faultOf({ code, path, words, remedy }: Flaw): Fault {
  const message = `\`${path === "" ? "body" : path}\` ${words}`;
  const fault =
    code === "llm_field_unknown"
      ? new Fault("llm_field_unknown", message, remedy)
      : code === "llm_field_refused"
        ? new Fault("llm_field_refused", message, remedy)
        : new Fault("llm_value_invalid", message, remedy);
  return about(path, fault);
}

/** An object with these fields and no other. */
export function fields(table: Readonly<Record<string, Check>>, rule: FieldsRule = {}): Check {
  const checks = new Map(Object.entries(table));
  const required = rule.required ?? [];
  return (value) => {
    if (!isJsonObject(value)) return invalid("must be an object");
    for (const name in value) {
      const check = checks.get(name);
      const flaw = check === undefined ? unknown : check(value[name] ?? null);
      if (flaw !== null) return within(name, flaw);
    }
    for (const name of required) if (value[name] === undefined) return within(name, invalid("is missing"));
    return null;
  };
}

/** An object whose field `tag` says which of the tables counts. `other`: what to say of a tag that is not among them. */
export function tagged(
  tag: string,
  tables: Readonly<Record<string, Check>>,
  other: (tag: string) => Flaw = unknownTag,
): Check {
  const checks = new Map(Object.entries(tables));
  return (value) => {
    if (!isJsonObject(value)) return invalid("must be an object");
    const name = value[tag];
    if (typeof name !== "string")
      return within(tag, invalid(name === undefined ? "is missing" : "must be text"));
    const check = checks.get(name);
    return check === undefined ? within(tag, other(name)) : check(value);
  };
}

export function list(item: Check, itemsMax: number, itemsMin = 0): Check {
  return (value) => {
    if (!Array.isArray(value)) return invalid("must be a list");
    if (value.length > itemsMax) return invalid(`has ${value.length} entries, more than ${itemsMax}`);
    if (value.length < itemsMin) return invalid(`has fewer than ${itemsMin} entries`);
    for (let at = 0; at < value.length; at += 1) {
      const flaw = item(value[at] ?? null);
      if (flaw !== null) return within(`[${at}]`, flaw);
    }
    return null;
  };
}

/** An object of any names with values of one kind. */
export function record(item: Check, entriesMax: number): Check {
  return (value) => {
    if (!isJsonObject(value)) return invalid("must be an object");
    let entries = 0;
    for (const name in value) {
      entries += 1;
      if (entries > entriesMax) return invalid(`has more than ${entriesMax} entries`);
      const flaw = item(value[name] ?? null);
      if (flaw !== null) return within(name, flaw);
    }
    return null;
  };
}

/** The first check by the kind of the value; `words` says what would be right. */
export function either(words: string, checks: Partial<Record<Kind, Check>>): Check {
  return (value) => {
    const check = checks[kindOf(value)];
    return check === undefined ? invalid(words) : check(value);
  };
}

type Kind = "null" | "text" | "number" | "flag" | "list" | "object";

function kindOf(value: Json): Kind {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "flag";
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : "object";
}

export function nullable(check: Check): Check {
  return (value) => (value === null ? null : check(value));
}

export function text(unitsMax: number = Number.POSITIVE_INFINITY, unitsMin = 0): Check {
  return (value) => {
    if (typeof value !== "string") return invalid("must be text");
    if (value.length > unitsMax) return invalid(`is longer than ${unitsMax} characters`);
    return value.length < unitsMin ? invalid("must not be empty") : null;
  };
}

export function number(min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Check {
  return (value) => {
    if (typeof value !== "number") return invalid("must be a number");
    return value < min || value > max ? invalid(`must lie between ${min} and ${max}`) : null;
  };
}

export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Check {
  return (value) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return invalid("must be a whole number");
    return value < min || value > max ? invalid(`must lie between ${min} and ${max}`) : null;
  };
}

export const flag: Check = (value) => (typeof value === "boolean" ? null : invalid("must be true or false"));

/** Any JSON: only where the protocol itself leaves the field open, as with a JSON Schema. */
export const anyJson: Check = () => null;

export const anyObject: Check = (value) => (isJsonObject(value) ? null : invalid("must be an object"));

export function oneOf(...words: readonly (string | number | boolean)[]): Check {
  const allowed = new Set<Json>(words);
  const flaw = invalid(`must be one of ${words.map((word) => JSON.stringify(word)).join(", ")}`);
  return (value) => (allowed.has(value) ? null : flaw);
}

/** A field that the protocol knows and this door does not let through. `words` completes "`field` ...". */
export function refused(words: string, remedy: string): Check {
  const flaw: Flaw = { code: "llm_field_refused", path: "", words, remedy };
  return () => flaw;
}

/** As `refused`, but the values that ask for nothing pass. */
export function refusedUnless(harmless: readonly Json[], words: string, remedy: string): Check {
  const flaw: Flaw = { code: "llm_field_refused", path: "", words, remedy };
  return (value) => (harmless.includes(value) ? null : flaw);
}

/** Both, in this order. */
export function all(...checks: readonly Check[]): Check {
  return (value) => {
    for (const check of checks) {
      const flaw = check(value);
      if (flaw !== null) return flaw;
    }
    return null;
  };
}

const unknown: Flaw = {
  code: "llm_field_unknown",
  path: "",
  words: "is no field that this door knows",
  remedy: "Leave it out, or ask the operator whether the door should know it.",
};

function unknownTag(tag: string): Flaw {
  return { ...unknown, words: `says ${JSON.stringify(tag.slice(0, 60))}, which this door does not know` };
}

export function invalid(words: string, remedy = "Correct the field and send the request again."): Flaw {
  return { code: "llm_value_invalid", path: "", words, remedy };
}

function within(step: string, flaw: Flaw): Flaw {
  const inner = flaw.path;
  const path = inner === "" ? step : inner.startsWith("[") ? `${step}${inner}` : `${step}.${inner}`;
  return { ...flaw, path };
}
