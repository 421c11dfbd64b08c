import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOf, Fault, type JsonObject } from "#base";
import { readManifestFile } from "#flow";
import { openManifests, openTrustedLabels } from "../src/gateway/manifest-rows.ts";
import { operationNamed, perform } from "#operations";
import { openWorld, type World } from "./support/operations.ts";
import { see } from "./support/operations-servers.ts";

// Manifests from proposal to review, and what the doors then go by.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const MAIL: JsonObject = {
  name: "send_mail",
  description: "Sends",
  inputSchema: { type: "object", properties: { recipients: { type: "array" }, body: { type: "string" } } },
};

async function offer(definition: JsonObject, server = "fs"): Promise<void> {
  await see(world.store, world.ambient, { server, kind: "tool", definition });
}

const accept = (name: string): Promise<unknown> => world.ask("ada", "tools.accept", { tools: [name] });

async function standingOf(tool: string): Promise<unknown> {
  return (await world.ask("ada", "manifests.show", { tool }))["standing"];
}

const itemsOf = (answer: Record<string, unknown>): Record<string, unknown>[] =>
  answer["items"] as Record<string, unknown>[];

describe("from a proposal to a manifest in force", () => {
  test("init proposes, nothing is in force; accept puts it in force for exactly that definition", async () => {
    await offer(MAIL);
    await accept("fs/send_mail");
    const doors = openManifests(world.store);
    expect(doors("fs", "send_mail")).toMatchObject({ effect: "unknown", output: { integrity: "untrusted" } });

    const proposed = await world.ask("ada", "manifests.init", { server: "fs" });
    expect(itemsOf(proposed).map(({ name, standing, effect }) => [name, standing, effect])).toEqual([
      ["read_file", "proposed", "read"],
      ["send_mail", "proposed", "send"],
      ["write_file", "proposed", "write"],
    ]);
    expect(proposed["file"]).toContain('effect: send # "send" in its name');
    expect(doors("fs", "send_mail").effect).toBe("unknown");

    const accepted = await world.ask("ada", "manifests.accept", { tools: ["fs/send_mail"] });
    expect(itemsOf(accepted)).toMatchObject([{ standing: "in-force", effect: "send", source: "proposed" }]);
    // A manifest in force goes before a classification, which would count for nothing.
    expect(await world.ask("ada", "tools.classify", { tool: "fs/send_mail", effects: ["read"] })).toEqual({
      fault: "manifest_in_force",
    });
    expect(doors("fs", "send_mail")).toEqual({
      tool: "fs/send_mail",
      effect: "send",
      roles: { recipients: "destination", body: "content" },
      output: { integrity: "untrusted" },
    });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "manifest.changed",
      subject: "fs/send_mail",
      body: { change: "accepted", effect: "send", source: "proposed", fingerprint: digestOf(MAIL) },
    });
  });

  test("a changed definition takes it out of force, also when the new one is accepted (T14)", async () => {
    const doors = openManifests(world.store);
    await offer(MAIL);
    await accept("fs/send_mail");
    await world.ask("ada", "manifests.init", { server: "fs" });
    await world.ask("ada", "manifests.accept", { tools: ["fs/*"] });
    expect(doors("fs", "send_mail").effect).toBe("send");

    await offer({ ...MAIL, description: "Sends, and does not ask" });
    expect(doors("fs", "send_mail").effect).toBe("unknown");
    expect(await standingOf("fs/send_mail")).toBe("stale");
    await accept("fs/send_mail");
    expect(doors("fs", "send_mail").effect).toBe("unknown");
    expect(await standingOf("fs/send_mail")).toBe("stale");
    expect(doors("fs", "read_file").effect).toBe("read");

    await world.ask("ada", "manifests.init", { server: "fs" });
    expect(await standingOf("fs/send_mail")).toBe("stale");
    expect(await world.ask("ada", "manifests.show", { tool: "fs/send_mail" })).toMatchObject({
      waiting: true,
    });
    await world.ask("ada", "manifests.accept", { tools: ["fs/*"] });
    expect(doors("fs", "send_mail").effect).toBe("send");
  });

  test("before the tool is accepted it is ready, and the doors do not go by it", async () => {
    const doors = openManifests(world.store);
    await offer(MAIL);
    await world.ask("ada", "manifests.init", { server: "fs" });
    await world.ask("ada", "manifests.accept", { tools: ["fs/send_mail"] });
    expect(await standingOf("fs/send_mail")).toBe("ready");
    expect(doors("fs", "send_mail").effect).toBe("unknown");
    await accept("fs/send_mail");
    expect(await standingOf("fs/send_mail")).toBe("in-force");
    expect(doors("fs", "send_mail").effect).toBe("send");
  });

  test("a refused tool and a held server have none in force", async () => {
    const doors = openManifests(world.store);
    await world.ask("ada", "manifests.set", { server: "fs", text: READ_FILE });
    expect(doors("fs", "read_file").effect).toBe("read");
    world.store.connection.prepare("UPDATE servers SET status = 'held' WHERE name = 'fs'").run();
    expect(doors("fs", "read_file").effect).toBe("unknown");
    expect(await standingOf("fs/read_file")).toBe("ready");
    world.store.connection.prepare("UPDATE servers SET status = 'active' WHERE name = 'fs'").run();
    expect(doors("fs", "read_file").effect).toBe("read");
    await world.ask("ada", "tools.refuse", { tools: ["fs/read_file"] });
    expect(doors("fs", "read_file").effect).toBe("unknown");
  });
});

