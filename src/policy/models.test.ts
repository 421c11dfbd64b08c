import { describe, expect, test } from "vitest";
import type { ServedModel, ServerName, Verb } from "#vocabulary";
import { ANN, ask, compiled, ids, NOTES, tool, TOOLS } from "../../tests/samples/policy.ts";
import {
  type BudgetFacts,
  compilePolicies,
  decide,
  explain,
  mayUse,
  type Question,
  STARTER_POLICY,
  type ToolShape,
} from "./index.ts";

// Models, budgets, marks and agents' own tools, as policy sees them.

interface Asking {
  readonly verb?: Verb;
  readonly server?: string;
  readonly name?: string;
  readonly model?: string | null;
  readonly isOutside?: boolean;
  readonly budget?: BudgetFacts;
}

/** Agent "notes" asks ollama/llama3.2, unless told otherwise. */
function asking(over: Asking = {}, principals = ask().principals): Question {
  const { verb = "models/generate", server = "ollama", name = "llama3.2", model = "llama", budget } = over;
  const question = ask({
    verb,
    name,
    principals,
    values: {},
    effects: over.isOutside === true ? ["outbound", "read"] : ["read"],
  });
  const target = { server: server as ServerName, name };
  const action = { ...question.action, door: "llm" as const, target, model };
  return { ...question, action, ...(budget === undefined ? {} : { budget }) };
}

const permit = (rest: string, head = ""): string =>
  `@id("may") ${head} permit (principal is Doorward::Agent, action, resource) ${rest};`;
const isAllowed = (text: string, question: Question, tools = TOOLS): boolean =>
  decide(compiled(text, tools), question).kind === "allow";

const whileBudget = (condition: string): string =>
  `@id("may") permit (principal, action == Doorward::Action::"models/generate", resource) when { ${condition} };`;

const bash = (server = "agent:mailbot", name = "bash"): Question => {
  const question = ask({ name, effects: ["destructive", "outbound"] });
  return { ...question, action: { ...question.action, target: { server: server as ServerName, name } } };
};

describe("what a policy can say of models", () => {
  const model = 'action == Doorward::Action::"models/generate"';
  test.each<[string, string, Asking, boolean]>([
    ["the model itself", `${model}, resource == Doorward::Model::"ollama/llama3.2"`, {}, true],
    ["another model", `${model}, resource == Doorward::Model::"ollama/llama3"`, {}, false],
    ["its upstream", `${model}, resource in Doorward::Server::"ollama"`, {}, true],
    ["another upstream", `${model}, resource in Doorward::Server::"openai"`, {}, false],
    ["embedding is another action", `${model}, resource`, { verb: "models/embed" }, false],
    ["a model is no read", 'action in Doorward::Action::"read", resource', {}, false],
    [
      "a hosted tool",
      'action, resource == Doorward::HostedTool::"openai/web_search"',
      { verb: "models/host-tool", server: "openai", name: "web_search" },
      true,
    ],
    [
      "an address",
      'action == Doorward::Action::"models/fetch-url", resource == Doorward::Resource::"openai/https://a.example/x"',
      { verb: "models/fetch-url", server: "openai", name: "https://a.example/x" },
      true,
    ],
  ])("%s", (_, head, over, expected) => {
    expect(isAllowed(`@id("may") permit (principal, ${head});`, asking(over))).toBe(expected);
  });

  test.each<[string, string, Asking, boolean]>([
    ["a family by name", 'when { resource is Doorward::Model && resource.name like "llama*" }', {}, true],
    ["the name it was asked for by", 'when { context has model && context.model == "llama" }', {}, true],
    ["no name at the mcp door", "when { context has model }", { model: null }, false],
    ["what stays in the house", 'unless { context.effects.contains("outbound") }', {}, true],
    ["what leaves it", 'unless { context.effects.contains("outbound") }', { isOutside: true }, false],
    ["the llm door", 'when { context.door == "llm" }', {}, true],
  ])("%s", (_, condition, over, expected) => {
    expect(isAllowed(permit(condition), asking(over))).toBe(expected);
  });

  test.each([
    ['a model has no "isLocal"', permit("when { resource is Doorward::Model && resource.isLocal }")],
    [
      "tools are not counted",
      `@id("x") permit (principal, action == Doorward::Action::"fs/read_file", resource) when { context.budget.usedPercent < 5 };`,
    ],
    ["who it was asked for may be unknown", permit('when { context.model == "x" }')],
  ])("what means nothing does not compile: %s", (_, text) => {
    expect(compilePolicies(text, TOOLS)).toMatchObject({ ok: false });
  });
});

