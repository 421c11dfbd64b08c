import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "#base";
import { openModelUpstreams } from "#inference";
import { offerRuntimes } from "#operations";
import { createKey } from "./samples/google.ts";
import { listingEgress } from "./support/models.ts";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const add = (input: object) => world.ask("ada", "upstreams.add", input);
const OLLAMA = { name: "ollama", kind: "ollama" };

describe("what is added", () => {
  test("is asked for its models first, and says what it found", async () => {
    expect(await add(OLLAMA)).toMatchObject({
      name: "ollama",
      url: "http://127.0.0.1:11434",
      local: true,
      credential: "none",
      health: "up",
      listed: ["llama3.2:latest"],
      models: 1,
    });
    expect(world.told).toContain("asked http://127.0.0.1:11434/api/tags");
    expect(world.kept.at(-1)).toMatchObject({ kind: "upstream.added", subject: "ollama" });
  });

  test.each([
    ["http://h.example/v1", "vllm", "http://h.example"],
    ["http://h.example/v1/", "vllm", "http://h.example"],
    ["http://h.example/", "vllm", "http://h.example"],
    ["http://h.example/gpu/v1", "nim", "http://h.example/gpu"],
    ["https://h.example", "openai", "https://h.example/v1"],
    ["https://h.example/openai/v1/", "openai", "https://h.example/openai/v1"],
    ["https://h.example/v1beta/openai", "openai", "https://h.example/v1beta/openai"],
    ["https://h.example/v1", "anthropic", "https://h.example"],
  ])("%s of kind %s is kept as %s, and asked without a doubled version", async (url, kind, kept) => {
    expect(await add({ name: "one", kind, url })).toMatchObject({ url: kept });
    const [asked] = world.told.filter((told) => told.startsWith("asked"));
    expect(asked).not.toContain("/v1/v1");
    expect(asked?.split("/v1").length).toBeLessThanOrEqual(3);
  });

  test.each([
    ["a query", { url: "http://h.example/?key=x" }, "upstream_url_invalid"],
    ["a password", { url: "http://a:b@h.example/" }, "upstream_url_invalid"],
    ["another scheme", { url: "file:///etc/passwd" }, "upstream_url_invalid"],
    [
      "Ollama's protocol at another kind",
      { kind: "openai", protocols: ["ollama-chat"] },
      "upstream_protocols_invalid",
    ],
    [
      "a key and a service account",
      { kind: "vertex", location: "global", key: "x".repeat(20), serviceAccount: "{}" },
      "upstream_url_invalid|service_account_invalid|upstream_credential_invalid",
    ],
    [
      "a service account that is none",
      { kind: "vertex", project: "my-project", location: "global", serviceAccount: "{}" },
      "service_account_invalid",
    ],
    [
      "Vertex without a credential",
      { kind: "vertex", project: "my-project", location: "global" },
      "upstream_credential_invalid",
    ],
    ["a header without a key", { kind: "openai", keyHeader: "api-key" }, "upstream_credential_invalid"],
    [
      "a header that is not for keys",
      { kind: "openai", key: "x".repeat(20), keyHeader: "host" },
      "input_invalid",
    ],
    [
      "a key that would break the header",
      { kind: "openai", key: "x".repeat(20) + "\r\nhost: evil" },
      "input_invalid",
    ],
    ["a key that is a common word", { kind: "openai", key: "ollama" }, "input_invalid"],
    ["a price with too many decimals", { prices: { "*": "0.00000001/1" } }, "upstream_price_invalid"],
    ["a name of a server", { name: "fs" }, "upstream_name_taken"],
    ["a word of the policies", { name: "tools" }, "upstream_name_taken"],
  ])("%s is refused", async (_what, more, codes) => {
    const { fault } = await add({ ...OLLAMA, ...more });
    expect(String(fault)).toMatch(new RegExp(`^(${codes})$`));
    expect(world.told.filter((told) => told.startsWith("asked"))).toEqual([]);
  });

  test("is not kept where it does not answer, unless that was asked for", async () => {
    const down = { name: "gpu", kind: "vllm", url: "http://down.example/v1" };
    expect(await add(down)).toEqual({ fault: "egress_unreachable" });
    expect(await world.ask("ada", "upstreams.get", { upstream: "gpu" })).toEqual({
      fault: "upstream_unknown",
    });
    expect(await add({ ...down, unchecked: true })).toMatchObject({ health: "down", listed: null });
  });

  test("a key is tried before it is kept, sealed for its upstream alone, and shown nowhere", async () => {
    const locked = { name: "locked", kind: "openai", url: "http://locked.example/v1" };
    expect(await add({ ...locked, key: "wrong-wrong-wrong" })).toEqual({ fault: "model_list_refused" });
    const added = await add({ ...locked, key: "open-sesame" });
    expect(added).toMatchObject({ health: "up", credential: "bearer" });
    expect(world.dump() + JSON.stringify([added, world.kept])).not.toContain("open-sesame");
    const row = world.store.connection
      .prepare("SELECT server, name FROM upstream_secrets WHERE server = 'upstream:locked'")
      .all();
    expect(row).toEqual([{ server: "upstream:locked", name: "key" }]);
  });

  test("a server may not take an upstream's name afterwards", async () => {
    await add(OLLAMA);
    expect(await world.ask("ada", "servers.add", { name: "ollama", command: ["true"] })).toEqual({
      fault: "server_exists",
    });
  });

  test("of two who add one name at once, one does", async () => {
    const both = await Promise.all([add(OLLAMA), add({ ...OLLAMA, name: "o11ama" })]);
    expect(both.filter((answer) => answer["fault"] === undefined)).toHaveLength(1);
  });

  test("Vertex's address is made of project and location", async () => {
    const serviceAccount = canonicalJson(createKey().file);
    const added = {
      name: "vertex",
      kind: "vertex",
      location: "us-central1",
      serviceAccount,
      unchecked: true,
    };
    expect(await add(added)).toMatchObject({
      url: "https://us-central1-aiplatform.googleapis.com/v1/projects/test-project/locations/us-central1/endpoints/openapi",
      credential: "google",
      account: "robot@test-project.iam.gserviceaccount.com",
      local: false,
    });
    expect(world.dump()).not.toContain("PRIVATE KEY");
  });
});