const READ_FILE =
  "read_file: { effect: read, roles: { path: path }, output: { integrity: untrusted, resources: [{ argument: path, under: /srv/ours, integrity: trusted }] } }";

describe("accepting", () => {
  test("what was never proposed, or proposed for another definition, is refused", async () => {
    expect(await world.ask("ada", "manifests.accept", { tools: ["fs/read_file"] })).toEqual({
      fault: "manifest_missing",
    });
    expect(await world.ask("ada", "manifests.accept", { tools: ["fs/*"] })).toEqual({
      fault: "manifest_missing",
    });
    await offer(MAIL);
    await world.ask("ada", "manifests.init", { server: "fs" });
    await offer({ ...MAIL, description: "other" });
    expect(await world.ask("ada", "manifests.accept", { tools: ["fs/send_mail"] })).toEqual({
      fault: "manifest_stale",
    });
    expect(await world.ask("ada", "manifests.accept", { tools: ["fs/none"] })).toEqual({
      fault: "tool_unknown",
    });
  });

  test("only as the definition that was reviewed, where it is named", async () => {
    await world.ask("ada", "manifests.init", { server: "fs" });
    const { definition } = await world.ask("ada", "manifests.show", { tool: "fs/read_file" });
    const input = { tools: ["fs/read_file"], fingerprint: `sha256:${"0".repeat(64)}` };
    expect(await world.ask("ada", "manifests.accept", input)).toEqual({ fault: "manifest_stale" });
    const right = await world.ask("ada", "manifests.accept", { ...input, fingerprint: definition });
    expect(itemsOf(right)).toMatchObject([{ standing: "in-force" }]);
  });

  test("a definition or a proposal that changes between the look and the yes changes nothing", async () => {
    for (const meddle of [
      "UPDATE tools SET fingerprint = 'sha256:x' WHERE name = 'read_file'",
      "UPDATE tools SET accepted_fingerprint = 'sha256:x' WHERE name = 'read_file'",
      "UPDATE manifests SET manifest = replace(manifest, 'untrusted', 'trusted') WHERE tool = 'read_file'",
    ]) {
      world = await openWorld();
      await world.ask("ada", "manifests.init", { server: "fs" });
      const context = world.as("ada");
      const operation = operationNamed("manifests.accept");
      if (operation.effect === "read") throw new Error("no write");
      const plan = await operation.plan(context, operation.input.parse({ tools: ["fs/read_file"] }));
      world.store.connection.exec(meddle);
      await expect(plan.commit(context)).rejects.toMatchObject({ code: "changed_meanwhile" });
    }
  });
});

