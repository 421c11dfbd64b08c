import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOf, type JsonObject } from "#base";
import {
  manifestBody,
  manifestEffect,
  proposeManifest,
  SHIPPED_PACKAGES,
  SHIPPED_REMOTES,
  SHIPPED_TOOLS,
  shapeOf,
  shippedFor,
} from "#flow";
import type { FlowEffect } from "#vocabulary";
import { shapeSample, tableOf } from "../scripts/manifest-shapes.ts";
import { openManifests } from "../src/gateway/manifest-rows.ts";
import { openWorld, type World } from "./support/operations.ts";

// What Doorward ships for well-known tools: pinned to what their own code declares, and in force only where it is they.

const FOLDER = new URL("samples/shapes/", import.meta.url);
const SAMPLES = readdirSync(FOLDER)
  .toSorted()
  .map((file) => shapeSample.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))));
const SHELVES = [
  ["client", SHIPPED_TOOLS],
  ["package", SHIPPED_PACKAGES],
  ["remote", SHIPPED_REMOTES],
] as const;
const SHIPPED = SHELVES.flatMap(([kind, shelf]) =>
  Object.entries(shelf).flatMap(([of, tools]) =>
    Object.entries(tools).map(([tool, manifest]) => ({ kind, of, tool, manifest })),
  ),
);

function schemasOf(of: string, tool: string): readonly JsonObject[] {
  return SAMPLES.find((one) => one.of === of)?.tools[tool] ?? [];
}

function sampleOf(of: string, tool: string): JsonObject {
  const [schema] = schemasOf(of, tool);
  if (schema === undefined) throw new Error(`no sample of ${of} ${tool}`);
  return { name: tool, description: "Whatever it says", inputSchema: schema };
}