const DIGEST = `sha256:${"a".repeat(64)}` as const;
const KNOWN: ServedModel = {
  digest: DIGEST,
  manifest: null,
  proof: "reported",
  isTelling: true,
  why: null,
  status: "approved",
  risk: "high",
  licence: null,
};
const whenModel = (condition: string): string =>
  `@id("may") permit (principal, action == Doorward::Action::"models/generate", resource) when { ${condition} };`;
const askedOf = (weights?: ServedModel): Question => ({
  ...asking({}),
  ...(weights === undefined ? {} : { weights }),
});

describe("the register in a policy", () => {
  test.each<[string, ServedModel | undefined, boolean]>([
    ['resource.status == "approved"', KNOWN, true],
    ['resource.status == "approved"', { ...KNOWN, status: "changed" }, false],
    ['resource.proof == "proven"', KNOWN, false],
    ['resource.proof == "proven"', { ...KNOWN, proof: "proven" }, true],
    [`resource has digest && resource.digest == "${DIGEST}"`, KNOWN, true],
    [`resource has digest && resource.digest == "${DIGEST}"`, { ...KNOWN, digest: null }, false],
    ['resource has risk && resource.risk == "high"', KNOWN, true],
    ["resource has licence", KNOWN, false],
    ['resource.status == "unregistered" && resource.proof == "unproven"', undefined, true],
  ])("%s", (condition, weights, expected) => {
    expect(isAllowed(whenModel(condition), askedOf(weights))).toBe(expected);
  });

  test.each(['resource.digest == "x"', "resource.approved"])("does not compile: %s", (condition) => {
    expect(compilePolicies(whenModel(condition), TOOLS)).toMatchObject({ ok: false });
  });
});

describe("budgets in the context", () => {
  test.each<[string, BudgetFacts | undefined, boolean]>([
    ["context.budget.usedPercent < 90", { exceeded: [], usedPercent: 89 }, true],
    ["context.budget.usedPercent < 90", { exceeded: [], usedPercent: 90 }, false],
    ["context.budget.usedPercent == 0 && context.budget.exceeded.isEmpty()", undefined, true],
    ['context.budget.exceeded.contains("daily")', { exceeded: ["daily", "weekly"], usedPercent: 120 }, true],
    ['context.budget.exceeded.contains("daily")', { exceeded: ["weekly"], usedPercent: 120 }, false],
  ])("%s with %o", (condition, budget, expected) => {
    expect(isAllowed(whileBudget(condition), asking(budget === undefined ? {} : { budget }))).toBe(expected);
  });

  test("the same question with another budget is another question", () => {
    const set = compiled(whileBudget("context.budget.usedPercent < 90"));
    const kinds = [10, 95, 10].map(
      (usedPercent) => decide(set, asking({ budget: { exceeded: [], usedPercent } })).kind,
    );
    expect(kinds).toEqual(["allow", "deny", "allow"]);
  });
});