describe("what is changed", () => {
  test("another key makes another identity; other prices do not", async () => {
    const locked = { name: "locked", kind: "openai", url: "http://locked.example/v1", key: "open-sesame" };
    const { identity } = await add(locked);
    const priced = await world.ask("ada", "upstreams.set", {
      upstream: "locked",
      prices: { "gpt-5": "1.25/10" },
    });
    expect(priced).toMatchObject({ identity, prices: { "gpt-5": "1.25/10" } });
    const more = await world.ask("ada", "upstreams.set", {
      upstream: "locked",
      prices: { "gpt-5": "", "*": "2/3" },
    });
    expect(more).toMatchObject({ identity, prices: { "*": "2/3" } });
    const keyed = await world.ask("ada", "upstreams.set", { upstream: "locked", key: "open-sesame" });
    expect(keyed["identity"]).not.toBe(identity);
    expect(world.kept.at(-1)).toMatchObject({
      kind: "upstream.changed",
      body: { what: ["key"], from: identity },
    });
  });

  test("a key that is refused changes nothing", async () => {
    await add({ name: "locked", kind: "openai", url: "http://locked.example/v1", key: "open-sesame" });
    const before = world.dump();
    expect(await world.ask("ada", "upstreams.set", { upstream: "locked", key: "wrong-wrong" })).toEqual({
      fault: "model_list_refused",
    });
    expect(world.dump()).toBe(before);
  });

  test("removed, it is gone with its key", async () => {
    await add({ name: "locked", kind: "openai", url: "http://locked.example/v1", key: "open-sesame" });
    await world.ask("ada", "upstreams.remove", { upstream: "locked" });
    expect(world.store.connection.prepare("SELECT * FROM upstream_secrets").all()).toEqual([]);
    expect(await world.ask("ada", "models.list", {})).toMatchObject({ items: [] });
  });
});

