import { describe, expect, test } from "vitest";
import { ask, compiled, TOOLS } from "../../tests/samples/policy.ts";
import {
  type Compiled,
  compilePolicies,
  decide,
  type Problem,
  STARTER_POLICY,
  summariesOf,
} from "./index.ts";
import { NESTING_MAX, nestingOf } from "./nesting.ts";
import { argumentsRead } from "./reads.ts";

const problems = (result: Compiled): readonly Problem[] => (result.ok ? [] : result.problems);
const BODY = "permit (principal, action, resource);";
const FORBID = "forbid (principal, action, resource);";

describe("what is wrong with a text is said, with its place", () => {
  test.each<[string, string, Partial<Problem>]>([
    ["nothing", "", { message: expect.stringContaining("no policy") }],
    ["only a comment", "// allow everything?", { message: expect.stringContaining("no policy") }],
    ["no Cedar", "allow all", { line: 1, column: 7 }],
    [
      "a slip on line 3",
      `@id("a")\n// ééé\npermit (principal, action, resource) when { x y };`,
      { line: 3, column: 47 },
    ],
    [
      "the slip after wide letters",
      `@id("é") permit (principal, action, resource) when { x y };`,
      { line: 1, column: 56 },
    ],
    ["no @id", BODY, { message: expect.stringContaining("@id"), line: 1, column: 1 }],
    ["an empty @id", `@id("") ${BODY}`, { message: expect.stringContaining("no name") }],
    ["an @id nobody can type", `@id("A b") ${BODY}`, { message: expect.stringContaining("a-z") }],
    [
      "Doorward's own name for silence",
      `@id("default-deny") ${BODY}`,
      { message: expect.stringContaining("default-deny") },
    ],
    [
      "a name twice",
      `@id("a") ${BODY}\n@id("a") ${FORBID}`,
      { policy: "a", line: 2, message: expect.stringContaining("twice") },
    ],
    [
      "a template",
      `@id("a") permit (principal == ?principal, action, resource);`,
      { message: expect.stringContaining("template") },
    ],
    [
      "an attribute that nothing has",
      `@id("a") ${BODY.replace(";", " when { principal.shoe == 1 };")}`,
      { policy: "a", line: 1, message: expect.stringContaining("shoe") },
    ],
    [
      "an optional argument unasked for",
      `\n@id("a") permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.depth > 1 };`,
      { policy: "a", line: 2, help: expect.stringContaining("has depth") },
    ],
    [
      "an argument of another type",
      `@id("a") permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path > 1 };`,
      { policy: "a" },
    ],
    [
      "a tool that is not accepted",
      `@id("a") permit (principal, action == Doorward::Action::"fs/reed_file", resource);`,
      { policy: "a", message: expect.stringContaining("fs/reed_file") },
    ],
    [
      "@hold on a permit",
      `@id("a") @hold("admins") ${BODY}`,
      { policy: "a", message: expect.stringContaining("permit") },
    ],
    [
      "@hold for nobody",
      `@id("a") @hold ${FORBID}`,
      { message: expect.stringContaining("must name a group") },
    ],
    [
      "@hold with an unknown option",
      `@id("a") @hold("admins, quickly") ${FORBID}`,
      { message: expect.stringContaining("not-owner") },
    ],
    [
      "@expires alone",
      `@id("a") @expires("1h") ${FORBID}`,
      { message: expect.stringContaining("without @hold") },
    ],
    [
      "@expires of no time",
      `@id("a") @hold("admins") @expires("soon") ${FORBID}`,
      { message: expect.stringContaining("30m") },
    ],
    [
      "@expires too far",
      `@id("a") @hold("admins") @expires("31d") ${FORBID}`,
      { message: expect.stringContaining("30 days") },
    ],
    [
      "@escalate alone",
      `@id("a") @escalate("15m leads") ${FORBID}`,
      { message: expect.stringContaining("without @hold") },
    ],
    [
      "@escalate to nobody",
      `@id("a") @hold("admins") @escalate("15m") ${FORBID}`,
      { policy: "a", message: expect.stringContaining('"15m leads, 1h admins"') },
    ],
    [
      "@escalate backwards",
      `@id("a") @hold("admins") @escalate("1h leads, 15m owners") ${FORBID}`,
      { message: expect.stringContaining("times that grow") },
    ],
    [
      "@escalate after the end",
      `@id("a") @hold("admins") @expires("30m") @escalate("15m leads, 30m owners") ${FORBID}`,
      { message: expect.stringContaining('reaches group "owners" only when the request has expired') },
    ],
    [
      "@breakglass alone",
      `@id("a") @breakglass("oncall") ${FORBID}`,
      { message: expect.stringContaining("without @hold") },
    ],
    [
      "@breakglass for nobody",
      `@id("a") @hold("admins") @breakglass ${FORBID}`,
      { message: expect.stringContaining("@breakglass") },
    ],
    [
      "@breakglass by several",
      `@id("a") @hold("admins") @breakglass("oncall, 2") ${FORBID}`,
      { message: expect.stringContaining("one of them is enough") },
    ],
    [
      "@hold for too many",
      `@id("a") @hold("admins, 11") ${FORBID}`,
      { message: expect.stringContaining("2 to 10") },
    ],
    ["an empty @reason", `@id("a") @reason(" ") ${FORBID}`, { message: expect.stringContaining("@reason") }],
  ])("%s", (_name, text, expected) => {
    expect(problems(compilePolicies(text, TOOLS))).toContainEqual(expect.objectContaining(expected));
  });

  test("warnings do not stand in the way", () => {
    const result = compilePolicies(`@id("a") @owner("me") ${FORBID}`, TOOLS);
    expect(result.ok && result.warnings.map((warning) => warning.message)).toEqual([
      expect.stringContaining("@owner"),
      expect.stringContaining("no @reason"),
    ]);
  });

  test("ten policies and more keep their own places", () => {
    const text = Array.from(
      { length: 12 },
      (_, index) =>
        `@id("p${index}") ${index === 10 ? BODY.replace(";", " when { principal.shoe };") : BODY}`,
    );
    const places = problems(compilePolicies(text.join("\n"), TOOLS)).map(
      ({ policy, line }) => `${policy} ${line}`,
    );
    expect(new Set(places)).toEqual(new Set(["p10 11"]));
  });

  test("holds are read in one spelling, and leave to the settings what they do not say", () => {
    const set = compiled(
      `@id("a") @hold(" admins ,not-owner") ${FORBID} @id("b") @hold("admins") @expires("2d") ${FORBID}`,
    );
    expect(summariesOf(set).map((one) => one.hold)).toEqual([
      { group: "admins, not-owner", expiresAfterMs: null, escalation: null, glass: null },
      { group: "admins", expiresAfterMs: 172_800_000, escalation: null, glass: null },
    ]);
  });
});

