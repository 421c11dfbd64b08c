import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// T4: what is governed by a door of its own is not written to around it: a host that an upstream of models stands at takes
// no write at the http door, whatever was granted.

let house: HttpHouse;
let host: Host;
let key = "";
beforeAll(async () => {
  [house, host] = [await openHttpHouse(), await openHost()];
  key = await house.session("sneak");
  await house.grant("sneak", host.name);
});
afterAll(async () => {
  await house?.close();
  await host?.close();
});

const post = () => house.get(key, `${host.url}/v1/chat/completions`, { method: "POST", body: "{}" });

test("a host of an upstream's takes no write at the http door, and a read is decided as ever", async () => {
  expect((await post()).status).toBe(200);
  host.answer = (_, response) =>
    void response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ object: "list", data: [{ id: "served", object: "model" }] }));
  await house.admin.perform("upstreams.add", {
    name: "brain",
    kind: "openai",
    url: host.url,
    allowPrivate: true,
  });
  const before = host.reached.filter(({ method }) => method === "POST").length;
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const got = await house.get(key, `${host.url}/v1/chat/completions`, { method, body: "{}" });
    expect([method, got.status, got.code]).toEqual([method, 403, "operation_unmapped"]);
  }
  expect(host.reached.filter(({ method }) => method === "POST").length).toBe(before);
  expect((await house.get(key, `${host.url}/v1/about`)).status).toBe(200);
  const alias = host.url.replace("127.0.0.1", "localhost");
  await house.grant("sneak", new URL(alias).host);
  const around = await house.get(key, `${alias}/v1/chat/completions`, { method: "POST", body: "{}" });
  expect([around.status, around.code]).toEqual([403, "operation_unmapped"]);
  expect(host.reached.filter(({ method }) => method === "POST").length).toBe(before);
});