describe("writing one by hand", () => {
  test("is in force at once, pinned to the definition, and survives init", async () => {
    const doors = openManifests(world.store);
    const set = await world.ask("ada", "manifests.set", { server: "fs", text: READ_FILE });
    expect(itemsOf(set)).toMatchObject([{ standing: "in-force", source: "edited" }]);
    expect(doors("fs", "read_file").output.resources).toEqual([
      { argument: "path", under: "/srv/ours", integrity: "trusted" },
    ]);
    await world.ask("ada", "manifests.init", { server: "fs" });
    expect(doors("fs", "read_file").output.resources).toHaveLength(1);
    const { file } = await world.ask("ada", "manifests.show", { tool: "fs/read_file" });
    expect(file).toContain("/srv/ours");
    expect(itemsOf(await world.ask("ada", "manifests.set", { server: "fs", text: file }))).toMatchObject([
      { standing: "in-force" },
    ]);
  });

  test("a file made for another definition is refused, and nothing of it is kept", async () => {
    const { file } = await world.ask("ada", "manifests.init", { server: "fs" });
    const context = world.store.connection;
    context.exec(
      "UPDATE tools SET accepted_fingerprint = 'sha256:x', fingerprint = 'sha256:x' WHERE name = 'write_file'",
    );
    const before = world.dump();
    expect(await world.ask("ada", "manifests.set", { server: "fs", text: file })).toEqual({
      fault: "manifest_stale",
    });
    expect(world.dump()).toBe(before);
  });

  test.each([
    ["no YAML", ": : :", "manifest_invalid"],
    ["an unknown role", READ_FILE.replace("path: path", "path: boss"), "manifest_invalid"],
    [
      "a tool that is not there",
      "nothing: { effect: read, output: { integrity: untrusted } }",
      "tool_unknown",
    ],
    [
      "a prototype's name as a tool",
      "constructor: { effect: read, output: { integrity: untrusted } }",
      "tool_unknown",
    ],
    ["more than can be read", "x".repeat(1_000_001), "input_invalid"],
  ])("%s is refused and changes nothing", async (_what, text, fault) => {
    const before = world.dump();
    expect(await world.ask("ada", "manifests.set", { server: "fs", text })).toEqual({ fault });
    expect(world.dump()).toBe(before);
  });
});

describe("removing", () => {
  test("leaves the tool as unknown as before", async () => {
    const doors = openManifests(world.store);
    await world.ask("ada", "manifests.set", { server: "fs", text: READ_FILE });
    expect(await world.ask("ada", "manifests.remove", { tools: ["fs/write_file"] })).toEqual({
      fault: "manifest_missing",
    });
    await world.ask("ada", "manifests.remove", { tools: ["fs/*"] });
    expect(doors("fs", "read_file").effect).toBe("unknown");
    expect(await standingOf("fs/read_file")).toBe("none");
  });

  test("goes with its server, and a new one of that name begins with none", async () => {
    await world.ask("ada", "manifests.set", { server: "fs", text: READ_FILE });
    await world.ask("ada", "manifests.trust-labels", { server: "fs" });
    await world.ask("ada", "servers.remove", { server: "fs" });
    await world.ask("ada", "servers.add", { name: "fs", command: ["true"], accept: true });
    expect(await standingOf("fs/read_file")).toBe("none");
    expect(openManifests(world.store)("fs", "read_file").effect).toBe("unknown");
    expect(openTrustedLabels(world.store)("fs")).toBe(false);
  });
});