test("how many, who not, escalation and broken glass are read in one spelling", () => {
  const [rule] = summariesOf(
    compiled(
      `@id("a") @hold("finance,not-requester , 2,not-owner") @escalate("15m leads,1h admins") @expires("2h") @breakglass("oncall,not-owner") ${FORBID}`,
    ),
  );
  expect(rule?.hold).toEqual({
    group: "finance, 2, not-owner, not-requester",
    expiresAfterMs: 7_200_000,
    escalation: [
      { afterMs: 900_000, group: "leads" },
      { afterMs: 3_600_000, group: "admins" },
    ],
    glass: "oncall, not-owner",
  });
  const [never] = summariesOf(compiled(`@id("a") @hold("admins") @escalate("never") ${FORBID}`));
  expect(never?.hold?.escalation).toEqual([]);
});

const when = (expression: string): string =>
  `@id("a") permit (principal, action, resource) when { ${expression} };`;
const chain = (count: number, of: string, by: string): string =>
  Array.from({ length: count }, () => of).join(by);

describe("a text cannot exhaust the engine", () => {
  test.each<[string, string]>([
    ["&& 5,000 times", when(chain(5000, "true", " && "))],
    ["|| 5,000 times", when(chain(5000, "true", " || "))],
    ["+ 5,000 times", when(`${chain(5000, "1", " + ")} == 1`)],
    ["10,000 brackets", when(`${"(".repeat(10_000)}true${")".repeat(10_000)}`)],
    ["5,000 nested sets", when(`${"[".repeat(5000)}${"]".repeat(5000)}.isEmpty()`)],
    ["5,000 nested records", when(`${"{a: ".repeat(5000)}1${"}".repeat(5000)} == 1`)],
    ["5,000 attributes", when(`context${".a".repeat(5000)}`)],
    ["5,000 attributes in brackets", when(`context${'["a"]'.repeat(5000)}`)],
    ["5,000 conditions", `${when("true").slice(0, -1)} ${"when { true } ".repeat(5000)};`],
    [
      "brackets behind a comment that a carriage return ends",
      `// \r${when(`${"(".repeat(5000)}true${")".repeat(5000)}`)}`,
    ],
    ["5,000 ifs", when(`${"if true then ".repeat(5000)}true${" else false".repeat(5000)}`)],
    ["5,000 negations", when(`${"!(".repeat(5000)}true${")".repeat(5000)}`)],
    ["2 MB", `// ${"x".repeat(2_000_000)}\n${when("true")}`],
    [
      "6,000 policies",
      Array.from({ length: 6000 }, (_, i) => `@id("p${i}") permit (principal, action, resource);`).join("\n"),
    ],
    ["a lone surrogate", `// \ud800\n${when("true")}`],
  ])("%s is refused, and the engine still answers", (_name, text) => {
    expect(compilePolicies(text, TOOLS).ok).toBe(false);
    expect(decide(compiled(when("true")), ask()).kind).toBe("allow");
  });

  test.each<[string, string]>([
    ["&&", chain(NESTING_MAX - 8, "true", " && ")],
    ["brackets", `${"(".repeat(40)}true${")".repeat(40)}`],
    ["ifs", `${"if true then ".repeat(50)}true${" else false".repeat(50)}`],
    ["sets", `${"[".repeat(35)}1${"]".repeat(35)}.isEmpty()`],
    ["a long list", `[${chain(2000, '"a"', ", ")}].contains("b") || true`],
    ["conditions", `true } ${"when { true } ".repeat(100)} when { true`],
    ["many short terms", `true || [${chain(500, "1 + 1 + 1", ", ")}].contains(3)`],
  ])("what just fits (%s) is read and decided", (_name, expression) => {
    expect(nestingOf(when(expression))).toBeLessThanOrEqual(NESTING_MAX);
    const set = compiled(when(expression.replace(/\]\.isEmpty\(\)$/, "].isEmpty() || true")));
    expect(decide(set, ask()).kind).toBe("allow");
  });

  test("brackets in strings and comments do not count", () => {
    const plain = nestingOf(when("true"));
    expect(nestingOf(when(`"${"(".repeat(500)}" == "" // ${"[".repeat(500)}\n`))).toBeLessThanOrEqual(
      plain + 2,
    );
    expect(nestingOf(when(String.raw`"\"((((((" == ""`))).toBeLessThanOrEqual(plain + 2);
  });
});

