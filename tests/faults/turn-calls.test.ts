import { describe, expect, test } from "vitest";
import { digestOf, Fault, type JsonObject } from "#base";
import type { DeclaredTool } from "#llm";
import { attemptOf } from "../../src/gateway/attempt.ts";
import { agentServer } from "../../src/gateway/names.ts";
import { BASH, callOf, identityOf, openCalls, turnOf } from "../support/llm-calls.ts";
import { deny, hold } from "./road-harness.ts";

const SAYS = "Reads a file of the shared folder and nothing else of this machine";
const OBSERVED = identityOf({ stage: "observe" });
const fsTool = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: SAYS,
  inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  ...more,
});
const declared = (name: string, from: JsonObject = fsTool(name)): DeclaredTool => ({
  name,
  description: from["description"] as string,
  inputSchema: from["inputSchema"] as JsonObject,
});

describe("an agent's own tools", () => {
  test("are written down once, under the agent, and wait for a person", async () => {
    const world = openCalls();
    const { ruled } = await world.rule([callOf("bash", '{"command":"ls"}')]);
    const kinds = world.about().map(({ kind }) => kind);
    expect(kinds).toEqual(["server.added", "tool.seen", "verdict"]);
    expect(world.store.connection.prepare("SELECT transport, status, added_by FROM servers").get()).toEqual({
      transport: "agent",
      status: "active",
      added_by: "usr_1",
    });
    const text = ruled.kind === "ruled" ? ruled.refused.get(0) : "";
    expect(text).toContain("Refused by Doorward: the tool agent:mailbot/bash is not yet accepted");
    expect(text).toContain("doorward tools accept agent:mailbot/bash");
    expect(text).toMatch(/^Rule: tool_not_accepted$/m);
    expect(text).toMatch(/^Record: act_/m);
    await world.rule([]);
    expect(world.about()).toHaveLength(3);
  });

  test("accepted, a call of it is decided by policy and released", async () => {
    const world = openCalls();
    await world.rule([]);
    world.accept(BASH);
    const { ruled, action } = await world.rule([callOf("bash", '{"command":"ls"}')]);
    if (ruled.kind !== "ruled") throw new Error("ruled expected");
    expect(ruled.refused.size).toBe(0);
    await ruled.delivered("ok");
    const [intent, outcome] = world.about().slice(-2);
    expect(intent?.body).toMatchObject({
      door: "llm",
      verb: "tools/call",
      server: "agent:mailbot",
      name: "bash",
      effects: ["write"],
      model: "gpt",
      turn: action,
    });
    expect(outcome?.body).toMatchObject({ status: "ok" });
  });

  test("declared otherwise in this request than accepted: refused, whatever was seen last", async () => {
    const world = openCalls();
    await world.rule([]);
    world.accept(BASH);
    const other = { ...BASH, description: "Runs a command as root" };
    const { ruled } = await world.rule([callOf("bash", "{}")], { tools: [other] });
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toContain("changed its definition");
    // A client of the same agent that declares what was accepted is not stopped by the other.
    const again = await world.rule([callOf("bash", "{}")]);
    expect(again.ruled.kind === "ruled" && again.ruled.refused.size).toBe(0);
  });

  test("refused by a person: not usable", async () => {
    const world = openCalls();
    await world.rule([]);
    world.store.connection.prepare("UPDATE tools SET status = 'refused', reason = 'no shells'").run();
    const { ruled } = await world.rule([callOf("bash", "{}")]);
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toContain("no shells");
  });

  test("not declared: refused; only observed: recorded as what would have been", async () => {
    const world = openCalls();
    const { ruled } = await world.rule([callOf("format_disk", "{}")]);
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/^Rule: tool_undeclared$/m);
    const observed = await world.rule([callOf("format_disk", "{}"), callOf("bash", "{}")], {
      identity: OBSERVED,
    });
    expect(observed.ruled.kind === "ruled" && observed.ruled.refused.size).toBe(0);
    const intents = world.about().filter(({ kind }) => kind === "intent");
    expect(intents.map(({ body }) => (body["observed"] as JsonObject)["code"])).toEqual([
      "tool_undeclared",
      "tool_not_accepted",
    ]);
  });

  test("called in text and never declared: written down by name, refused until accepted (T5)", async () => {
    const world = openCalls();
    const call = callOf("search", '{"q":"x"}', { kind: "text" });
    const first = await world.rule([call], { tools: [] });
    expect(first.ruled.kind === "ruled" && first.ruled.refused.get(0)).toContain("agent:mailbot/search");
    world.accept({ name: "search", description: "", inputSchema: { type: "object" } });
    const { ruled } = await world.rule([call], { tools: [] });
    expect(ruled.kind === "ruled" && ruled.refused.size).toBe(0);
  });

  test("a custom tool's free text is its one argument", async () => {
    const world = openCalls();
    const tool: DeclaredTool = { name: "apply_patch", description: "Patches", inputSchema: null };
    await world.rule([], { tools: [tool] });
    world.accept(tool);
    const { ruled } = await world.rule([callOf("apply_patch", "*** Begin {", { kind: "custom" })], {
      tools: [tool],
    });
    expect(ruled.kind === "ruled" && ruled.refused.size).toBe(0);
    const intent = world.about().find(({ kind }) => kind === "intent");
    const action = JSON.parse(Buffer.from(intent?.payloads?.[0]?.bytes ?? []).toString());
    expect(action.arguments).toEqual({ input: "*** Begin {" });
  });

  test("a hold names every approval and asks to ask again; the whole turn waits", async () => {
    const world = openCalls({ bash: hold });
    await world.rule([]);
    world.accept(BASH);
    const list = [callOf("bash", '{"command":"a"}'), callOf("bash", '{"command":"b"}')];
    const { ruled } = await world.rule(list);
    if (ruled.kind !== "held") throw new Error("held expected");
    expect(ruled.approvals).toHaveLength(2);
    for (const id of ruled.approvals) expect(ruled.text).toContain(`\`doorward approvals approve ${id}\``);
    expect(ruled.text).toContain("Then ask again");
    expect(world.about().filter(({ kind }) => kind === "intent")).toEqual([]);
  });

  test("a turn above what is kept cannot wait: its held call is refused and says why", async () => {
    const world = openCalls(
      { bash: hold },
      { limits: { ...openCalls().outside.limits, payloadBytesMax: 2_000 } },
    );
    await world.rule([]);
    world.accept(BASH);
    const small = await world.rule([callOf("bash", '{"command":"ls"}')]);
    expect(small.ruled.kind).toBe("held");
    const large = await world.rule([callOf("bash", JSON.stringify({ command: "x".repeat(3_000) }))]);
    expect(large.ruled.kind === "ruled" && large.ruled.refused.get(0)).toContain("too large to be kept");
  });

  test("many calls, mixed: each has its own end, by its own index", async () => {
    const world = openCalls({ write: deny });
    const write = { ...BASH, name: "write" };
    const tools = [BASH, write];
    await world.rule([], { tools });
    world.accept(BASH);
    world.accept(write);
    const list = [
      callOf("bash", "{}"),
      callOf("write", "{}"),
      callOf("nope", "{}"),
      callOf("bash", '{"a":1,"a":2}'),
      callOf("bash", '{"n":1}'),
    ];
    const { ruled } = await world.rule(list, { tools });
    expect(ruled.kind === "ruled" && [...ruled.refused.keys()]).toEqual([1, 2, 3]);
  });
});