describe("where names go", () => {
  beforeEach(async () => {
    await add(OLLAMA);
    await add({ name: "outside", kind: "openai", prices: { "*": "1/2" } });
  });

  test("the upstreams that list them, the form upstream/model, routes, prefixes, nowhere", async () => {
    await world.ask("ada", "models.set-route", {
      model: "fast",
      targets: ["outside/gpt-test", "ollama/llama3.2"],
    });
    await world.ask("ada", "models.set-route", { model: "gpt-*", targets: ["outside/*"] });
    const goes = async (model: string) => {
      const { items } = await world.ask("ada", "models.routes", { model });
      return (items as { goes: string; by: string }[]).map(({ goes: to, by }) => `${by}: ${to}`)[0];
    };
    expect(await goes("llama3.2")).toBe("listed: ollama/llama3.2:latest");
    expect(await goes("outside/anything")).toBe("upstream: outside/anything (not listed there)");
    // A runtime lists all that it has; a name beside those would be one that no policy knows.
    expect(await goes("ollama/anything")).toBe("nothing: nowhere");
    expect(await goes("ollama/llama3.2")).toBe("upstream: ollama/llama3.2:latest");
    expect(await goes("fast")).toBe("route: outside/gpt-test, then ollama/llama3.2");
    expect(await goes("gpt-9")).toBe("prefix: outside/gpt-9 (not listed there)");
    expect(await goes("nothing")).toBe("nothing: nowhere");
    const all = await world.ask("ada", "models.routes", {});
    expect((all["items"] as { model: string }[]).map(({ model }) => model)).toEqual([
      "fast",
      "gpt-*",
      "gpt-test",
      "llama3.2:latest",
    ]);
    const names = await world.ask("ada", "models.list", {});
    expect((names["items"] as { name: string }[]).map(({ name }) => name)).toEqual([
      "fast",
      "gpt-test",
      "llama3.2:latest",
    ]);
  });

  test("a removed upstream's place in a route is shown as gone, and not used", async () => {
    await world.ask("ada", "models.set-route", { model: "fast", targets: ["outside/a", "ollama/b"] });
    await world.ask("ada", "upstreams.remove", { upstream: "outside" });
    expect(await world.ask("ada", "models.routes", { model: "fast" })).toMatchObject({
      items: [
        {
          targets: [
            { upstream: "ollama", health: "up" },
            { upstream: "outside", health: "gone" },
          ],
        },
      ],
    });
  });

  test.each([
    ["an upstream that is not there", { model: "x", targets: ["nowhere/x"] }, "upstream_unknown"],
    ["a star in the middle", { model: "a*b", targets: ["ollama/x"] }, "route_invalid"],
    ["a name with controls", { model: "a\u001b[2J", targets: ["ollama/x"] }, "input_invalid"],
    ["a target with controls", { model: "a", targets: ["ollama/\u202Ex"] }, "route_invalid"],
    ["no target", { model: "a", targets: [] }, "input_invalid"],
  ])("%s is refused", async (_what, input, fault) => {
    expect(await world.ask("ada", "models.set-route", input)).toEqual({ fault });
  });

  test("everything is there again after a restart", async () => {
    await world.ask("ada", "models.set-route", { model: "fast", targets: ["outside/gpt-test", "ollama/b"] });
    const { store, ambient, as } = world;
    const again = await openModelUpstreams({
      store,
      egress: listingEgress([]),
      keys: as("ada").keys,
      ambient,
    });
    const asked = await again.candidates("fast");
    expect(asked.map(({ upstream, model, price }) => [upstream, model, price])).toEqual([
      ["outside", "gpt-test", { inputMicroUsdPerMTok: 1_000_000, outputMicroUsdPerMTok: 2_000_000 }],
      ["ollama", "b", null],
    ]);
  });
});

const perform = async (operation: string, input: Json): Promise<Json> => {
  const performed = await world.perform("ada", operation, input as object);
  return performed.kind === "done" ? (performed.output as Json) : null;
};

describe("runtimes that were found", () => {
  const FOUND = [
    { kind: "llama.cpp", url: "http://127.0.0.1:8080" },
    { kind: "vllm", url: "http://127.0.0.1:8000" },
    { kind: "vllm", url: "http://127.0.0.1:8001" },
  ] as const;
  test("become upstreams on the first start, on record, and are not offered again", async () => {
    const said = await offerRuntimes(FOUND, { isFirstStart: true, perform });
    expect(said).toHaveLength(3);
    const { items } = await world.ask("ada", "upstreams.list", {});
    expect((items as { name: string }[]).map(({ name }) => name)).toEqual(["llama-cpp", "vllm", "vllm-8001"]);
    expect(world.kept.filter(({ kind }) => kind === "upstream.added")).toHaveLength(3);
    expect(await offerRuntimes(FOUND, { isFirstStart: false, perform })).toEqual([]);
  });

  test("are named with the command that adds them on later starts", async () => {
    const said = await offerRuntimes(FOUND.slice(0, 1), { isFirstStart: false, perform });
    expect(said).toEqual([
      "found llama.cpp at http://127.0.0.1:8080, not yet an upstream: doorward upstreams add llama-cpp --kind llama.cpp --url http://127.0.0.1:8080 --allow-private",
    ]);
    expect((await world.ask("ada", "upstreams.list", {}))["items"]).toEqual([]);
  });

  test("one that cannot be added does not stop the start", async () => {
    const found = [{ kind: "vllm", url: "http://down.example:8000" }] as const;
    expect(await offerRuntimes(found, { isFirstStart: true, perform })).toEqual([
      expect.stringContaining("could not be added"),
    ]);
  });
});
