import { describe, expect, test } from "vitest";
import type { Verdict } from "#vocabulary";
import { ANN, ask, type Asking, compiled, HELPER, ids, NOTES, TOOLS } from "../../tests/samples/policy.ts";
import { compilePolicies, decide, RESERVED_SERVER_NAMES } from "./index.ts";

const PERMIT = '@id("open") permit (principal, action, resource);';
const HOLD = '@id("held") @reason("Look first.") @hold("admins") forbid (principal, action, resource);';
const FORBID = '@id("never") @reason("Never.") forbid (principal, action, resource);';

const outline = (verdict: Verdict): Record<string, unknown> => ({
  kind: verdict.kind,
  by: verdict.grounds.map((ground) => ground.policy),
  ...(verdict.kind === "deny" ? { code: verdict.code } : {}),
  ...(verdict.kind === "hold" ? { groups: verdict.groups } : {}),
});

describe("one principal", () => {
  test.each<[string, string[], Record<string, unknown>]>([
    [
      "silence is a deny named default-deny",
      ['@id("other") permit (principal is Doorward::User, action, resource);'],
      { kind: "deny", code: "no_permit", by: ["default-deny"] },
    ],
    ["a permit allows", [PERMIT], { kind: "allow", by: ["open"] }],
    ["a forbid beats a permit", [PERMIT, FORBID], { kind: "deny", code: "policy_forbids", by: ["never"] }],
    [
      "a forbid that can be held, before a permit, holds",
      [PERMIT, HOLD],
      { kind: "hold", by: ["held"], groups: ["admins"] },
    ],
    [
      "a hold without a permit behind it is a deny",
      [HOLD],
      { kind: "deny", code: "no_permit", by: ["default-deny"] },
    ],
    [
      "a firm forbid beside a hold denies",
      [PERMIT, HOLD, FORBID],
      { kind: "deny", code: "policy_forbids", by: ["never"] },
    ],
    [
      "a forbid that errs denies",
      [
        PERMIT,
        '@id("bad") forbid (principal, action == Doorward::Action::"fs/read_file", resource) when { 9223372036854775807 + context.input.path.like_count == 1 };'.replace(
          "context.input.path.like_count",
          "1",
        ),
      ],
      { kind: "deny", code: "policy_error", by: ["bad"] },
    ],
    [
      "a hold that errs denies",
      [
        PERMIT,
        '@id("bad") @hold("admins") forbid (principal, action, resource) when { 9223372036854775807 + 1 == 1 };',
      ],
      { kind: "deny", code: "policy_error", by: ["bad"] },
    ],
    [
      "a permit that errs is silent",
      ['@id("bad") permit (principal, action, resource) when { 9223372036854775807 + 1 == 1 };'],
      { kind: "deny", code: "no_permit", by: ["default-deny"] },
    ],
    [
      "a permit that errs harms no other",
      [PERMIT, '@id("bad") permit (principal, action, resource) when { 9223372036854775807 + 1 == 1 };'],
      { kind: "allow", by: ["open"] },
    ],
  ])("%s", (_name, policies, expected) => {
    expect(outline(decide(compiled(policies.join("\n")), ask()))).toEqual(expected);
  });

  test("each group of the satisfied holds is asked, and the shortest time counts", () => {
    const set = compiled(`${PERMIT} ${HOLD}
      @id("money") @hold("finance, not-owner") @expires("5m") forbid (principal, action, resource);
      @id("idle") @hold("nobody") forbid (principal is Doorward::User, action, resource);`);
    expect(decide(set, ask())).toMatchObject({
      groups: ["admins", "finance, not-owner"],
      expiresAfterMs: 300_000,
    });
  });
});

describe("scopes and values", () => {
  const text = `
    @id("file") permit (principal, action == Doorward::Action::"fs/read_file", resource == Doorward::Tool::"fs/read_file") when { context.input.path like "/tmp/*" };
    @id("uri") permit (principal, action in Doorward::Action::"read", resource is Doorward::Resource in Doorward::Server::"fs") when { resource.uri like "file:///tmp/*" };
    @id("finance") permit (principal in Doorward::Group::"finance", action, resource);
    @id("tags") permit (principal, action == Doorward::Action::"fs/write_file", resource) when { context.input has tags && context.input.tags.contains("draft") };
    @id("deep") forbid (principal, action in Doorward::Action::"tools/call", resource) when { context.input has depth && context.input.depth > 3 };
    @id("roots") permit (principal, action == Doorward::Action::"roots/list", resource == Doorward::Server::"fs") when { context.stage == "enforce" && context.door == "mcp" };`;
  const set = compiled(text);
  test.each<[Asking, string]>([
    [{}, "allow"],
    [{ values: { path: "/etc/passwd" } }, "deny"],
    [{ values: { path: "/tmp/x", depth: 3 } }, "allow"],
    [{ values: { path: "/tmp/x", depth: 4 } }, "deny"],
    [{ verb: "resources/read", name: "file:///tmp/a" }, "allow"],
    [{ verb: "resources/subscribe", name: "file:///etc/a" }, "deny"],
    [{ verb: "prompts/get", name: "summary" }, "deny"],
    [{ verb: "roots/list", name: "fs" }, "allow"],
    [{ name: "write_file", effects: ["destructive"], values: { path: "x", tags: ["a", "draft"] } }, "allow"],
    [{ name: "write_file", effects: ["destructive"], values: { path: "x", tags: [] } }, "deny"],
    [{ values: { path: "/etc/x" }, principals: [ANN, NOTES] }, "deny"],
  ])("%j: %s", (asking, kind) => {
    expect(decide(set, ask(asking)).kind).toBe(kind);
  });
});