describe("tools that our mcp door offered", () => {
  const names = [
    "fs__read_file",
    "mcp__doorward__fs__read_file",
    "doorward_fs__read_file",
    "doorward:fs__read_file",
  ];
  test.each(names)("%s is recorded as proposed, and released to be decided there", async (name) => {
    const world = openCalls({ read_file: deny });
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("fs__read_file")]);
    const tool = declared(name, fsTool("x"));
    const { ruled, action } = await world.rule([callOf(name, '{"path":"/kept-apart"}')], { tools: [tool] });
    expect(ruled.kind === "ruled" && ruled.refused.size).toBe(0);
    const [entry, ...others] = world.about();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      kind: "proposal",
      body: { door: "llm", verb: "tools/call", server: "fs", name: "read_file", model: "gpt", turn: action },
    });
    expect(JSON.stringify(entry?.body)).not.toContain("kept-apart");
  });

  test.each<[string, JsonObject, boolean]>([
    ["the same", {}, true],
    [
      "a schema made strict",
      {
        inputSchema: {
          type: "object",
          additionalProperties: false,
          required: ["path"],
          properties: { path: { type: "string" } },
        },
      },
      true,
    ],
    ["a heading before the description", { description: `[doorward] ${SAYS}` }, true],
    ["a description cut short", { description: "Reads a file of the shared folder and nothing…" }, true],
    ["no description", { description: "" }, true],
    ["another description, for the same arguments", { description: "Reads any file by shell" }, false],
    ["neither", { description: "Runs", inputSchema: { type: "object" } }, false],
    [
      "an argument called strict",
      {
        description: "",
        inputSchema: {
          type: "object",
          properties: { path: { type: "string" }, strict: { type: "boolean" } },
          required: ["path"],
        },
      },
      false,
    ],
  ])("%s: ours or the agent's own", async (_name, change, isOurs) => {
    const world = openCalls();
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("fs__read_file")]);
    const tool = declared("fs__read_file", fsTool("x", change));
    await world.rule([callOf(tool.name, '{"path":"/a"}')], { tools: [tool] });
    expect(world.about().some(({ kind }) => kind === "proposal")).toBe(isOurs);
  });

  test("a plain name counts only for the session whose endpoint offered it", async () => {
    const world = openCalls();
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("read_file")], identityOf(), "fs");
    const tools = [declared("read_file")];
    await world.rule([callOf("read_file", "{}")], { tools });
    expect(world.about().map(({ kind }) => kind)).toEqual(["proposal"]);
    await world.rule([callOf("read_file", "{}")], {
      tools,
      identity: identityOf({ session: "ses_2" as never }),
    });
    expect(world.about().at(-1)?.kind).toBe("verdict");
  });

  test("a tool that is there twice is decided here: one of the two may lead past the mcp door", async () => {
    const world = openCalls({ read_file: deny });
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("fs__read_file")]);
    const tools = [
      declared("mcp__doorward__fs__read_file", fsTool("x")),
      declared("mcp__fs__read_file", fsTool("x")),
    ];
    for (const { name } of tools) {
      const { ruled } = await world.rule([callOf(name, '{"path":"/a"}')], { tools });
      expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/tool_not_accepted/);
    }
    expect(world.about().some(({ kind }) => kind === "proposal")).toBe(false);
  });

  test("a server of the agent's own is none of ours where ours was never offered, whatever its tools are called", async () => {
    const world = openCalls();
    addServer(world, fsTool("read_file"));
    const tools = [declared("mcp__fs__read_file", fsTool("x"))];
    const { ruled } = await world.rule([callOf("mcp__fs__read_file", '{"path":"/a"}')], { tools });
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/tool_not_accepted/);
    expect(world.about().some(({ kind }) => kind === "proposal")).toBe(false);
  });

  test("after a restart the accepted definition tells, and only a server's", async () => {
    const world = openCalls();
    addServer(world, fsTool("read_file"));
    wasOffered(world);
    const tools = [declared("fs__read_file", fsTool("x"))];
    await world.rule([callOf("fs__read_file", "{}")], { tools });
    expect(world.about().map(({ kind }) => kind)).toEqual(["proposal"]);
    await world.rule([], { tools: [BASH] });
    world.accept(BASH);
    const twin = { ...BASH, name: "agent:mailbot__bash" };
    const { ruled } = await world.rule([callOf(twin.name, "{}")], { tools: [twin] });
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/tool_not_accepted/);
  });

  test("its arguments are read as strictly; a server removed meanwhile has none", async () => {
    const world = openCalls();
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("fs__read_file")]);
    const tools = [declared("fs__read_file", fsTool("x"))];
    const bad = await world.rule([callOf("fs__read_file", '{"path":"a","path":"b"}')], { tools });
    expect(bad.ruled.kind === "ruled" && bad.ruled.refused.get(0)).toMatch(/tool_call_unreadable/);
    world.store.connection.prepare("UPDATE servers SET status = 'removed' WHERE name = 'fs'").run();
    const gone = await world.rule([callOf("fs__read_file", "{}")], { tools });
    expect(gone.ruled.kind === "ruled" && gone.ruled.refused.get(0)).toMatch(/server_unknown/);
  });

  test("one agent through both doors: the proposal makes no card, the call at the mcp door makes one", async () => {
    const world = openCalls({ read_file: hold });
    addServer(world, fsTool("read_file"));
    world.offer([fsTool("fs__read_file")]);
    const tools = [declared("fs__read_file", fsTool("x"))];
    await world.rule([callOf("fs__read_file", '{"path":"/a"}')], { tools });
    const cards = () => world.store.connection.prepare("SELECT COUNT(*) AS n FROM approvals").get()?.["n"];
    expect(cards()).toBe(0);
    const attempt = attemptOf(
      world.ambient,
      world.outside.rows,
      { identity: identityOf(), principals: [] },
      { verb: "tools/call", server: "fs" as never, name: "read_file", arguments: { path: "/a" } },
    );
    expect((await world.road.travel(attempt, world.asker, world.forward)).kind).toBe("held");
    expect(cards()).toBe(1);
  });
});

