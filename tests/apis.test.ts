import { beforeEach, describe, expect, test } from "vitest";
import { openApis } from "../src/gateway/apis.ts";
import { openRows } from "../src/gateway/rows.ts";
import { createToolWatch } from "../src/gateway/tool-watch.ts";
import { fakeDocuments, PETSTORE_URL } from "./support/documents.ts";
import { openWorld, type World } from "./support/operations.ts";
import { PETSTORE_YAML } from "./samples/petstore.ts";
import { operationNamed, perform } from "#operations";
import { Fault } from "#base";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const ORIGIN = { scheme: "https", host: "petstore.swagger.io", port: 443 };

function requestOf(method: string, path: string) {
  return { origin: ORIGIN, method, path, query: null, headers: [], body: null };
}

const PETSTORE = { [PETSTORE_URL]: PETSTORE_YAML };

/** As an admin, with these documents on the network, and what the doors themselves do with what a server lists. */
async function ask(name: string, input: object, pages: Readonly<Record<string, string>> = PETSTORE) {
  const context = world.as("ada");
  const { ambient, journal } = context;
  const watch = createToolWatch({ ambient, journal, rows: openRows(world.store), store: world.store });
  const live = { ...context.live, listed: watch };
  try {
    const operation = operationNamed(name);
    const asked = { operation, input, dryRun: false };
    const done = await perform({ ...context, live, documents: fakeDocuments(pages) }, asked);
    return done.kind === "would" ? {} : (done.output as Record<string, unknown>);
  } catch (cause) {
    if (cause instanceof Fault) return { fault: cause.code };
    throw cause;
  }
}

async function add(input: object, pages: Readonly<Record<string, string>> = PETSTORE) {
  return ask("apis.add", input, pages);
}

async function tools(status?: string): Promise<unknown[]> {
  const { items } = await world.ask("ada", "tools.list", {
    server: "petstore",
    ...(status === undefined ? {} : { status }),
  });
  return (items as { name: string; effects: string[] }[]).map(
    ({ name, effects }) => `${name} ${effects.join("+")}`,
  );
}

test("an API's operations become tools that wait for a person, with what their methods do", async () => {
  const added = await ask("apis.add", { document: PETSTORE_URL, name: "petstore" });
  expect(added).toMatchObject({
    name: "petstore",
    title: "Swagger Petstore",
    servers: ["https://petstore.swagger.io/v2"],
    source: PETSTORE_URL,
    tools: {
      accepted: 0,
      waiting: ["petstore/addPet", "petstore/deletePet", "petstore/find.pet.by.id", "petstore/findPets"],
    },
  });
  expect(await tools("new")).toEqual([
    "addPet outbound+write",
    "deletePet destructive+outbound",
    "find.pet.by.id read",
    "findPets read",
  ]);
  const { items } = await world.ask("ada", "servers.list", {});
  expect(items).toContainEqual(
    expect.objectContaining({ name: "petstore", transport: "api", runs: "https://petstore.swagger.io/v2" }),
  );
});

test("its name comes from its title where none is given, and what only reads can be accepted at once", async () => {
  const added = await ask("apis.add", { document: PETSTORE_YAML, accept: "reads" });
  expect(added).toMatchObject({ name: "swagger-petstore", source: null, tools: { accepted: 2 } });
});

test("policies see its tools' arguments once they are accepted", async () => {
  await ask("apis.add", { document: PETSTORE_URL, name: "petstore", accept: "all" });
  const text = `@id("few") permit (principal, action == Doorward::Action::"petstore/findPets", resource) when { context.input has limit && context.input.limit < 10 };`;
  expect(await world.ask("ada", "policy.check", { text })).toMatchObject({ problems: [] });
});

test("the http door's map names requests from the moment it is added, until it is removed", async () => {
  const map = openApis(world.store);
  expect(map.governs(ORIGIN)).toBe(null);
  await ask("apis.add", { document: PETSTORE_URL, name: "petstore" });
  expect(map.governs(ORIGIN)).toBe("petstore");
  expect(map.match(requestOf("DELETE", "/v2/pets/7"))).toEqual({
    api: "petstore",
    operation: "deletePet",
    arguments: { id: 7 },
  });
  expect(map.match(requestOf("DELETE", "/v2/stores/7"))).toBe(null);
  await ask("apis.remove", { api: "petstore" });
  expect(map.governs(ORIGIN)).toBe(null);
  expect(await tools()).toEqual([]);
});

