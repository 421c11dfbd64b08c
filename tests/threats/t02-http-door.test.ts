import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpHouse, openHttpHouse } from "../support/http-house.ts";

// T2: no way to Doorward's own listeners through its own proxy, under any name or address, in any stage; and nobody without
// a key of an agent's gets anything from it.

let house: HttpHouse;
let key = "";
let port = "";
let proxyPort = "";
beforeAll(async () => {
  house = await openHttpHouse();
  key = await house.session("mole");
  port = new URL(house.running.url).port;
  proxyPort = new URL(house.proxy).port;
});
afterAll(() => house?.close());

const names = (at: string): readonly string[] => [
  `127.0.0.1:${at}`,
  `localhost:${at}`,
  `127.8.9.10:${at}`,
  `[::1]:${at}`,
  `[::ffff:7f00:1]:${at}`,
  `0.0.0.0:${at}`,
];

describe.each(["enforce", "observe"])("in stage %s", (stage) => {
  test("an agent that was granted every one of these addresses gets to none of them", async () => {
    await house.admin.perform("agents.set-stage", {
      agent: "mole",
      stage,
      ...(stage === "observe" ? { days: 1 } : {}),
    });
    for (const at of [port, proxyPort]) {
      for (const name of names(at)) {
        const granted = await house.admin.ask("hosts.grant", {
          agent: "mole",
          host: name,
          access: "write",
          private: true,
        });
        expect([200, 422, 400]).toContain(granted.status);
        const got = await house.get(key, `http://${name}/healthz`);
        expect([name, got.status, got.text.includes('"status":"ok"')]).toEqual([name, got.status, false]);
        expect(["own_listener", "egress_address_private", "egress_unreachable"]).toContain(got.code);
      }
    }
    const plain = await house.get(key, `http://127.0.0.1:${port}/api/v1/agents/list`);
    expect([plain.status, plain.code]).toEqual([403, "own_listener"]);
  });

  test("nor does a CONNECT lead there", async () => {
    const said = await house.curl(key, "-k", "-i", `https://127.0.0.1:${port}/healthz`);
    expect(said).toContain("own_listener");
    expect(said).not.toContain('"status":"ok"');
  });
});

test("metadata services are no host that anybody can grant", async () => {
  await house.grant("mole", "169.254.169.254");
  const got = await house.get(key, "http://169.254.169.254/latest/meta-data/");
  expect([got.status, got.code]).toEqual([403, "egress_address_forbidden"]);
});

test("without a key, with a user's token, or with one that was revoked, the proxy asks who it is", async () => {
  const other = await house.session("ended");
  for (const wrong of ["", "dwk_" + "x".repeat(43), house.admin.token]) {
    const got = await house.get(wrong, "http://example.com/");
    expect(got.status).toBe(407);
  }
  await house.admin.perform("agents.revoke", { agent: "ended" });
  expect((await house.get(other, "http://example.com/")).status).toBe(407);
});

test("what an agent has for the proxy opens no operation", async () => {
  const answer = await fetch(`${house.running.url}/api/v1/agents/list`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: "{}",
  });
  expect([401, 403]).toContain(answer.status);
});
