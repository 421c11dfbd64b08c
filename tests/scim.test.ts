import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createScim } from "#api";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { openWorld, type World } from "./support/operations.ts";

// SCIM 2.0 as connectors ask it. Okta: docs.delinea.com, "Okta SCIM Endpoint Reference for the Platform" (test of the
// connection, search, PUT and PATCH), and help.okta.com, "SCIM messages for on-premises provisioning" (search with
// startIndex). Microsoft Entra ID: learn.microsoft.com, "Develop and plan provisioning for a SCIM endpoint" and question
// 2238842 there (its validator: a search with +, and that whoever was disabled is still found, with active); jfrog.com,
// "Disable user" (its PatchOp). The shapes of answers: RFC 7643, 5 to 8; RFC 7644, 3.4.2, 3.12 and 4.

const ISSUER = "https://login.example.org";
const SECRET = "the-secret-of-the-directory-long-enough";
const BASE = "http://door.example";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let world: World;
let server: Server;

beforeEach(async () => {
  world = await openWorld();
  const { query } = world.store;
  for (const name of ["petra", "olga", "otto"])
    await query
      .updateTable("users")
      .set({ issuer: ISSUER, subject: `${name}@example.org` })
      .where("name", "=", name)
      .execute();
  const scim = createScim({
    ...world.as("ada"),
    secret: SECRET,
    issuer: ISSUER,
    base: BASE,
    parseJson: (bytes) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    report: (_event, cause) => expect.fail(String(cause)),
  });
  server = createServer((request, response) => void scim(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const raw = async (method: string, path: string, body?: string): Promise<Answer> => {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body }),
  });
  expect(answer.headers.get("content-type")).toBe("application/scim+json");
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const ask = (method: string, path: string, body?: object): Promise<Answer> =>
  raw(method, path, body === undefined ? undefined : JSON.stringify(body));
const named = ({ body }: Answer): readonly string[] =>
  (body["Resources"] as { userName: string }[]).map(({ userName }) => userName);
const petra = (): string => `/Users/${world.ids.users["petra"]}`;

describe("a connector", () => {
  test("tests the connection by the first two users, and gets a page (Okta)", async () => {
    const { status, body } = await ask("GET", "/Users?startIndex=1&count=2");
    expect(status).toBe(200);
    expect(body).toMatchObject({ schemas: [LIST], totalResults: 3, startIndex: 1, itemsPerPage: 2 });
    expect(body["Resources"]).toHaveLength(2);
  });

  test("imports all users page by page: those of its issuer, each once, and no local one (Okta)", async () => {
    const pages = [1, 3].map(async (start) => named(await ask("GET", `/Users?startIndex=${start}&count=2`)));
    const all = (await Promise.all(pages)).flat();
    expect(all.toSorted()).toEqual(["olga", "otto", "petra"]);
    expect(named(await ask("GET", "/Users")).toSorted()).toEqual(["olga", "otto", "petra"]);
  });

  test("looks whether a user exists before it makes one (Okta, Entra)", async () => {
    const okta = await ask("GET", "/Users?filter=userName%20eq%20%22olga%22&startIndex=1&count=100");
    expect(okta.body).toMatchObject({ totalResults: 1, Resources: [{ userName: "olga", active: true }] });
    const entra = await ask("GET", '/Users?filter=externalId+eq+"otto%40example.org"');
    expect(named(entra)).toEqual(["otto"]);
    const nobody = await ask("GET", '/Users?filter=userName+eq+"nobody%40example.org"');
    expect([nobody.status, nobody.body]).toEqual([
      200,
      { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
    ]);
    expect(named(await ask("GET", '/Users?filter=userName+eq+"ada"'))).toEqual([]);
  });

  test.each<[string, string, object]>([
    ["PATCH with a path (Entra)", "PATCH", { op: "Replace", path: "active", value: false }],
    ["PATCH with a text (Entra)", "PATCH", { op: "Replace", path: "active", value: "False" }],
    ["PATCH without a path (Okta)", "PATCH", { op: "replace", value: { active: false } }],
    ["PUT of the whole user (Okta)", "PUT", {}],
  ])("ends a user by %s; who is out is still found, as not active", async (_name, method, operation) => {
    const whole = { schemas: [USER], userName: "petra", name: { givenName: "Petra" }, active: false };
    const part = { schemas: [PATCH_OP], Operations: [operation] };
    const left = await ask(method, petra(), method === "PUT" ? whole : part);
    expect([left.status, left.body["active"]]).toEqual([200, false]);
    expect((await ask("GET", petra())).body).toMatchObject({ active: false });
    expect((await ask("GET", '/Users?filter=userName+eq+"petra"')).body).toMatchObject({
      Resources: [{ active: false }],
    });
    expect((await ask("GET", "/Users")).body).toMatchObject({ totalResults: 3 });
  });

  test("reads what there is: one type, with the attributes that users have", async () => {
    const [types, schemas] = [await ask("GET", "/ResourceTypes"), await ask("GET", "/Schemas")];
    const type = { id: "User", endpoint: "/Users", schema: USER };
    expect(types.body).toMatchObject({ schemas: [LIST], totalResults: 1, Resources: [type] });
    expect((await ask("GET", "/ResourceTypes/User")).body).toMatchObject({
      ...type,
      meta: { resourceType: "ResourceType", location: `${BASE}/scim/v2/ResourceTypes/User` },
    });
    expect(schemas.body).toMatchObject({ totalResults: 1, Resources: [{ id: USER }] });
    const { body } = await ask("GET", `/Schemas/${USER}`);
    const attributes = (body["attributes"] as { name: string }[]).map(({ name }) => name);
    const common = ["schemas", "id", "externalId", "meta"];
    const user = (await ask("GET", petra())).body;
    expect(
      Object.keys(user)
        .filter((name) => !common.includes(name))
        .toSorted(),
    ).toEqual(attributes.toSorted());
    const config = await ask("GET", "/ServiceProviderConfig");
    expect(config.body).toMatchObject({ patch: { supported: true }, filter: { maxResults: 100 } });
    expect((await ask("GET", "/Groups")).status).toBe(404);
    expect((await ask("GET", "/Schemas/constructor")).status).toBe(404);
    expect((await ask("GET", '/Schemas?filter=id+eq+"x"')).status).toBe(403);
  });
});

describe("a page", () => {
  test.each<[string, number, number]>([
    ["startIndex=-5&count=1", 1, 1],
    ["startIndex=0", 1, 3],
    ["startIndex=3&count=50", 3, 1],
    ["startIndex=9", 9, 0],
    ["count=0", 1, 0],
    ["count=-1", 1, 0],
    ["count=999999999", 1, 3],
  ])("of %s is within what there is", async (query, startIndex, itemsPerPage) => {
    const { body } = await ask("GET", `/Users?${query}`);
    expect(body).toMatchObject({ totalResults: 3, startIndex, itemsPerPage });
    expect(body["Resources"]).toHaveLength(itemsPerPage);
  });

  test("has a hundred users at most, whatever was asked for", async () => {
    const rows = Array.from({ length: 130 }, (_, at) => ({
      id: `usr_${String(at).padStart(26, "z")}`,
      name: `one-${at}`,
      issuer: ISSUER,
      subject: `one-${at}`,
      roles: "[]",
      groups: "[]",
      created_at: 1,
      disabled_at: null,
    }));
    await world.store.query.insertInto("users").values(rows).execute();
    expect((await ask("GET", "/Users?count=5000")).body).toMatchObject({
      totalResults: 133,
      itemsPerPage: 100,
    });
    expect((await ask("GET", "/Users?startIndex=101&count=5000")).body).toMatchObject({ itemsPerPage: 33 });
  });
});

const patched = (...operations: object[]) => ({ schemas: [PATCH_OP], Operations: operations });
const patching = (body: object) => (): Promise<Answer> => ask("PATCH", petra(), body);
const looking = (query: string) => (): Promise<Answer> => ask("GET", `/Users?${query}`);

describe("an error", () => {
  test.each<[string, () => Promise<Answer>, string]>([
    ["a filter that is not read", looking('filter=title+co+"x"'), "invalidFilter"],
    ["a filter of nothing", looking("filter="), "invalidFilter"],
    ["a page that is no number", looking("count=many"), "invalidValue"],
    ["a body of another kind", patching({ Operations: [] }), "invalidSyntax"],
    ["a PatchOp that does not say so", patching({ Operations: [{ op: "replace" }] }), "invalidSyntax"],
    ["a PatchOp of nothing", patching(patched()), "invalidSyntax"],
    ["active as a number", () => ask("PUT", petra(), { active: 7 }), "invalidValue"],
    ["active as no boolean", patching(patched({ op: "add", path: "active", value: "no" })), "invalidValue"],
    ["another attribute", patching(patched({ op: "replace", path: "userName", value: "x" })), "mutability"],
    ["an attribute taken away", patching(patched({ op: "remove", path: "active" })), "mutability"],
  ])("of %s says which, as RFC 7644 names it", async (_name, asking, scimType) => {
    const answer = await asking();
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ schemas: [ERROR], status: "400", scimType, detail: expect.any(String) });
    expect((await ask("GET", petra())).body).toMatchObject({ active: true });
  });

  test("of a body that is no JSON says so, and what is not there has no such name", async () => {
    expect((await raw("PATCH", petra(), "{")).body).toMatchObject({
      status: "400",
      scimType: "invalidSyntax",
    });
    const missing = await ask("GET", `/Users/usr_${"0".repeat(26)}`);
    expect(missing.body).toEqual({ schemas: [ERROR], status: "404", detail: expect.any(String) });
  });
});
