import { describe, expect, test } from "vitest";
import { ANN, ask, type Asking, compiled, ids, NOTES } from "../../tests/samples/policy.ts";
import { explain, mayUse, STARTER_POLICY } from "./index.ts";

const text = `
@id("open") @reason("{agent} may {tool}.") permit (principal is Doorward::Agent, action, resource);
@id("own") permit (principal == Doorward::User::"usr_1", action in Doorward::Action::"read", resource);
@id("etc") @hold("admins") forbid (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path like "/etc/*" };
@id("other") forbid (principal, action == Doorward::Action::"fs/write_file", resource);`;

test("why: what each policy in scope says to each principal, and what policies can see", () => {
  const told = explain(
    compiled(text),
    ask({ values: { path: "/etc/hosts", secret: "s" }, principals: [ANN, NOTES] }),
  );
  expect(told.verdict.kind).toBe("hold");
  expect(told).toMatchObject({
    action: "fs/read_file",
    groups: ["tools/call", "read"],
    resource: 'Doorward::Tool::"fs/read_file"',
    context: { input: { path: "/etc/hosts" }, door: "mcp", stage: "enforce", effects: ["read"] },
    principals: [
      { type: "User", name: "Ann", answer: "hold", outOfScope: 2 },
      { type: "Agent", name: "notes", answer: "hold", outOfScope: 2 },
    ],
  });
  expect(told.principals[1]?.policies).toMatchObject([
    { id: "etc", effect: "forbid", outcome: "satisfied", group: "admins" },
    { id: "open", effect: "permit", outcome: "satisfied", reason: "notes may fs/read_file." },
  ]);
});

test("why, with an approval: the same, now allowed", () => {
  const set = compiled(text);
  const lift = { policySet: set.digest, policies: ids("etc") };
  const told = explain(set, ask({ values: { path: "/etc/hosts" } }), lift);
  expect(told).toMatchObject({ verdict: { kind: "allow" }, principals: [{ answer: "allow" }] });
});

test("why, where an argument is not what it should be, or the tool is unknown", () => {
  const set = compiled(text);
  const doubtful = explain(set, ask({ values: { path: 7 } }));
  expect(doubtful).toMatchObject({ doubtful: ["path"], verdict: { code: "arguments_mismatch" } });
  expect(doubtful.principals[0]?.policies[0]).toMatchObject({ id: "etc", outcome: "errs" });
  expect(explain(set, ask({ name: "nothing" }))).toMatchObject({
    verdict: { code: "tool_unknown" },
    principals: [],
  });
});

const outlook = (): never => {
  throw new Error("no partial evaluation here");
};

const permitWhen = (condition: string): string =>
  `@id("p") permit (principal, action, resource) when { ${condition} };`;

describe("what a caller is shown", () => {
  const starter = compiled(STARTER_POLICY);
  const granted = { ...NOTES, grantedTools: ["fs/write_file"] };
  test.each<[string, Asking, boolean]>([
    ["what only reads", {}, true],
    ["what would be held", { name: "create_directory", effects: ["write"] }, true],
    ["what is not granted", { name: "write_file", effects: ["destructive"] }, false],
    ["what is granted", { name: "write_file", effects: ["destructive"], principals: [granted] }, true],
    [
      "what is granted, for a user",
      { name: "write_file", effects: ["destructive"], principals: [ANN, granted] },
      true,
    ],
    ["what nobody accepted", { name: "nothing" }, false],
    ["a resource", { verb: "resources/read", name: "file:///x" }, true],
  ])("starter policy: %s", (_name, asking, shown) => {
    expect(mayUse(starter, ask(asking))).toBe(shown);
  });

  test.each<[string, string, boolean]>([
    [
      "a permit that some path satisfies",
      'permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path like "/tmp/*" };',
      true,
    ],
    [
      "a permit for another agent, whatever the path",
      'permit (principal is Doorward::Agent, action == Doorward::Action::"fs/read_file", resource) when { principal.name == "other" && context.input.path like "/tmp/*" };',
      false,
    ],
    [
      "a permit whose fixed part fails after the argument (not found out, so shown)",
      'permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path like "/tmp/*" && context.stage == "observe" };',
      true,
    ],
  ])("with arguments in the policy: %s", (_name, policy, shown) => {
    expect(mayUse(compiled(`@id("p") ${policy}`), ask({ values: {} }))).toBe(shown);
  });

  test("where values come from is open before there are any: a permit or a forbid on it hides nothing", () => {
    const flow = 'context has flow && context.flow.effect == "read"';
    expect(mayUse(compiled(permitWhen(flow)), ask())).toBe(true);
    expect(mayUse(compiled(permitWhen(`context.stage == "observe" && ${flow}`)), ask())).toBe(false);
    const forbid = `@id("f") forbid (principal, action, resource) when { ${flow} };`;
    expect(mayUse(compiled(`@id("all") permit (principal, action, resource); ${forbid}`), ask())).toBe(true);
    expect(mayUse(compiled(forbid), ask())).toBe(false);
  });

  test("a forbid that every input satisfies hides, one that some input escapes does not", () => {
    const permit = '@id("p") permit (principal, action, resource);';
    const forbid = (condition: string): string =>
      `${permit} @id("f") forbid (principal, action == Doorward::Action::"fs/read_file", resource) when { ${condition} };`;
    expect(mayUse(compiled(forbid('context.stage == "enforce" || context.input.path == "x"')), ask())).toBe(
      false,
    );
    expect(mayUse(compiled(forbid('context.stage == "observe" || context.input.path == "x"')), ask())).toBe(
      true,
    );
  });

  test("where partial evaluation fails, nothing is hidden that a permit might open", () => {
    const set = compiled(
      '@id("p") permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path like "/tmp/*" };',
    );
    expect(mayUse({ ...set, evaluator: { ...set.evaluator, outlook } }, ask())).toBe(true);
  });
});
