import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { compiledAnswer, officialAnswer } from "./engines.ts";
import { quoted } from "./expressions.ts";
import { DATETIMES, DECIMALS, DURATIONS, IPS, LONGS, type Texts, TEXTS } from "./pools.table.ts";
import type { World } from "./worlds.ts";

// Every operator on every pair of a few values of each type, each as a policy of its own, in both engines: where random
// worlds meet an edge now and then, this meets each one every time.

const WORLD: Omit<World, "policies"> = {
  entities: [
    {
      uid: { type: "T", id: "a" },
      attrs: { l: 1, r: { l: 2 }, e: { __entity: { type: "T", id: "b" } } },
      tags: { s: "x", e: { __entity: { type: "T", id: "a" } } },
      parents: [{ type: "T", id: "b" }],
    },
    { uid: { type: "T", id: "b" }, attrs: {}, tags: {}, parents: [{ type: "Gone", id: "x" }] },
  ],
  principal: { type: "T", id: "a" },
  action: { type: "Action", id: "a" },
  resource: { type: "T", id: "lost" },
  context: { l: 3, n: 9007199254740993n, m: [1, 2], r: { l: 4, r: { l: 5 } } },
};
const POLICIES_EACH = 500;

/** What the engines do not answer alike; the official one must answer. */
function disagreements(expressions: readonly string[]): readonly unknown[] {
  const found: unknown[] = [];
  for (let from = 0; from < expressions.length; from += POLICIES_EACH) {
    const part = expressions.slice(from, from + POLICIES_EACH);
    const policies = part.map((text) => `permit (principal, action, resource) when { ${text} };`);
    const official = officialAnswer({ ...WORLD, policies });
    const ours = compiledAnswer({ ...WORLD, policies });
    if (!isDeepStrictEqual(ours, official)) found.push({ part, ours, official });
  }
  return found;
}

const pairs = (
  left: readonly string[],
  right: readonly string[],
  form: (one: string, other: string) => string[],
) => left.flatMap((one) => right.flatMap((other) => form(one, other)));
const infixes = (operators: readonly string[]) => (one: string, other: string) =>
  operators.map((operator) => `(${one}) ${operator} (${other})`);
const methods = (names: readonly string[]) => (one: string, other: string) =>
  names.map((name) => `(${one}).${name}(${other})`);
const call = (name: string) => (text: string) => `${name}(${quoted(text)})`;
/** Every right text with every right one; each wrong one once, on either side. */
const eachPair = (
  name: string,
  { right, wrong }: Texts,
  form: (one: string, other: string) => string[],
): string[] => {
  const known = right.map(call(name));
  const [first = ""] = known;
  const errs = wrong.map(call(name)).flatMap((one) => [...form(one, first), ...form(first, one)]);
  return [...pairs(known, known, form), ...errs];
};

const ORDERS = ["<", "<=", ">", ">="];

test("longs: every comparison, and the sign and size of every sum, difference and product", () => {
  expect(disagreements(pairs(LONGS, LONGS, infixes([...ORDERS, "==", "!="])))).toEqual([]);
  const results = pairs(LONGS, LONGS, infixes(["+", "-", "*"]));
  expect(disagreements(pairs(results, ["-2", "0", "9007199254740992"], infixes(["<", "=="])))).toEqual([]);
  expect(
    disagreements(
      pairs(
        LONGS.map((one) => `-(${one})`),
        LONGS,
        infixes(["<", "=="]),
      ),
    ),
  ).toEqual([]);
});

test("decimals: how each text is read, and every comparison", () => {
  const names = ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"];
  expect(disagreements(eachPair("decimal", DECIMALS, methods(names)))).toEqual([]);
  expect(disagreements(eachPair("decimal", DECIMALS, infixes(["=="])))).toEqual([]);
});

test("addresses: how each text is read, every range in every other, loopback and multicast", () => {
  const ips = IPS.right.map(call("ip"));
  expect(disagreements(eachPair("ip", IPS, methods(["isInRange"])))).toEqual([]);
  expect(disagreements(pairs(ips, ips, infixes(["=="])))).toEqual([]);
  expect(
    disagreements(
      ips.flatMap((one) =>
        ["isIpv4", "isIpv6", "isLoopback", "isMulticast"].map((name) => `${one}.${name}()`),
      ),
    ),
  ).toEqual([]);
});

test("datetimes and durations: how each text is read, what is before what, days, times and units", () => {
  expect(disagreements(eachPair("datetime", DATETIMES, infixes([...ORDERS, "=="])))).toEqual([]);
  expect(disagreements(eachPair("duration", DURATIONS, infixes([...ORDERS, "=="])))).toEqual([]);
  const known = DATETIMES.right.map(call("datetime"));
  const durations = DURATIONS.right.map(call("duration"));
  const moved = [...known, ...pairs(known.slice(0, 2), durations, methods(["offset"]))];
  expect(
    disagreements(
      pairs(moved, known, (one, other) => [`((${one}).durationSince(${other})) < duration("1d")`]),
    ),
  ).toEqual([]);
  expect(
    disagreements(
      pairs(
        moved.map((one) => `(${one}).toDate()`),
        known,
        infixes(["<", "=="]),
      ),
    ),
  ).toEqual([]);
  const spans = ["0ms", "1ms", "86399999ms", "86400000ms"].map((text) => `duration("${text}")`);
  expect(
    disagreements(
      pairs(
        moved.map((one) => `(${one}).toTime()`),
        spans,
        infixes(["<", "=="]),
      ),
    ),
  ).toEqual([]);
  const units = ["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"];
  const counted = durations.flatMap((one) => units.map((unit) => `(${one}).${unit}()`));
  expect(disagreements(pairs(counted, ["-1", "0", "1"], infixes(["<", "=="])))).toEqual([]);
});