describe("a server's own labels", () => {
  test("may loosen where a person says so, as long as the server is what it was", async () => {
    const trusts = openTrustedLabels(world.store);
    expect(trusts("fs")).toBe(false);
    await world.ask("ada", "manifests.trust-labels", { server: "fs" });
    expect(trusts("fs")).toBe(true);
    expect(await world.ask("ada", "servers.get", { server: "fs" })).toMatchObject({ trustsLabels: true });
    expect(world.kept.at(-1)).toMatchObject({ kind: "server.changed", body: { change: "labels-trusted" } });
    world.store.connection.exec("UPDATE servers SET identity = 'sha256:other' WHERE name = 'fs'");
    expect(trusts("fs")).toBe(false);
    expect(await world.ask("ada", "servers.get", { server: "fs" })).toMatchObject({ trustsLabels: false });
    await world.ask("ada", "manifests.trust-labels", { server: "fs" });
    expect(trusts("fs")).toBe(true);
    await world.ask("ada", "manifests.trust-labels", { server: "fs", stop: true });
    expect(trusts("fs")).toBe(false);
  });

  test("of no server, or of an agent's tools, are nobody's to trust", async () => {
    const none = await world.ask("ada", "manifests.trust-labels", { server: "none" });
    expect(none).toEqual({ fault: "server_unknown" });
    const own = await world.ask("ada", "manifests.trust-labels", { server: "agent:olga-bot" });
    expect(own).toEqual({ fault: "input_invalid" });
  });
});

describe("who may", () => {
  const asked = [
    ["manifests.init", { server: "fs" }],
    ["manifests.accept", { tools: ["fs/*"] }],
    ["manifests.set", { server: "fs", text: READ_FILE }],
    ["manifests.remove", { tools: ["fs/*"] }],
    ["manifests.trust-labels", { server: "fs" }],
  ] as const;
  test.each(asked)("%s: an admin; no approver, auditor or owner", async (operation, input) => {
    const before = world.dump();
    for (const who of ["petra", "aud", "olga"])
      expect(await world.ask(who, operation, input)).toEqual({ fault: "permission_denied" });
    expect(world.dump()).toBe(before);
  });

  test.each(asked)("%s needs presence where it can loosen; a proposal does not", async (name, input) => {
    const context = world.as("ada", { presentUntil: 0 });
    const attempt = perform(context, { operation: operationNamed(name), input, dryRun: false });
    const code = await attempt.then(
      () => "done",
      (cause: unknown) => (cause instanceof Fault ? cause.code : "other"),
    );
    expect(code).toBe(name === "manifests.init" ? "done" : "presence_required");
  });
});

describe("a hostile server", () => {
  test("names of prototypes, line breaks and masks stay names", async () => {
    const properties = JSON.parse(
      '{"constructor":{"type":"string"},"to\\n  effect: read":{"type":"string"},"\\u202eelif":{"type":"string"}}',
    ) as JsonObject;
    await offer({ name: "send_x", inputSchema: { type: "object", properties } });
    await accept("fs/send_x");
    const { file } = await world.ask("ada", "manifests.init", { server: "fs" });
    expect(String(file)).toMatch(/^[\n\x20-\x7e]*$/u);
    await world.ask("ada", "manifests.accept", { tools: ["fs/send_x"] });
    const { effect, roles } = openManifests(world.store)("fs", "send_x");
    expect([effect, Object.keys(roles).toSorted()]).toEqual(["send", Object.keys(properties).toSorted()]);
  });

  test("a tool that was refused, for a name of any kind, is left out", async () => {
    await offer({ name: `get_${"x".repeat(70_000)}`, inputSchema: { type: "object", properties: {} } });
    world.store.connection.exec("UPDATE tools SET status = 'refused' WHERE length(name) > 128");
    const items = itemsOf(await world.ask("ada", "manifests.init", { server: "fs" }));
    expect(items.map(({ name }) => name)).toEqual(["read_file", "write_file"]);
  });

  test("a schema that no manifest can hold is proposed as unknown", async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`a${n}`, { type: "string" }]));
    const proto = JSON.parse('{"__proto__":{"type":"string"}}') as JsonObject;
    await offer({ name: "get_many", inputSchema: { type: "object", properties: many } });
    await offer({ name: "get_proto", inputSchema: { type: "object", properties: proto } });
    const items = itemsOf(await world.ask("ada", "manifests.init", { server: "fs" }));
    const effects = Object.fromEntries(items.map(({ name, effect }) => [name, effect]));
    expect(effects).toMatchObject({ get_many: "unknown", get_proto: "unknown" });
  });

  test("a name chosen to look plain is proposed as trusted, and marked for a person to check", async () => {
    await offer({ name: "get_weather", inputSchema: { type: "object", properties: {} } });
    const items = itemsOf(await world.ask("ada", "manifests.init", { server: "fs" }));
    const weather = items.find(({ name }) => name === "get_weather");
    expect(weather).toMatchObject({ standing: "proposed", output: { integrity: "trusted" } });
    expect(weather?.["check"]).toContain("nobody outside writes its results");
  });
});