test("an agent's own tool is none of the mcp door's: no server there has its name", async () => {
  const world = openCalls();
  await world.rule([]);
  world.accept(BASH);
  const wanted = { verb: "tools/call" as const, server: agentServer("mailbot"), name: "bash", arguments: {} };
  const who = { identity: identityOf(), principals: [] };
  expect(() => attemptOf(world.ambient, world.outside.rows, who, wanted)).toThrow(/no server named/);
});

describe("what breaks", () => {
  test("the journal full while tools are written down: the request is refused, and the next one writes them", async () => {
    const world = openCalls();
    const full = new Fault("journal_full", "full", "free space");
    const broken = openCalls({}, { journal: { append: async () => Promise.reject(full) } });
    const who = { identity: identityOf(), principals: [] };
    await expect(broken.calls.declare(who, [BASH])).rejects.toBe(full);
    await expect(broken.calls.declare(who, [BASH])).rejects.toBe(full);
    await world.calls.declare(who, [BASH]);
    expect(world.about()).toHaveLength(2);
  });

  test("two first requests at once write each tool down once", async () => {
    const world = openCalls();
    const who = { identity: identityOf(), principals: [] };
    await Promise.all([world.calls.declare(who, [BASH]), world.calls.declare(who, [BASH])]);
    expect(world.about().map(({ kind }) => kind)).toEqual(["server.added", "tool.seen"]);
  });

  test("a tool accepted anew while its call was held: refused, nothing released", async () => {
    const world = openCalls({ bash: hold });
    await world.rule([]);
    world.accept(BASH);
    const list = [callOf("bash", "{}")];
    const action = await world.asked(turnOf(list));
    const who = { identity: identityOf(), principals: [] };
    const asker = {
      ...world.asker,
      waiting: () => {
        world.decideApproval("approved");
        world.store.connection.prepare("UPDATE tools SET accepted_fingerprint = ?").run(digestOf("other"));
      },
    };
    const ruled = await world.calls.rule(
      { who, model: "gpt", turnOf: action, calls: list, tools: [BASH] },
      asker,
    );
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/changed_since_decided/);
  });
});

