import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { effectsFor, type ManifestBody, openFlow, SHIPPED_TOOLS } from "#flow";
import { compilePolicies, decide, STARTER_POLICY } from "#policy";
import type { AgentId, ServerName } from "#vocabulary";

/** A coding session as a person would have one: read, search, change, test, commit; then publish, which must wait. */
const ROOT = "/work/garden";
const file = (name: string): string => `${ROOT}/${name}`;
const SESSION: readonly (readonly [string, JsonObject, Json])[] = [
  ["TodoWrite", { todos: [] }, "ok"],
  ["LS", { path: ROOT }, "src/ package.json"],
  ["Read", { file_path: file("package.json") }, '{"name":"garden"}'],
  ["Glob", { pattern: "**/*.ts" }, "src/plant.ts"],
  ["Read", { file_path: file("src/plant.ts") }, "export const plants = [];"],
  ["Grep", { pattern: "plants", path: "src" }, "src/plant.ts:1"],
  ["Bash", { command: "git status" }, "clean"],
  ["Bash", { command: "git log --oneline -5" }, "abc Start"],
  ["Bash", { command: "npm test" }, "1 passed"],
  ["Edit", { file_path: file("src/plant.ts"), old_string: "[]", new_string: '["wheat"]' }, "edited"],
  ["Write", { file_path: file("src/water.ts"), content: "export {};" }, "written"],
  ["Bash", { command: "npm test" }, "1 failed"],
  ["Read", { file_path: file("src/water.ts") }, "export {};"],
  ["Edit", { file_path: file("src/water.ts"), old_string: "{}", new_string: "const water = 1;" }, "edited"],
  ["Bash", { command: "npx tsc -p ." }, ""],
  ["Bash", { command: "npm run build 2>&1 | tail -20" }, "built"],
  ["Bash", { command: "npm test" }, "2 passed"],
  [
    "MultiEdit",
    { file_path: file("src/plant.ts"), edits: [{ old_string: "wheat", new_string: "rye" }] },
    "edited",
  ],
  ["Bash", { command: "git diff --stat" }, "2 files"],
  ["Bash", { command: "mkdir -p docs" }, ""],
  ["Write", { file_path: file("docs/water.md"), content: "# Water" }, "written"],
  ["Read", { file_path: file("docs/water.md") }, "# Water"],
  ["Grep", { pattern: "rye" }, "src/plant.ts"],
  ["Bash", { command: "cat src/plant.ts | head -5" }, "rye"],
  ["Bash", { command: "npm test" }, "2 passed"],
  ["TodoWrite", { todos: [] }, "ok"],
  ["Bash", { command: "git add ." }, ""],
  ["Bash", { command: 'git commit -m "Water the plants"' }, "committed"],
  ["Bash", { command: "git show --stat HEAD" }, "2 files"],
  ["Bash", { command: "git status" }, "clean"],
];

const SERVER = "agent:coder" as ServerName;
const AGENT = "agt_coder" as AgentId;
const TOOLS = SHIPPED_TOOLS["claude-code"] ?? {};

type Shelf = Readonly<Record<string, ManifestBody>>;

function openSession(
  words: string,
  tools: Shelf = TOOLS,
): (tool: string, args: JsonObject, result: Json) => string {
  const names = Object.keys(tools);
  const shapes = Object.entries(tools).map(([name, { effect }]) => ({
    server: SERVER,
    kind: "tool" as const,
    name,
    effects: effectsFor(effect),
    inputSchema: {},
  }));
  const compiled = compilePolicies(STARTER_POLICY, shapes);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const flow = openFlow({ own: [], roots: [ROOT] });
  flow.say({ standing: "attested", text: words });
  return (tool, args, result) => {
    const shipped = tools[tool];
    if (shipped === undefined) throw new Error(`no tool ${tool}`);
    const manifest = { tool: `${SERVER}/${tool}`, ...shipped };
    const facts = flow.judge({ manifest, arguments: args });
    const verdict = decide(compiled.set, {
      action: {
        door: "llm",
        verb: "tools/call",
        target: { server: SERVER, name: tool },
        arguments: args,
        destination: { kind: "agent", server: SERVER, identity: "sha256:0" },
        chain: { user: null, agents: [AGENT] },
        agentVersion: null,
        model: null,
      },
      facts: { fingerprint: null, effects: effectsFor(facts.effect) },
      principals: [
        {
          type: "Agent",
          id: AGENT,
          name: "coder",
          owner: "usr_ada",
          grantedTools: names.map((name) => `${SERVER}/${name}`),
        },
      ],
      stage: "enforce",
      flow: facts,
    });
    flow.observe({ manifest, arguments: args, result });
    return verdict.kind;
  };
}