/** Laid out as it may be. */
function bare(text: string): string {
  return text.replaceAll(/[\s,"]/g, "");
}

describe("the table of shapes", () => {
  test("is what the samples make it (node scripts/manifest-shapes.ts)", () => {
    const table = readFileSync(new URL("../src/flow/shapes.table.ts", import.meta.url), "utf8");
    expect(bare(table)).toBe(bare(tableOf(SAMPLES)));
  });

  test("says of every shape where it was read", () => {
    for (const { of, sources } of SAMPLES) {
      expect(`${of} ${sources.length > 0}`).toBe(`${of} true`);
      for (const { source } of sources) expect(source).toMatch(/npm package|__toolsnaps__|unverified/);
    }
  });

  test("has ten servers and four coding agents", () => {
    expect(Object.keys(SHIPPED_PACKAGES)).toHaveLength(10);
    expect(Object.keys(SHIPPED_TOOLS).toSorted()).toEqual(["claude-code", "codex", "goose", "openclaw"]);
  });

  test("holds no prose", () => {
    expect(JSON.stringify(SAMPLES.map(({ tools }) => tools))).not.toMatch(/"description":"|"title":"/);
  });
});

describe.each(SHIPPED)("$of $tool", ({ of, tool, manifest }) => {
  test("says in Doorward's words what it does, where it does something", () => {
    const isEffectful = manifest.effect !== "read" || manifest.effectIf !== undefined;
    expect(isEffectful && manifest.summary === undefined).toBe(false);
  });

  test("is valid, has a shape, and names only arguments that there are", () => {
    expect(manifestBody.safeParse(manifest).error).toBe(undefined);
    const schemas = schemasOf(of, tool);
    expect(schemas.length).toBeGreaterThan(0);
    const known = schemas.flatMap((schema) => Object.keys((schema["properties"] ?? {}) as object));
    const inWords = [...(manifest.summary ?? "").matchAll(/\{([^{}]+)\}/gu)].map(([, name = ""]) => name);
    const named = [
      ...Object.keys(manifest.roles),
      ...Object.keys(manifest.effectIf ?? {}),
      ...inWords,
      ...(manifest.mutable ?? []),
    ];
    expect(named.filter((argument) => !known.includes(argument) && !SHARED.has(argument))).toEqual([]);
  });
});

/** One manifest serves tools of several names; what an argument of another is for does no harm. */
const SHARED: ReadonlySet<string> = new Set([
  "offset",
  "limit",
  "replace_all",
  "task_id",
  "shell_id",
  "bash_id",
  "block",
  "timeout",
  "filter",
  "workdir",
  "page",
  "perPage",
  "per_page",
]);

test("nobody's words are trusted that others can write: only fixed answers, and what stays in the session's folders", () => {
  const trusted = SHIPPED.filter(({ manifest }) => manifest.output.integrity === "trusted");
  expect(trusted.map(({ tool }) => tool).toSorted()).toEqual([
    "KillBash",
    "KillShell",
    "TaskCreate",
    "TaskStop",
    "TaskUpdate",
    "TodoWrite",
    "list_allowed_directories",
    "sequentialthinking",
    "update_plan",
  ]);
  const vouched = SHIPPED.filter(
    ({ manifest }) => manifest.output.directory ?? manifest.output.trustedAuthors,
  );
  expect(vouched).toEqual([]);
});

test("two clients that share a name and a shape share the manifest", () => {
  const byKey = new Map<string, string>();
  for (const { kind, of, tool, manifest } of SHIPPED.filter((one) => one.kind === "client"))
    for (const inputSchema of schemasOf(of, tool)) {
      const key = `${kind} ${tool} ${shapeOf({ name: tool, inputSchema })}`;
      const text = canonicalJson(JSON.parse(JSON.stringify(manifest)) as JsonObject);
      expect(`${of} ${tool} ${byKey.get(key) ?? text}`).toBe(`${of} ${tool} ${text}`);
      byKey.set(key, text);
    }
});

/** In the order of gravity that `manifestEffect` has. */
function rank(effect: FlowEffect): number {
  return manifestEffect.options.indexOf(effect);
}

describe("what names and schemas alone propose for these real tools", () => {
  const proposed = SHIPPED.flatMap(({ of, tool, manifest }) =>
    schemasOf(of, tool).map((inputSchema) => ({
      named: `${of} ${tool}`,
      manifest,
      proposal: proposeManifest("x", { name: tool, inputSchema }),
    })),
  );
  const namesOf = (tools: typeof proposed): string[] => [...new Set(tools.map(({ named }) => named))];

  test("is never trust where a person saw none", () => {
    const trusted = proposed.filter(
      ({ manifest, proposal }) =>
        proposal.output.integrity === "trusted" && manifest.output.integrity !== "trusted",
    );
    expect(namesOf(trusted)).toEqual([]);
  });

  test("is never a look where a person saw a change", () => {
    const looks = ["read", "fetch"];
    const looser = proposed.filter(
      ({ manifest, proposal }) => looks.includes(proposal.effect) && !looks.includes(manifest.effect),
    );
    expect(namesOf(looser)).toEqual([]);
  });

  test("is less grave than what a person saw only as a change of a shared thing, whose name must have grounds", () => {
    const looser = proposed.filter(({ manifest, proposal }) => rank(proposal.effect) < rank(manifest.effect));
    expect([
      ...new Set(looser.map(({ manifest, proposal }) => `${proposal.effect} for ${manifest.effect}`)),
    ]).toEqual(["write for send"]);
    const aimless = looser.filter(({ proposal }) => !Object.values(proposal.roles).includes("selector"));
    expect(namesOf(aimless)).toEqual(["https://api.githubcopilot.com/mcp create_gist"]);
  });
});

describe("whose it is", () => {
  const FILESYSTEM = "@modelcontextprotocol/server-filesystem";
  const shape = shapeOf(sampleOf(FILESYSTEM, "read_file"));
  test.each([
    [
      "the package in a version that was looked at",
      { kind: "package", name: FILESYSTEM, version: "2026.8.31" },
      true,
    ],
    ["another version of it", { kind: "package", name: FILESYSTEM, version: "2026.9.1" }, false],
    ["another package", { kind: "package", name: "@evil/server-filesystem", version: "2026.8.31" }, false],
    [
      "a package that is called like a prototype",
      { kind: "package", name: "constructor", version: "1" },
      false,
    ],
    ["a command", { kind: "other" }, false],
    ["an address", { kind: "remote", url: "https://evil.example/mcp" }, false],
    ["an agent that runs a tool of that name itself", { kind: "agent" }, false],
  ] as const)("%s", (_what, origin, isInForce) => {
    expect(shippedFor(origin, "read_file", shape) !== null).toBe(isInForce);
  });

  const GITHUB = "https://api.githubcopilot.com/mcp";
  test.each([
    [GITHUB, true],
    [`${GITHUB}/`, true],
    ["http://api.githubcopilot.com/mcp", false],
    ["https://api.githubcopilot.com.evil.example/mcp", false],
    ["https://api.githubcopilot.com/mcp/other", false],
    ["https://api.githubcopilot.com@evil.example/mcp", false],
    ["", false],
  ])("GitHub answers at its own address and nowhere else: %s", (url, isInForce) => {
    const issue = shapeOf(sampleOf(GITHUB, "issue_write"));
    expect(shippedFor({ kind: "remote", url }, "issue_write", issue) !== null).toBe(isInForce);
  });

  test("another shape is another tool", () => {
    const { inputSchema, ...rest } = sampleOf(FILESYSTEM, "read_file");
    const more = JSON.parse(JSON.stringify(inputSchema)) as { properties: Record<string, unknown> };
    more.properties["send_to"] = { type: "string" };
    const changed = shapeOf({ ...rest, inputSchema: more as unknown as JsonObject });
    const origin = { kind: "package", name: FILESYSTEM, version: "2026.8.31" } as const;
    expect(shippedFor(origin, "read_file", changed)).toBe(null);
    expect(shippedFor(origin, "read_files", shape)).toBe(null);
  });
});

describe("at the doors", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });

  test("a pinned package's tool has its manifest as soon as it is accepted, and loses it with its version", async () => {
    const doors = openManifests(world.store);
    addServer("files", "stdio", packagePin("2026.8.31"));
    addTool("files", sampleOf("@modelcontextprotocol/server-filesystem", "read_file"));
    expect(doors("files", "read_file").effect).toBe("unknown");
    await world.ask("ada", "tools.accept", { tools: ["files/read_file"] });
    expect(doors("files", "read_file")).toEqual({
      tool: "files/read_file",
      effect: "read",
      roles: { path: "path", head: "control", tail: "control" },
      output: { integrity: "untrusted", inFolders: true },
    });
    expect(await world.ask("ada", "manifests.show", { tool: "files/read_file" })).toMatchObject({
      standing: "shipped",
      source: "shipped for npm:@modelcontextprotocol/server-filesystem",
    });
    world.store.connection
      .prepare("UPDATE servers SET pin = ? WHERE name = 'files'")
      .run(packagePin("9.9.9"));
    expect(doors("files", "read_file").effect).toBe("unknown");
    expect(await world.ask("ada", "manifests.show", { tool: "files/read_file" })).toMatchObject({
      standing: "none",
    });
  });

  test("a server that copies names and shapes is offered the roles, no trust, and nothing by itself", async () => {
    const doors = openManifests(world.store);
    addServer("files", "http", JSON.stringify({ kind: "remote", url: "https://evil.example/mcp" }));
    addTool("files", sampleOf("@modelcontextprotocol/server-filesystem", "read_file"));
    addTool("files", sampleOf("claude-code", "Read"));
    await world.ask("ada", "tools.accept", { tools: ["files/*"] });
    expect([doors("files", "read_file").effect, doors("files", "Read").effect]).toEqual([
      "unknown",
      "unknown",
    ]);
    const { items } = await world.ask("ada", "manifests.init", { server: "files" });
    expect(items).toMatchObject([
      { name: "Read", standing: "proposed", output: { integrity: "untrusted" } },
      { name: "read_file", standing: "proposed", source: "shipped", output: { integrity: "untrusted" } },
    ]);
    expect(JSON.stringify(items)).not.toContain("inFolders");
    expect(JSON.stringify(items)).toContain("this server is the one of npm:");
    await world.ask("ada", "manifests.accept", { tools: ["files/*"] });
    expect(doors("files", "read_file").output).toEqual({ integrity: "untrusted" });
  });

  test("GitHub's hosted server has its manifests by its address", async () => {
    const doors = openManifests(world.store);
    const url = "https://api.githubcopilot.com/mcp";
    addServer("github", "http", JSON.stringify({ kind: "remote", url: `${url}/`, serverInfo: null }));
    addTool("github", sampleOf(url, "issue_write"));
    await world.ask("ada", "tools.accept", { tools: ["github/issue_write"] });
    expect(doors("github", "issue_write")).toMatchObject({
      effect: "send",
      roles: { owner: "destination", repo: "destination", issue_number: "selector" },
    });
    expect(await world.ask("ada", "manifests.show", { tool: "github/issue_write" })).toMatchObject({
      standing: "shipped",
      source: `shipped for ${url}`,
    });
  });

  test("an agent's own tool has its client's manifest once a person accepted just this definition", async () => {
    const doors = openManifests(world.store);
    addServer("agent:olga-bot", "agent", JSON.stringify({ kind: "agent" }));
    const bash = sampleOf("claude-code", "Bash");
    addTool("agent:olga-bot", bash);
    expect(doors("agent:olga-bot", "Bash").effect).toBe("unknown");
    await world.ask("ada", "tools.accept", { tools: ["agent:olga-bot/Bash"] });
    expect(doors("agent:olga-bot", "Bash")).toMatchObject({
      effect: "execute",
      roles: { command: "command" },
      output: { integrity: "untrusted", inFolders: true },
    });
    expect(await world.ask("ada", "manifests.show", { tool: "agent:olga-bot/Bash" })).toMatchObject({
      standing: "shipped",
      source: "shipped for claude-code",
    });
  });

  test("what a tool is accepted as cannot gainsay the manifest that is shipped for it", async () => {
    addServer("agent:olga-bot", "agent", JSON.stringify({ kind: "agent" }));
    for (const name of ["Bash", "Read"]) addTool("agent:olga-bot", sampleOf("claude-code", name));
    const accept = (name: string, effects: string[]) =>
      world.ask("ada", "tools.accept", { tools: [`agent:olga-bot/${name}`], effects });
    expect(await accept("Bash", ["read"])).toEqual({ fault: "manifest_in_force" });
    expect(await accept("*", ["read"])).toEqual({ fault: "manifest_in_force" });
    expect(await world.ask("ada", "tools.get", { tool: "agent:olga-bot/Bash" })).toMatchObject({
      status: "new",
    });
    expect(await accept("Bash", ["outbound", "destructive"])).toMatchObject({
      items: [{ status: "accepted" }],
    });
    expect(await accept("Read", ["read"])).toMatchObject({ items: [{ status: "accepted" }] });
  });

  test("what a person wrote goes before what is shipped", async () => {
    const doors = openManifests(world.store);
    addServer("agent:olga-bot", "agent", JSON.stringify({ kind: "agent" }));
    addTool("agent:olga-bot", sampleOf("claude-code", "Read"));
    await world.ask("ada", "tools.accept", { tools: ["agent:olga-bot/Read"] });
    const text = "Read: { effect: read, roles: { file_path: path }, output: { integrity: untrusted } }";
    await world.ask("ada", "manifests.set", { server: "agent:olga-bot", text });
    expect(doors("agent:olga-bot", "Read").output).toEqual({ integrity: "untrusted" });
    await world.ask("ada", "manifests.remove", { tools: ["agent:olga-bot/Read"] });
    expect(doors("agent:olga-bot", "Read").output).toEqual({ integrity: "untrusted", inFolders: true });
  });

  function addServer(name: string, transport: string, pin: string): void {
    world.store.connection
      .prepare(
        `INSERT INTO servers (name, transport, configuration, pin, identity, status, status_reason, added_by, created_at)
          VALUES (?, ?, '{}', ?, 'sha256:0', 'active', NULL, 'usr_x', 1)`,
      )
      .run(name, transport, pin);
  }

  function addTool(server: string, definition: JsonObject): void {
    world.store.connection
      .prepare(
        `INSERT INTO tools (server, kind, name, fingerprint, definition, effects, status, first_seen_at, changed_at)
          VALUES (?, 'tool', ?, ?, ?, '["destructive","outbound"]', 'new', 1, 1)`,
      )
      .run(
        server,
        JSON.parse(JSON.stringify(definition["name"])),
        digestOf(definition),
        canonicalJson(definition),
      );
  }
});

function packagePin(version: string): string {
  return JSON.stringify({ kind: "package", package: "@modelcontextprotocol/server-filesystem", version });
}