describe("what is refused, changes nothing and says what to do", () => {
  const other = PETSTORE_YAML.replace("https://petstore.swagger.io/v2", "https://api.bank.example/v2");
  const inside = PETSTORE_YAML.replace("https://petstore.swagger.io/v2", "http://10.0.0.1/v2");
  test.each([
    [
      "another host than it came from",
      { document: PETSTORE_URL },
      { [PETSTORE_URL]: other },
      "api_server_elsewhere",
    ],
    ["an address within", { document: inside }, {}, "api_server_private"],
    ["nothing at the address", { document: "https://petstore.swagger.io/none" }, {}, "api_unreachable"],
    ["no document", { document: "hello" }, {}, "api_unreadable"],
    ["a name that is taken", { document: PETSTORE_YAML, name: "fs" }, {}, "server_exists"],
    [
      "a name that looks like one that is taken",
      { document: PETSTORE_YAML, name: "f-s" },
      {},
      "server_name_looks_alike",
    ],
    ["a name of the protocol", { document: PETSTORE_YAML, name: "http" }, {}, "server_name_reserved"],
    ["a server that is no address", { document: PETSTORE_YAML, servers: ["ftp://x"] }, {}, "input_invalid"],
  ])("%s", async (_, input, pages, code) => {
    const before = world.dump();
    const answer = await add(input, pages);
    expect(answer["fault"]).toBe(code);
    expect(world.dump()).toBe(before);
  });

  test("unless a person says that it is right", async () => {
    expect(
      await add(
        { document: PETSTORE_URL, servers: ["https://api.bank.example/v2"] },
        { [PETSTORE_URL]: other },
      ),
    ).toMatchObject({
      servers: ["https://api.bank.example/v2"],
    });
    expect(await add({ document: inside, name: "inside", allowPrivate: true })).toMatchObject({
      name: "inside",
    });
  });

  test("a second API where one is already", async () => {
    await add({ document: PETSTORE_URL, name: "petstore" });
    expect(await add({ document: PETSTORE_YAML, name: "twin" })).toMatchObject({
      fault: "api_server_governed",
    });
  });
});

describe("a document that changed (T14)", () => {
  const moved = PETSTORE_YAML.replace("  /pets/{id}:", "  /animals/{id}:").replace(
    "operationId: addPet",
    "operationId: newPet",
  );
  beforeEach(async () => {
    await ask("apis.add", { document: PETSTORE_YAML, name: "petstore", accept: "all" });
  });

  test("what changed waits, what is new waits, and what is gone is nobody's", async () => {
    const map = openApis(world.store);
    const refreshed = await ask("apis.refresh", { api: "petstore", document: moved });
    expect(refreshed).toMatchObject({
      tools: { accepted: 1, waiting: ["petstore/deletePet", "petstore/find.pet.by.id", "petstore/newPet"] },
    });
    expect(await tools("gone")).toEqual(["addPet outbound+write"]);
    expect(map.match(requestOf("DELETE", "/v2/pets/7"))).toBe(null);
    expect(map.match(requestOf("DELETE", "/v2/animals/7"))?.operation).toBe("deletePet");
  });

  test("the same document changes nothing that was accepted", async () => {
    const refreshed = await ask("apis.refresh", { api: "petstore", document: PETSTORE_YAML });
    expect(refreshed).toMatchObject({ tools: { accepted: 4, waiting: [] } });
  });

  test("what comes back as it was accepted is accepted", async () => {
    await ask("apis.refresh", { api: "petstore", document: moved });
    const back = await ask("apis.refresh", { api: "petstore", document: PETSTORE_YAML });
    expect(back).toMatchObject({ tools: { accepted: 4, waiting: [] } });
    expect(await tools("gone")).toEqual(["newPet outbound+write"]);
  });

  test("it does not move the API to another host", async () => {
    const away = PETSTORE_YAML.replace("https://petstore.swagger.io/v2", "https://evil.example/v2");
    expect(await ask("apis.refresh", { api: "petstore", document: away })).toMatchObject({
      servers: ["https://petstore.swagger.io/v2"],
    });
  });

  test("a file has to be given again", async () => {
    expect(await ask("apis.refresh", { api: "petstore" })).toEqual({
      fault: "api_document_missing",
    });
  });
});

test("it is no server that anybody connects to", async () => {
  await ask("apis.add", { document: PETSTORE_URL, name: "petstore" });
  for (const operation of [
    "servers.get",
    "servers.restart",
    "servers.repin",
    "servers.refresh",
    "servers.remove",
  ])
    expect(await world.ask("ada", operation, { server: "petstore" })).toEqual({ fault: "server_is_api" });
});

test("owners and auditors look, and only admins add", async () => {
  await ask("apis.add", { document: PETSTORE_URL, name: "petstore" });
  expect(await world.ask("aud", "apis.get", { api: "petstore" })).toMatchObject({ name: "petstore" });
  expect(await world.ask("otto", "apis.add", { document: PETSTORE_URL })).toHaveProperty("fault");
});