describe("over the chain", () => {
  const agentHold =
    '@id("agent-hold") @hold("a") forbid (principal == Doorward::Agent::"agt_1", action, resource);';
  const helperHold =
    '@id("helper-hold") @hold("b") forbid (principal == Doorward::Agent::"agt_2", action, resource);';
  const userForbid = '@id("user-never") forbid (principal is Doorward::User, action, resource);';
  const chain = [ANN, HELPER, NOTES];

  test.each<[string, string, string[], string[]]>([
    [
      "the groups of holds unite",
      [PERMIT, agentHold, helperHold].join(""),
      ["a", "b"],
      ["agent-hold", "helper-hold"],
    ],
    ["one hold among allows holds", [PERMIT, helperHold].join(""), ["b"], ["helper-hold"]],
  ])("%s", (_name, text, groups, by) => {
    expect(outline(decide(compiled(text), ask({ principals: chain })))).toEqual({ kind: "hold", groups, by });
  });

  test("deny beats hold, and says for whom", () => {
    const verdict = decide(compiled([PERMIT, agentHold, userForbid].join("")), ask({ principals: chain }));
    expect(outline(verdict)).toEqual({ kind: "deny", code: "policy_forbids", by: ["user-never"] });
    expect(verdict).toMatchObject({ reason: expect.stringContaining('user "Ann"') });
  });

  test("a right of the user alone, or of the agent alone, is no right", () => {
    const userOnly = compiled('@id("u") permit (principal is Doorward::User, action, resource);');
    const agentOnly = compiled('@id("a") permit (principal is Doorward::Agent, action, resource);');
    expect(decide(userOnly, ask({ principals: [ANN, NOTES] })).kind).toBe("deny");
    expect(decide(agentOnly, ask({ principals: [ANN, NOTES] })).kind).toBe("deny");
    expect(decide(agentOnly, ask()).kind).toBe("allow");
  });
});

describe("an approval", () => {
  const text = `${PERMIT} ${HOLD} @id("second") @hold("b") forbid (principal, action, resource);`;
  const set = compiled(text);

  test("lifts the policies it names and no other", () => {
    expect(decide(set, ask(), { policySet: set.digest, policies: ids("held", "second") }).kind).toBe("allow");
    expect(decide(set, ask(), { policySet: set.digest, policies: ids("held") })).toMatchObject({
      kind: "hold",
      groups: ["b"],
    });
    expect(decide(set, ask(), { policySet: set.digest, policies: ids("second", "unknown") })).toMatchObject({
      groups: ["admins"],
    });
  });

  test("lifts nothing of a changed set, even by a space", () => {
    const lift = { policySet: set.digest, policies: ids("held", "second") };
    expect(decide(compiled(`${text} `), ask(), lift).kind).toBe("hold");
  });

  test("never lifts a firm forbid, an error or silence", () => {
    for (const policies of [
      [PERMIT, FORBID],
      [HOLD],
      [PERMIT, '@id("never") forbid (principal, action, resource) when { 9223372036854775807 + 1 == 1 };'],
    ]) {
      const other = compiled(policies.join(""));
      const lift = { policySet: other.digest, policies: ids("never", "held", "default-deny") };
      expect(decide(other, ask(), lift).kind).toBe("deny");
    }
  });
});