describe("a list of models", () => {
  const generate = 'principal, action == Doorward::Action::"models/generate", resource';
  test.each<[string, string, boolean]>([
    [
      "no permit",
      `@id("a") permit (principal, action == Doorward::Action::"models/embed", resource);`,
      false,
    ],
    ["a permit", `@id("a") permit (${generate});`, true],
    ["a permit for another model", `@id("a") permit (${generate}) when { resource.name == "gpt" };`, false],
    [
      "a permit while the budget lasts",
      `@id("a") permit (${generate}) when { context.budget.usedPercent < 0 };`,
      true,
    ],
    [
      "a forbid when the budget is gone",
      `@id("a") permit (${generate}); @id("b") forbid (${generate}) when { context.budget.usedPercent >= 0 };`,
      true,
    ],
    [
      "spelled otherwise",
      String.raw`@id("a") permit (${generate}) when { context["budg\u{65}t"].usedPercent < 0 };`,
      true,
    ],
    ["a forbid whatever the budget", `@id("a") permit (${generate}); @id("b") forbid (${generate});`, false],
    [
      "a forbid whatever the budget, told with it",
      `@id("a") permit (${generate}); @id("b") forbid (${generate}) when { resource.name == "llama3.2" || context.budget.usedPercent > 5 };`,
      false,
    ],
    ["a hold", `@id("a") permit (${generate}); @id("b") @hold("admins") forbid (${generate});`, true],
  ])("%s", (_, text, expected) => {
    expect(mayUse(compiled(text), asking())).toBe(expected);
    expect(mayUse(compiled(text), asking({ budget: { exceeded: ["x"], usedPercent: 100 } }))).toBe(expected);
  });

  test("what was answered for one name asked for is not the answer for another", () => {
    const set = compiled(permit('when { context has model && context.model == "llama" }'));
    expect([mayUse(set, asking()), mayUse(set, asking({ model: "other" }))]).toEqual([true, false]);
  });
});

describe("marks", () => {
  const marked = (mark: string): string => permit("", `@mark("${mark}")`);

  test("an answer carries those of the permits that let it through", () => {
    const text = `${marked("ai-generated")}
      @id("other") @mark("draft") permit (principal is Doorward::Agent, action, resource);
      @id("plain") permit (principal is Doorward::Agent, action, resource);
      @id("user") @mark("ann") permit (principal is Doorward::User, action, resource);
      @id("not-now") @mark("never") permit (principal, action, resource) when { context.door == "mcp" };`;
    expect(decide(compiled(text), asking())).toMatchObject({ marks: ["ai-generated", "draft"] });
    expect(decide(compiled(text), asking({}, [ANN, NOTES]))).toMatchObject({
      marks: ["ai-generated", "ann", "draft"],
    });
  });

  test("nothing is marked where nobody asks for it, nor what does not go through", () => {
    expect(decide(compiled(permit("")), asking())).not.toHaveProperty("marks");
    const refused = `${marked("x")} @id("no") forbid (principal, action, resource);`;
    expect(decide(compiled(refused), asking())).not.toHaveProperty("marks");
  });

  test("what was lifted is marked like the rest", () => {
    const set = compiled(`${marked("x")} @id("wait") @hold("admins") forbid (principal, action, resource);`);
    expect(decide(set, asking(), { policySet: set.digest, policies: ids("wait") })).toMatchObject({
      kind: "allow",
      marks: ["x"],
    });
  });

  test.each([
    ["on a forbid", '@id("no") @mark("x") forbid (principal, action, resource);'],
    ["empty", permit("", "@mark")],
    ["a sentence", marked("made by AI")],
    ["with a line break in it", marked(String.raw`a\nb`)],
    ["in capitals", marked("AI")],
    ["too long", marked("a".repeat(64))],
  ])("%s is a problem", (_, text) => {
    const problems = compilePolicies(text, TOOLS);
    expect(problems).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining("@mark") }] });
  });
});

