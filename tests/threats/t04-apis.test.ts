import { afterAll, beforeAll, expect, test } from "vitest";
import { PETSTORE_YAML } from "../samples/petstore.ts";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

let house: HttpHouse;
let host: Host;
let key: string;

beforeAll(async () => {
  host = await openHost();
  house = await openHttpHouse();
  key = await house.session("coder");
  await house.grant("coder", host.name);
  const document = PETSTORE_YAML.replace("https://petstore.swagger.io/v2", `${host.url}/v2`);
  await house.admin.perform("apis.add", { document, name: "petstore", allowPrivate: true });
}, 120_000);
afterAll(async () => {
  await house.close();
  await host.close();
});

const json = { "content-type": "application/json" };

// T4: one effect, one verdict: what an API's document names is that operation at the http door, and nothing else is written there.
test("a write that no operation names is denied, although the host was granted for writing", async () => {
  const before = host.reached.length;
  for (const [method, path] of [
    ["POST", "/v2/stores"],
    ["POST", "/v2/pets/"],
    ["POST", "/v2//pets"],
    ["PATCH", "/v2/pets/7"],
    ["DELETE", "/v2/pets"],
  ] as const) {
    const got = await house.get(key, `${host.url}${path}`, { method, headers: json, body: "{}" });
    expect([path, got.status, got.code]).toEqual([path, 403, "operation_unmapped"]);
  }
  expect(host.reached.length).toBe(before);
});

test("an operation that nobody accepted is not carried out, and once accepted it is", async () => {
  const ask = () => house.get(key, `${host.url}/v2/pets?limit=3`);
  expect((await ask()).code).toBe("tool_not_accepted");
  await house.admin.perform("tools.accept", { tools: ["petstore/findPets"] });
  await house.admin.perform("agents.grant", { agent: "coder", tools: ["petstore/findPets"] });
  expect((await ask()).status).toBe(200);
  expect(host.reached.at(-1)?.url).toBe("/v2/pets?limit=3");
});