test("like: every text against patterns of up to three pieces", () => {
  const pieces = ["*", "a", "b", "ab", "\\*", "\\u{1F600}", "\\u{e9}", "\\u{301}"];
  const two = pairs(pieces, pieces, (one, other) => [one + other]);
  const three = pairs(["*", "a"], two, (one, other) => [one + other]);
  const patterns = ["", ...pieces, ...two, ...three];
  expect(disagreements(pairs(TEXTS.map(quoted), patterns, (text, one) => [`${text} like "${one}"`]))).toEqual(
    [],
  );
});

const VALUES = [
  "true",
  "1",
  '"a"',
  'T::"a"',
  'T::"b"',
  'T::"lost"',
  'Gone::"x"',
  "[]",
  "[1]",
  "[1, 2, 1]",
  '[T::"b"]',
  '[T::"b", 1]',
  '[T::"b", [1], {"a": 1}]',
  '[decimal("1.0"), T::"a", ip("::1")]',
  '[ip("::1"), {}, decimal("1.0"), T::"b"]',
  "[[1], [2, 1]]",
  "[[1, 2], [1]]",
  "{}",
  '{"l": 1}',
  '{"l": 1, "a": [1]}',
  'decimal("1.0")',
  'decimal("1.00")',
  'ip("::1")',
  'datetime("1970-01-01")',
  'duration("0ms")',
  "context",
  "context.m",
];

test("every binary operator on every pair of types, in Cedar's words where it errs", () => {
  const operators = ["==", "!=", ...ORDERS, "&&", "||", "+", "-", "*", "in"];
  // What is no boolean errs with the operator's own result: that says which it was.
  expect(disagreements(pairs(VALUES, VALUES, infixes(operators)))).toEqual([]);
  const names = [
    "contains",
    "containsAll",
    "containsAny",
    "hasTag",
    "getTag",
    "lessThan",
    "isInRange",
    "offset",
    "durationSince",
  ];
  expect(disagreements(pairs(VALUES, VALUES, methods(names)))).toEqual([]);
});

const unaryForms = (one: string): string[] => [
  one,
  `!(${one})`,
  `-(${one}) == 1`,
  `(${one}) is T`,
  `(${one}) is T in T::"b"`,
  `(${one}) is U in 1`,
  `(${one}) like "a*"`,
  `(${one}) has l`,
  `(${one}) has r.l`,
  `(${one}) has r.r.l.l`,
  `(${one}).l == 1`,
  `(${one}).r.l == 2`,
  `(${one}).getTag("s") == "x"`,
  `(${one}).getTag("lost") == "x"`,
  `(${one}).hasTag("e")`,
  `if (${one}) then 1 else true`,
  `if true then (${one}) else 1`,
  `{"b": (${one}).x, "a": 1 + true} == 1`,
  `[1 + true, (${one})] == 1`,
];

test("every unary operator, test, access and branch on every type", () => {
  const names = ["isEmpty", "isIpv4", "isLoopback", "toDate", "toTime", "toDays"];
  expect(
    disagreements(
      VALUES.flatMap((one) => [...unaryForms(one), ...names.map((name) => `(${one}).${name}()`)]),
    ),
  ).toEqual([]);
  const constructors = ["decimal", "ip", "datetime", "duration"];
  expect(disagreements(VALUES.flatMap((one) => constructors.map((name) => `${name}(${one}) == 1`)))).toEqual(
    [],
  );
});

test("and, or and branches look no further than they must", () => {
  const sides = ["true", "false", "1", "context.lost", "9223372036854775807 + 1 == 0"];
  expect(disagreements(pairs(sides, sides, infixes(["&&", "||"])))).toEqual([]);
  expect(
    disagreements(
      sides.flatMap((guard) => pairs(sides, sides, (yes, no) => [`if ${guard} then ${yes} else ${no}`])),
    ),
  ).toEqual([]);
});

test("scopes: every form for every principal and resource, by itself and before a condition that errs", () => {
  const uids = ['T::"a"', 'T::"b"', 'Gone::"x"', 'T::"lost"', 'U::"a"'];
  const forms = (name: string): string[] => [
    name,
    `${name} is T`,
    `${name} is U`,
    ...uids.flatMap((uid) => [
      `${name} == ${uid}`,
      `${name} in ${uid}`,
      `${name} is T in ${uid}`,
      `${name} is U in ${uid}`,
    ]),
  ];
  const actions = [
    "action",
    'action == Action::"a"',
    'action in Action::"a"',
    'action in [Action::"b", Action::"a"]',
    "action in []",
  ];
  const policies = pairs(forms("principal"), forms("resource"), (one, other) =>
    actions.map(
      (action, index) =>
        `permit (${one}, ${action}, ${other}) when { ${index % 2 === 0 ? "true" : "context.lost"} };`,
    ),
  );
  const world = { ...WORLD, policies };
  expect(compiledAnswer(world)).toEqual(officialAnswer(world));
});
