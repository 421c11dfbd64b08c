import fc from "fast-check";
import {
  DATETIMES,
  DECIMALS,
  DURATIONS,
  IDS,
  IPS,
  type Kind,
  LONGS,
  NAMES,
  type Texts,
  TEXTS,
  TYPED_NAMES,
  TYPES,
} from "./pools.table.ts";

// Cedar expressions as text, mostly of the type that is wanted: what fails matters as much as what holds.

type Text = fc.Arbitrary<string>;
type Typed = Record<Kind, string>;
type Tie = (kind: Kind) => Text;

const from = (texts: readonly string[]): Text => fc.constantFrom(...texts);
/** The first much more often than the second. */
const mostly = (usual: Text, unusual: Text, weight = 6): Text =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });

export const quoted = (text: string): string => {
  const characters = Array.from(text, (one) =>
    /[\w .:/+-]/.test(one) ? one : `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${characters.join("")}"`;
};

export const uidText = fc.tuple(from(TYPES), from(IDS)).map(([type, id]) => `${type}::${quoted(id)}`);

const call = (name: string, { right, wrong }: Texts): Text =>
  mostly(from(right), from(wrong)).map((text) => `${name}(${quoted(text)})`);
const method = (names: readonly string[], on: Text, ...given: readonly Text[]): Text =>
  fc.tuple(from(names), on, ...given).map(([name, left, ...rest]) => `(${left}).${name}(${rest.join(", ")})`);
const infix = (operators: readonly string[], one: Text, other = one): Text =>
  fc
    .tuple(from(operators), one, other)
    .map(([operator, left, right]) => `((${left}) ${operator} (${right}))`);

const attribute = (tie: Tie, kind: Kind): Text => {
  const on = fc.oneof(from(["context", "principal", "resource"]), tie("record"), tie("entity"));
  const name = mostly(from(TYPED_NAMES[kind]), from(NAMES));
  return fc.tuple(on, name, fc.integer({ min: 0, max: 5 }), tie(kind)).map(([left, own, form, other]) => {
    const taken = /^[a-z]$/.test(own) && form < 3 ? `(${left}).${own}` : `(${left})[${quoted(own)}]`;
    return form === 0 ? taken : `(if ((${left}) has ${quoted(own)}) then ${taken} else (${other}))`;
  });
};

/** What can stand for a value of any type: an attribute, a branch, now and then anything at all. */
const anywhere = (tie: Tie, kind: Kind): Text[] => [
  attribute(tie, kind),
  attribute(tie, kind),
  fc
    .tuple(tie("bool"), tie(kind), tie(kind))
    .map(([test, yes, no]) => `(if (${test}) then (${yes}) else (${no}))`),
  mostly(tie(kind), tie("any"), 8),
];

const typed = (...forms: readonly Text[]): Text =>
  fc.oneof({ maxDepth: 4, depthIdentifier: "expression" }, ...forms);

const pattern = fc
  .array(from(["*", "*", "a", "b", "\\*", "\\u{1F600}", "\\u{e9}"]), { maxLength: 6 })
  .map((parts) => `"${parts.join("")}"`);

const hasPath = fc.oneof(
  from(NAMES).map(quoted),
  fc.array(from(["r", "r", "l", "a"]), { minLength: 1, maxLength: 3 }).map((path) => path.join(".")),
);

const booleans = (tie: Tie): Text =>
  typed(
    from(["true", "false"]),
    infix(["==", "!="], tie("any")),
    ...(["long", "set", "record", "entity", "decimal", "ip", "datetime", "duration", "string"] as const).map(
      (kind) => infix(["==", "!="], tie(kind)),
    ),
    infix(["<", "<=", ">", ">="], tie("long")),
    infix(["<", "<=", ">", ">="], tie("datetime")),
    infix(["<", "<=", ">", ">="], tie("duration")),
    infix(["<", ">="], mostly(tie("datetime"), tie("any"), 2)),
    infix(["&&", "||"], tie("bool")),
    infix(["&&", "||"], tie("bool")),
    tie("bool").map((one) => `(!(${one}))`),
    infix(["in"], tie("entity"), fc.oneof(tie("entity"), tie("set"), listed(tie("entity")))),
    fc.tuple(tie("entity"), from(TYPES)).map(([left, type]) => `((${left}) is ${type})`),
    fc
      .tuple(tie("entity"), from(TYPES), tie("entity"))
      .map(([left, type, right]) => `((${left}) is ${type} in (${right}))`),
    fc
      .tuple(fc.oneof(tie("entity"), tie("record")), hasPath)
      .map(([left, path]) => `((${left}) has ${path})`),
    fc.tuple(tie("string"), pattern).map(([left, text]) => `((${left}) like ${text})`),
    ...methods(tie),
    ...anywhere(tie, "bool"),
  );

const methods = (tie: Tie): Text[] => [
  method(["contains"], tie("set"), tie("any")),
  method(["contains"], listed(tie("long")), tie("long")),
  method(["containsAll", "containsAny"], tie("set"), tie("set")),
  method(["isEmpty"], tie("set")),
  method(["hasTag"], tie("entity"), mostly(from(NAMES).map(quoted), tie("string"))),
  method(
    ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"],
    tie("decimal"),
    mostly(tie("decimal"), infix([","], tie("decimal")).map(bare), 20),
  ),
  method(["isInRange"], tie("ip"), tie("ip")),
  method(["isIpv4", "isIpv6", "isLoopback", "isMulticast"], tie("ip")),
];

/** Two arguments where one was due: parentheses taken off. */
const bare = (text: string): string => text.slice(1, -1);

const listed = (item: Text): Text =>
  fc.array(item, { maxLength: 4, depthIdentifier: "expression" }).map((items) => `[${items.join(", ")}]`);

/** A field of a record: its name mostly tells its type. */
const field = (tie: Tie): fc.Arbitrary<readonly [string, string]> =>
  fc.oneof(
    ...Object.entries(TYPED_NAMES).map(([kind, names]) => fc.tuple(from(names), tie(kind as Kind))),
    fc.tuple(from(NAMES), tie("any")),
  );

const record = (tie: Tie): Text =>
  fc
    .uniqueArray(field(tie), { maxLength: 3, depthIdentifier: "expression", selector: ([name]) => name })
    .map((fields) => `{${fields.map(([name, value]) => `${quoted(name)}: ${value}`).join(", ")}}`);

const tagOf = (tie: Tie, kind: Kind): Text =>
  fc
    .tuple(tie("entity"), mostly(from(TYPED_NAMES[kind]), from(NAMES)), tie(kind), fc.nat(4))
    .map(([left, name, other, form]) => {
      const taken = `(${left}).getTag(${quoted(name)})`;
      return form === 0 ? taken : `(if ((${left}).hasTag(${quoted(name)})) then ${taken} else (${other}))`;
    });

const extensions = (tie: Tie): Pick<Record<Kind, Text>, "decimal" | "ip" | "datetime" | "duration"> => ({
  decimal: typed(call("decimal", DECIMALS), ...anywhere(tie, "decimal")),
  ip: typed(
    call("ip", IPS),
    mostly(
      tie("ip"),
      fc.tuple(tie("string"), tie("string")).map((texts) => `ip(${texts.join(", ")})`),
    ),
    ...anywhere(tie, "ip"),
  ),
  datetime: typed(
    call("datetime", DATETIMES),
    method(["offset"], tie("datetime"), tie("duration")),
    method(["toDate"], tie("datetime")),
    ...anywhere(tie, "datetime"),
  ),
  duration: typed(
    call("duration", DURATIONS),
    method(["durationSince"], tie("datetime"), tie("datetime")),
    method(["toTime"], tie("datetime")),
    ...anywhere(tie, "duration"),
  ),
});

/** An expression that is a boolean more often than not. */
export const expression: Text = fc.letrec<Typed>((untyped) => {
  const tie: Tie = (kind) => untyped(kind);
  return {
    bool: booleans(tie),
    long: typed(
      from(LONGS),
      infix(["+", "-", "*"], tie("long")),
      tie("long").map((one) => `(-(${one}))`),
      method(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"], tie("duration")),
      ...anywhere(tie, "long"),
    ),
    string: typed(from(TEXTS).map(quoted), tagOf(tie, "string"), ...anywhere(tie, "string")),
    entity: typed(
      fc.oneof(uidText, from(["principal", "action", "resource"])),
      tagOf(tie, "entity"),
      ...anywhere(tie, "entity"),
    ),
    set: typed(
      listed(tie("long")),
      listed(tie("entity")),
      listed(tie("any")),
      tagOf(tie, "set"),
      ...anywhere(tie, "set"),
    ),
    record: typed(from(["context"]), record(tie), ...anywhere(tie, "record")),
    ...extensions(tie),
    any: typed(
      from(LONGS),
      from(TEXTS).map(quoted),
      ...(Object.keys(TYPED_NAMES) as Kind[]).filter((kind) => kind !== "any").map(tie),
      tagOf(tie, "any"),
    ),
  };
}).bool;