/** As the mcp door leaves it when it lists tools to the session. */
function wasOffered({ store }: ReturnType<typeof openCalls>): void {
  store.connection.exec(`
    INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES ('usr_1', 'u', 'local', 'u', '[]', '[]', 1);
    INSERT INTO agents (id, name, owner_id, purpose, stage, granted_tools, created_at) VALUES ('agt_1', 'a', 'usr_1', '', 'enforce', '[]', 1);
    INSERT INTO sessions (id, agent_id, kind, opened_by, created_at, is_offered) VALUES ('ses_1', 'agt_1', 'standing', 'usr_1', 1, 1);`);
}

function addServer({ store }: ReturnType<typeof openCalls>, tool: JsonObject): void {
  store.connection
    .prepare(
      `INSERT INTO servers (name, transport, configuration, pin, identity, status, added_by, created_at)
        VALUES ('fs', 'stdio', '{}', '{}', ?, 'active', 'usr_1', 1)`,
    )
    .run(digestOf("fs"));
  const definition = JSON.stringify(tool);
  const fingerprint = digestOf(tool);
  store.connection
    .prepare(
      `INSERT INTO tools (server, kind, name, fingerprint, definition, accepted_fingerprint, accepted_definition, effects, status,
        first_seen_at, changed_at) VALUES ('fs', 'tool', ?, ?, ?, ?, ?, '["read"]', 'accepted', 1, 1)`,
    )
    .run(tool["name"] as string, fingerprint, definition, fingerprint, definition);
}