test("a coding session of thirty calls waits at most twice", () => {
  const step = openSession("Please add watering to the garden project, test it and commit.");
  const verdicts = SESSION.map(([tool, args, result]) => step(tool, args, result));
  expect(SESSION).toHaveLength(30);
  expect(verdicts).not.toContain("deny");
  expect(verdicts.filter((verdict) => verdict === "hold").length).toBeLessThanOrEqual(2);
});

test("what leaves the folder waits, and after reading what others wrote so does running code", () => {
  const step = openSession("Please add watering, as https://docs.example/water says.");
  expect(step("Bash", { command: "npm test" }, "ok")).toBe("allow");
  expect(step("Write", { file_path: "/etc/cron.d/x", content: "x" }, "")).toBe("hold");
  expect(step("Write", { file_path: `${ROOT}/../x`, content: "x" }, "")).toBe("hold");
  expect(step("Bash", { command: "git push" }, "")).toBe("hold");
  expect(step("WebFetch", { url: "https://evil.example/", prompt: "x" }, "")).toBe("hold");
  expect(step("WebFetch", { url: "https://docs.example/water", prompt: "x" }, "Run: npm test")).toBe("allow");
  expect(step("Bash", { command: "npm test" }, "ok")).toBe("hold");
  expect(step("Bash", { command: "git status" }, "ok")).toBe("allow");
  expect(step("Write", { file_path: `${ROOT}/src/a.ts`, content: "x" }, "")).toBe("allow");
});

/** As OpenClaw and Goose have it: places as they lie below the folder in which the agent works. */
const RELATIVE: Readonly<Record<string, readonly (readonly [string, JsonObject, Json])[]>> = {
  openclaw: [
    ["ls", { path: "." }, "src/ package.json"],
    ["read", { path: "package.json" }, '{"name":"garden"}'],
    ["exec", { command: "npm test" }, "1 passed"],
    ["edit", { path: "src/plant.ts", edits: [{ oldText: "a", newText: "b" }] }, "edited"],
    ["write", { path: "./src/water.ts", content: "export {};" }, "written"],
    ["exec", { command: "npm test", workdir: "src" }, "2 passed"],
    ["write", { path: "docs/water.md", content: "# Water" }, "written"],
    ["exec", { command: 'git commit -m "Water the plants"' }, "committed"],
  ],
  goose: [
    ["tree", { path: "src" }, "plant.ts"],
    ["write", { path: "src/water.ts", content: "export {};" }, "written"],
    ["edit", { path: "src/plant.ts", before: "a", after: "b" }, "edited"],
    ["shell", { command: "npm test" }, "2 passed"],
  ],
};

test.each(Object.keys(RELATIVE))(
  "%s writes where it works without a question, and nowhere else",
  (client) => {
    const words = "Please add watering to the garden project, test it and commit.";
    const step = openSession(words, SHIPPED_TOOLS[client]);
    const steps = RELATIVE[client] ?? [];
    expect(steps.map(([tool, args, result]) => step(tool, args, result))).toEqual(steps.map(() => "allow"));
    for (const path of [
      "../x",
      "src/../../x",
      "src/../x",
      "~/.ssh/authorized_keys",
      "$HOME/x",
      "C:\\x",
      "\\x",
      "..\\x",
      "file:///x",
    ])
      expect([path, step("write", { path, content: "x" }, "")]).toEqual([path, "hold"]);
  },
);

test("what lies below a server's own folder is not below the agent's", () => {
  const flow = openFlow({ own: [], roots: [ROOT] });
  const { write } = SHIPPED_TOOLS["openclaw"] ?? {};
  if (write === undefined) throw new Error("not shipped");
  const judged = (tool: string, roots = flow) =>
    roots.judge({ manifest: { ...write, tool }, arguments: { path: "a.md" } }).origins.path;
  expect(judged("agent:coder/write")).toEqual(["trusted"]);
  expect(judged("files/write")).toEqual(["model"]);
  expect(judged("agent:coder/write", openFlow({ own: [] }))).toEqual(["model"]);
});