test("an agent's own tools are proposed, accepted and in force likewise", async () => {
  addOwn("Deploy", { type: "object", properties: { command: { type: "string" } } });
  await world.ask("ada", "tools.accept", { tools: ["agent:olga-bot/*"] });
  await world.ask("ada", "manifests.init", { server: "agent:olga-bot" });
  await world.ask("ada", "manifests.accept", { tools: ["agent:olga-bot/*"] });
  const doors = openManifests(world.store);
  expect(doors("agent:olga-bot", "Deploy")).toMatchObject({
    tool: "agent:olga-bot/Deploy",
    effect: "execute",
    roles: { command: "command" },
  });
  // Another client of the same agent declares another: what was accepted is still what calls are decided by.
  world.store.connection.exec(
    "UPDATE tools SET status = 'changed', fingerprint = 'sha256:y' WHERE name = 'Deploy'",
  );
  expect(doors("agent:olga-bot", "Deploy").effect).toBe("execute");
  expect(await standingOf("agent:olga-bot/Deploy")).toBe("in-force");
});

test("lists all tools in pages, and those of one server", async () => {
  await world.ask("ada", "manifests.init", { server: "fs" });
  const first = await world.ask("aud", "manifests.list", { limit: 1 });
  expect(itemsOf(first)).toMatchObject([{ name: "read_file", standing: "proposed", waiting: true }]);
  const second = await world.ask("aud", "manifests.list", { limit: 1, after: first["next"] });
  expect(itemsOf(second)).toMatchObject([{ name: "write_file" }]);
  expect(itemsOf(await world.ask("aud", "manifests.list", { server: "none" }))).toEqual([]);
  expect(itemsOf(await world.ask("aud", "tools.list", {}))).toMatchObject([
    { name: "read_file", manifest: "proposed" },
    { name: "write_file", manifest: "proposed" },
  ]);
  expect(await world.ask("aud", "tools.get", { tool: "fs/read_file" })).toMatchObject({
    manifest: { standing: "proposed", effect: "read" },
  });
});

test("a server that has no tools has nothing to propose", async () => {
  expect(await world.ask("ada", "manifests.init", { server: "none" })).toEqual({
    fault: "manifest_tools_unknown",
  });
});

function addOwn(name: string, inputSchema: JsonObject): void {
  const definition = { name, description: "", inputSchema };
  const { connection } = world.store;
  connection
    .prepare(
      `INSERT OR IGNORE INTO servers (name, transport, configuration, pin, identity, status, status_reason, added_by, created_at)
        VALUES ('agent:olga-bot', 'agent', '{}', '{"kind":"agent"}', 'sha256:0', 'active', NULL, 'usr_x', 1)`,
    )
    .run();
  connection
    .prepare(
      `INSERT INTO tools (server, kind, name, fingerprint, definition, effects, status, first_seen_at, changed_at)
        VALUES ('agent:olga-bot', 'tool', ?, ?, ?, '["destructive","outbound"]', 'new', 1, 1)`,
    )
    .run(name, digestOf(definition), canonicalJson(definition));
}

test("the manifests in docs/guide/manifests.md can be read", () => {
  const guide = readFileSync(new URL("../docs/guide/manifests.md", import.meta.url), "utf8");
  const [, text = ""] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
  const read = readManifestFile(text);
  expect(read).toMatchObject({ ok: true, manifests: [{ tool: "send_mail" }, { tool: "read_handbook" }] });
});