describe("agents' own tools", () => {
  const own: ToolShape = {
    ...tool("bash", ["destructive", "outbound"]),
    server: "agent:mailbot" as ServerName,
  };
  const tools = [...TOOLS, own];

  test.each([
    ["one tool", 'resource == Doorward::Tool::"agent:mailbot/bash"', true],
    ["one agent's", 'resource in Doorward::Server::"agent:mailbot"', true],
    ["all agents'", 'resource in Doorward::Server::"agents"', true],
    ["all agents' tools", 'resource is Doorward::Tool in Doorward::Server::"agents"', true],
    ["another agent's", 'resource in Doorward::Server::"agent:notes"', false],
  ])("a policy names %s, in its head or in a condition", (_, clause, expected) => {
    expect(isAllowed(`@id("may") permit (principal, action, ${clause});`, bash(), tools)).toBe(expected);
    expect(isAllowed(permit(`when { ${clause} }`), bash(), tools)).toBe(expected);
  });

  test("an MCP server's tool is not among them, whatever it is called", () => {
    const text = '@id("may") permit (principal, action, resource in Doorward::Server::"agents");';
    const posing = [
      ...tools,
      { ...own, server: "agents" as ServerName },
      { ...own, server: "agent" as ServerName },
    ];
    expect(isAllowed(text, ask(), posing)).toBe(false);
    expect(isAllowed(text, bash("agent"), posing)).toBe(false);
    expect(decide(compiled(text, posing), bash("agents"))).toMatchObject({ code: "tool_unknown" });
  });

  test("the starter policy asks for a grant, and then for a person", () => {
    const set = compiled(STARTER_POLICY, tools);
    expect(decide(set, bash())).toMatchObject({
      kind: "deny",
      remedy: "An admin can grant it with: doorward agents grant notes agent:mailbot/bash",
    });
    const granted = { ...NOTES, grantedTools: ["agent:mailbot/bash"] };
    expect(decide(set, { ...bash(), principals: [granted] })).toMatchObject({
      kind: "hold",
      groups: ["admins"],
    });
    expect(mayUse(set, bash())).toBe(false);
  });
});

describe("words", () => {
  const silent = compiled('@id("x") permit (principal is Doorward::User, action, resource);');

  test.each<[Asking, string, string]>([
    [
      {},
      'Agent "notes" may not ask the model ollama/llama3.2: ',
      'Doorward::Action::"models/generate", resource in Doorward::Server::"ollama");',
    ],
    [{ verb: "models/embed" }, "turn text into vectors with the model ollama/llama3.2", '"models/embed"'],
    [
      { verb: "models/host-tool", name: "web_search" },
      "let ollama run its hosted tool ollama/web_search",
      '"models/host-tool"',
    ],
    [
      { verb: "models/fetch-url", name: "https://a.example/" },
      "let ollama fetch https://a.example/",
      '"models/fetch-url"',
    ],
  ])("a text that is silent about it says what to add: %o", (over, reason, remedy) => {
    expect(decide(silent, asking(over))).toMatchObject({
      code: "no_permit",
      reason: expect.stringContaining(reason),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("what it says to add is a policy, and enough", () => {
    const { remedy } = decide(silent, asking()) as { remedy: string };
    const [, added = ""] = /For example: (.*)$/.exec(remedy) ?? [];
    expect(isAllowed(added, asking())).toBe(true);
  });

  test("a user without rights is told of a user's permit, and a tool's refusal stays as it was", () => {
    const agents = compiled(permit(""));
    expect(decide(agents, asking({}, [ANN, NOTES]))).toMatchObject({
      remedy: expect.stringContaining("permit (principal is Doorward::User, "),
    });
    expect(decide(silent, ask())).toMatchObject({ remedy: expect.stringMatching(/activate FILE\.$/) });
  });

  test("reasons name the model that is asked, or the one that asked", () => {
    const set = compiled('@id("no") @reason("{model} for {agent}") forbid (principal, action, resource);');
    const reasonOf = (question: Question) => decide(set, question).grounds[0]?.reason;
    expect(reasonOf(asking())).toBe("ollama/llama3.2 for notes");
    expect(reasonOf({ ...ask(), action: { ...ask().action, model: "gpt-5" } })).toBe("gpt-5 for notes");
    expect(reasonOf(ask())).toBe("unknown for notes");
  });

  test("why shows the budget that policies saw", () => {
    const budget = { exceeded: ["daily"], usedPercent: 130 };
    expect(explain(compiled(STARTER_POLICY), asking({ budget }))).toMatchObject({
      action: "models/generate",
      resource: 'Doorward::Model::"ollama/llama3.2"',
      context: { door: "llm", model: "llama", budget },
    });
  });
});

test("an approval of a budget lifts no policy", () => {
  const set = compiled(`${permit("")} @id("wait") @hold("admins") forbid (principal, action, resource);`);
  const lift = { policySet: set.digest, policies: ids("budget:wait", "wait.x") };
  expect(decide(set, asking(), lift).kind).toBe("hold");
});
