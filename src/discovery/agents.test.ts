import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AGENTS, type Format } from "./agents.table.ts";
import { agentsIn, keysIn } from "./agents.ts";
import { configurationIn } from "./configuration.ts";

const SECRET = "sk-5up3r-s3cr3t";
const seen = (agent: string, text: unknown, shape = 0) =>
  agentsIn([{ agent, shape, path: "/h/c", text: typeof text === "string" ? text : JSON.stringify(text) }]);
const stdio = {
  command: "/usr/bin/npx",
  args: ["-y", "@scope/server@1.2.3", "--token", SECRET],
  env: { API_KEY: SECRET },
};

// Shapes as the documents say that agents.table.ts names; values are ours.
const WRITTEN: readonly (readonly [string, number, unknown, readonly string[], readonly string[]])[] = [
  [
    "claude-code",
    0,
    { mcpServers: { a: stdio }, projects: { "/p": { mcpServers: { b: stdio }, history: [SECRET] } } },
    ["a", "b"],
    [],
  ],
  ["claude-code", 1, { model: "opus", env: { ANTHROPIC_AUTH_TOKEN: SECRET } }, [], ["opus"]],
  [
    "codex",
    0,
    `model = "gpt-5" # best\n[profiles.fast]\nmodel = 'mini'\n[mcp_servers."a b"]\ncommand = "npx"\nargs = ["-y", "x"]\n[mcp_servers."a b".env]\nAPI_KEY = "${SECRET}"`,
    ["a b"],
    ["gpt-5", "mini"],
  ],
  [
    "cursor",
    0,
    {
      mcpServers: {
        a: {
          url: `https://u:${SECRET}@h.example:8443/${SECRET}?k=${SECRET}`,
          headers: { Authorization: SECRET },
        },
      },
    },
    ["a"],
    [],
  ],
  [
    "openclaw",
    0,
    `{ // mine\n agents: { defaults: { model: { primary: "x/y" } } }, models: { providers: { x: { apiKey: '${SECRET}', } } }, }`,
    [],
    ["x/y"],
  ],
  [
    "goose",
    0,
    `GOOSE_MODEL: qwen\nextensions:\n  a:\n    type: stdio\n    cmd: uvx\n    args: [mcp-x]\n    envs: {API_TOKEN: ${SECRET}}\n  builtin:\n    type: builtin\n`,
    ["a"],
    ["qwen"],
  ],
  [
    "continue",
    0,
    `models:\n  - name: m\n    model: llama\n    apiKey: ${SECRET}\nmcpServers:\n  - name: s\n    command: npx\n`,
    ["s"],
    ["llama"],
  ],
  ["aider", 0, `model: sonnet\nopenai-api-key: ${SECRET}\n`, [], ["sonnet"]],
  [
    "opencode",
    0,
    {
      model: "a/b",
      mcp: {
        l: { type: "local", command: ["npx", "-y", "pkg"] },
        r: { type: "remote", url: "https://m.example/x" },
      },
    },
    ["l", "r"],
    ["a/b"],
  ],
  ["vscode", 0, { servers: { a: stdio }, inputs: [] }, ["a"], []],
];

describe("configurations", () => {
  test.each(WRITTEN)("of %s (%s) give servers and models, and never a key", (...written) => {
    const [agent, shape, text, servers, models] = written;
    const [own, ...named] = seen(agent, text, shape);
    expect([own?.facts["servers"], own?.facts["models"], own?.confidence]).toEqual([
      servers,
      models,
      "certain",
    ]);
    expect(named.map(({ name }) => name)).toEqual(servers);
    expect(JSON.stringify([own, named])).not.toContain("s3cr3t");
    const holdsKey = JSON.stringify(text).includes(SECRET) && agent !== "claude-code";
    expect((own?.facts["keysPresent"]?.toString() ?? "") !== "" || !holdsKey || shape === 1).toBe(true);
  });

  test("of servers give program, package and host", () => {
    const [, first] = seen("cursor", { mcpServers: { a: stdio } });
    expect([first?.where, first?.facts["package"]]).toEqual(["npx", "@scope/server@1.2.3"]);
    const open = {
      mcpServers: {
        a: { url: "http://far.example/mcp" },
        b: { url: "http://127.0.0.1:9/mcp" },
        c: { url: "file:///etc" },
      },
    };
    const [, far, near, odd] = seen("cursor", open);
    expect([far?.where, far?.warnings.length]).toEqual(["http://far.example", 1]);
    expect([near?.where, near?.warnings.length]).toEqual(["http://127.0.0.1:9", 0]);
    expect(odd?.where).toBe("a URL that could not be read");
  });

  test("that cannot be read still say that the agent is here", () => {
    const [own, ...more] = seen("cursor", "{{{");
    expect([own?.confidence, own?.warnings, more]).toEqual(["likely", ["it could not be read as JSON"], []]);
    expect(seen("nobody", "{}")).toEqual([]);
    expect(seen("cursor", "{}", 9)).toEqual([]);
  });

  test("of any text never fail, and names like __proto__ are names", () => {
    const formats: Format[] = ["json", "toml", "yaml"];
    fc.assert(
      fc.property(fc.constantFrom(...formats), fc.string({ maxLength: 300 }), (format, text) => {
        configurationIn(text, format);
      }),
    );
    configurationIn('[__proto__]\npolluted = "yes"\n[constructor.prototype]\npolluted = "yes"', "toml");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

test("whatever a field of a key holds is not said", () => {
  const name = fc.constantFrom(
    "apiKey",
    "api_key",
    "OPENAI_API_KEY",
    "token",
    "Authorization",
    "client_secret",
    "password",
  );
  fc.assert(
    fc.property(name, fc.uuid(), (field, secret) => {
      const keys = keysIn({ a: [{ [field]: secret }] });
      expect([keys.length, JSON.stringify(keys).includes(secret)]).toEqual([1, false]);
    }),
  );
  expect(keysIn({ maxTokens: "5", tokenizer: "x", monkey: "y", keys: "z" })).toEqual([]);
});

test("every agent has a source, and fields to take", () => {
  expect(AGENTS.filter(({ source, configurations }) => source === "" || configurations.length === 0)).toEqual(
    [],
  );
});