const read = (condition: string): unknown => {
  const set = compilePolicies(
    `@id("a") permit (principal, action in Doorward::Action::"tools/call", resource) ${condition};`,
    TOOLS,
    "reload",
  );
  const reads = set.ok ? set.set.rules[0]?.reads : undefined;
  return reads === undefined || reads === "all" ? reads : [...reads].toSorted();
};

describe("which arguments a policy looks at", () => {
  test.each<[string, unknown]>([
    ["", []],
    ['when { context.stage == "enforce" && context has session }', []],
    ['when { context.input.path like "a*b" }', ["path"]],
    ["when { context.input has depth && context.input.depth > 1 }", ["depth"]],
    ["when { context has input.depth }", ["depth"]],
    ['when { context.input["path"] == "x" } unless { context.input has force }', ["force", "path"]],
    ["when { [context.input.path].contains(principal.name) }", ["path"]],
    ['when { (if true then context.input else context.input).path == "x" }', "all"],
    ["when { context == context }", "all"],
    ["when { {a: context.input} == {a: context.input} }", "all"],
    ['when { {".": context.input.path} == {".": "x"} }', ["path"]],
    ["when { context.input.path == context.input.path || [context].isEmpty() }", "all"],
  ])("%s", (condition, expected) => {
    expect(read(condition)).toEqual(expected);
  });

  test("an expression of an unknown shape reads everything", () => {
    expect(argumentsRead([{ kind: "when", body: { new: { a: 1 }, other: {} } as never }])).toBe("all");
  });
});

test("the starter policy compiles without a tool, and with every sample tool", () => {
  expect(compilePolicies(STARTER_POLICY, []).ok).toBe(true);
  expect(compilePolicies(STARTER_POLICY, TOOLS).ok).toBe(true);
});