describe("doubt", () => {
  const guarded = compiled(
    `${PERMIT} @id("etc") forbid (principal, action in Doorward::Action::"tools/call", resource) when { context.input has path && context.input.path like "/etc*" };`,
  );

  test.each<[string, unknown]>([
    ["another type", ["/etc/passwd"]],
    ["a number", 7],
    ["null", null],
    ["nothing", undefined],
    ["a lone surrogate", "/etc/\ud800"],
    ["an object that looks like a Cedar escape", { __extn: { fn: "decimal", arg: "1.0" } }],
    ["an entity escape", { __entity: { type: "Doorward::Agent", id: "agt_1" } }],
  ])("an argument a policy decides on, as %s, denies", (_name, path) => {
    const values = path === undefined ? {} : { path: path as string };
    expect(decide(guarded, ask({ values }))).toMatchObject({ kind: "deny", code: "arguments_mismatch" });
  });

  test.each([1.5, 1e300, 2 ** 53, -0.5, "3"])(
    "depth %s, which no Long holds, denies where a policy reads it",
    (depth) => {
      const deep = compiled(
        `${PERMIT} @id("deep") forbid (principal, action in Doorward::Action::"tools/call", resource) when { context.input has depth && context.input.depth > 3 };`,
      );
      expect(decide(deep, ask({ values: { path: "x", depth } }))).toMatchObject({
        code: "arguments_mismatch",
      });
      expect(decide(guarded, ask({ values: { path: "x", depth } })).kind).toBe("allow");
    },
  );

  test.each([2 ** 53 - 1, -(2 ** 53 - 1), -0])("depth %s is a Long", (depth) => {
    const set = compiled(
      `@id("d") permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input has depth && context.input.depth == ${depth} };`,
    );
    expect(decide(set, ask({ values: { path: "x", depth } })).kind).toBe("allow");
  });

  test("a tool the set was not compiled with, and facts about others than those who act, deny", () => {
    const set = compiled(PERMIT);
    expect(decide(set, ask({ name: "new_tool" }))).toMatchObject({ code: "tool_unknown" });
    const asked = ask({ principals: [ANN, NOTES] });
    expect(decide(set, { ...asked, principals: [NOTES] })).toMatchObject({ code: "policy_failed" });
    expect(decide(set, { ...asked, principals: [] })).toMatchObject({ code: "policy_failed" });
    expect(decide(set, { ...asked, principals: [NOTES, ANN] })).toMatchObject({ code: "policy_failed" });
  });

  test("an evaluator that fails denies", () => {
    const broken = {
      ...compiled(PERMIT),
      evaluator: {
        evaluate: () => {
          throw new Error("memory access out of bounds");
        },
        outlook: () => {
          throw new Error("memory access out of bounds");
        },
      },
    };
    expect(decide(broken, ask())).toMatchObject({ kind: "deny", code: "policy_failed" });
  });

  test("a tool of a server with a verb's name cannot pass for that verb", () => {
    const shape = { server: "tools", kind: "tool", name: "call", effects: ["read"], inputSchema: null };
    const set = compiled(PERMIT, [...TOOLS, shape as never]);
    const asked = ask({ name: "call" });
    const action = { ...asked.action, target: { server: "tools" as never, name: "call" } };
    expect(decide(set, { ...asked, action })).toMatchObject({ code: "tool_unknown" });
    expect(RESERVED_SERVER_NAMES.has("tools")).toBe(true);
  });
});

describe("a set reloaded after its tools changed", () => {
  const text = `${PERMIT}
    @id("gone") forbid (principal, action == Doorward::Action::"fs/create_directory", resource);
    @id("path") forbid (principal, action == Doorward::Action::"fs/read_file", resource) when { context.input.path == "/etc" };
    @id("extra") permit (principal is Doorward::User, action == Doorward::Action::"fs/read_file", resource) when { context.input.path == "x" };`;
  const changed = [
    { ...TOOLS[0], inputSchema: { type: "object", properties: { path: { type: "integer" } } } },
    TOOLS[2],
  ] as typeof TOOLS;

  test("is refused as a new text", () => {
    expect(compilePolicies(text, changed).ok).toBe(false);
  });

  test("denies what a forbid that no longer fits was about, and keeps the rest", () => {
    const result = compilePolicies(text, changed, "reload");
    if (!result.ok) throw new Error("reload expected");
    expect(result.warnings.map((warning) => warning.policy)).toEqual(
      expect.arrayContaining(["gone", "path", "extra"]),
    );
    expect(decide(result.set, ask({ values: { path: 1 } }))).toMatchObject({ code: "policy_error" });
    expect(decide(result.set, ask({ name: "write_file", effects: ["destructive"] })).kind).toBe("allow");
  });
});

describe("texts are for people", () => {
  test("they name the agent, the user, the tool, the reason and what to do", () => {
    const set = compiled(
      `${PERMIT} @id("no") @reason("{agent} asked {server} for {tool}, for {user}.") @remedy("Run: doorward agents grant {agent} {tool}") forbid (principal, action, resource);`,
    );
    const verdict = decide(set, ask({ principals: [ANN, NOTES] }));
    expect(verdict).toMatchObject({
      reason:
        'Agent "notes", acting for user "Ann", may not call the tool fs/read_file: notes asked fs for fs/read_file, for Ann. (That holds for user "Ann", in whose name it acts.)',
      remedy: "Run: doorward agents grant notes fs/read_file",
    });
  });

  test("what is filled in is not filled in again, and stays bounded", () => {
    const set = compiled(`${PERMIT} @id("no") @reason("{agent}") forbid (principal, action, resource);`);
    const tricky = { ...NOTES, name: "{user}{tool}$&" };
    expect(decide(set, ask({ principals: [tricky] })).grounds[0]?.reason).toBe("{user}{tool}$&");
    const long = ask({ verb: "resources/read", name: `file:///${"x".repeat(100_000)}` });
    const verdict = decide(set, long);
    expect(verdict.kind === "deny" ? verdict.reason.length : 0).toBeLessThanOrEqual(2000);
  });
});
