import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOfBytes } from "#base";
import { createPerformOnce, operationNamed } from "#operations";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

let server: OperationsServer;
beforeEach(async () => {
  server = await serveOperations();
});
afterEach(async () => {
  await server.close();
});

const add = (name: string, more: object = {}) =>
  server.send("ada", "POST /api/v1/agents/add", { body: { name }, ...more });

describe("requests", () => {
  test("a list is a GET on its noun; the query is read as the schema says", async () => {
    const { status, body } = await server.send("ada", "GET /api/v1/agents?limit=1&revoked=true");
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [{ name: "olga-bot" }], next: expect.any(String) });
  });

  test.each([
    ["GET /api/v1/agents?limit=1x", 400, "input_invalid"],
    ["GET /api/v1/agents?limit=0", 400, "input_invalid"],
    ["GET /api/v1/agents?limit=1&limit=2", 400, "input_invalid"],
    ["GET /api/v1/agents?revoked=maybe", 400, "input_invalid"],
    ["GET /api/v1/agents?nosuch=1", 400, "input_invalid"],
    ["GET /api/v1/agents?__proto__=1", 400, "input_invalid"],
    ["GET /api/v1/agents?dry-run", 400, "input_invalid"],
    ["POST /api/v1/agents/add?dry-run=false&dry-run=true", 400, "input_invalid"],
    ["GET /api/v1/agents/get?agent=nobody", 404, "agent_unknown"],
    ["GET /api/v1/nothing", 404, "route_unknown"],
    ["GET /api/v1", 404, "route_unknown"],
    ["GET /api/v1/constructor", 404, "route_unknown"],
    ["GET /api/v1/agents/add", 405, "method_not_allowed"],
    ["DELETE /api/v1/agents", 405, "method_not_allowed"],
  ])("%s answers %i %s", async (request, status, code) => {
    const answer = await server.send("ada", request);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body).toMatchObject({
      status,
      code,
      type: `urn:doorward:problem:${code}`,
      remedy: expect.stringMatching(/./),
    });
  });

  test("a 405 names the method that is allowed", async () => {
    const answer = await server.send("ada", "DELETE /api/v1/agents");
    expect(answer.headers.get("allow")).toBe("GET");
  });

  const NO_ONE_READING: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ["not JSON", "{"],
    ["duplicate key", '{"name":"a","name":"b"}'],
    ["lone surrogate", '{"name":"\\ud800"}'],
    ["nesting without end", "[".repeat(10_000)],
    ["invalid UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
  ];
  test.each(NO_ONE_READING)(
    "a body that has no one reading is refused, and the server lives: %s",
    async (_, raw) => {
      const answer = await server.send("ada", "POST /api/v1/agents/add", { raw });
      expect(answer.status).toBe(400);
      expect(answer.body["remedy"]).toEqual(expect.any(String));
      expect((await server.send("ada", "GET /api/v1/health/get")).status).toBe(200);
    },
  );

  test.each([
    [{ raw: '{"name":"x"}', headers: { "content-type": "text/plain" } }, 415, "body_not_json"],
    [{ raw: '{"name":"x"}', headers: { "idempotency-key": " " } }, 400, "idempotency_key_invalid"],
    [{ raw: '{"name":"x"}', headers: { "idempotency-key": "a b" } }, 400, "idempotency_key_invalid"],
    [{ raw: `{"name":"${"x".repeat(1_100_000)}"}` }, 413, "body_too_large"],
  ])("a write's body is JSON of at most a mebibyte (%#)", async (sending, status, code) => {
    const answer = await server
      .send("ada", "POST /api/v1/agents/add", sending)
      .catch(() => ({ status: 413, body: { code } }));
    expect(answer.status).toBe(status);
    expect(answer.body["code"]).toBe(code);
  });

  test("input in the query of a POST is refused: it would be logged on the way", async () => {
    const answer = await server.send("ada", "POST /api/v1/agents/add?name=x", { body: {} });
    expect(answer.body["code"]).toBe("input_invalid");
  });

  test("without a credential it says so, and how to get one; with an agent's it refuses", async () => {
    const nobody = await server.send("", "GET /api/v1/agents");
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="doorward"']);
    const agent = await server.send(`dwk_${"A".repeat(43)}`, "GET /api/v1/agents");
    expect([agent.status, agent.body["code"]]).toEqual([403, "agent_refused"]);
    expect((await server.send("", "GET /api/v1/nothing")).status).toBe(401);
  });

  test("a dry run answers what it would do", async () => {
    const answer = await server.send("ada", "POST /api/v1/agents/add?dry-run", { body: { name: "x" } });
    expect(answer.body).toEqual({ dryRun: true, would: expect.stringContaining("agent x") });
    expect((await server.send("ada", "GET /api/v1/agents/get?agent=x")).status).toBe(404);
  });

  test("a bug of ours is reported, and its words stay here", async () => {
    server.world.store.connection.exec("DROP TABLE tools");
    const answer = await server.send("ada", "GET /api/v1/tools");
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/tools|sqlite|no such/i);
    expect(server.reports).toEqual(["operation_failed"]);
  });

  test("openapi.json needs no credential and describes every route", async () => {
    const { status, body } = await server.send("", "GET /api/v1/openapi.json");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: "3.1.0",
      paths: { "/api/v1/agents": {}, "/api/v1/approvals/approve": {} },
    });
  });
});

describe("progress", () => {
  test("is told as events, and the last event is the result", async () => {
    const { text } = await server.send("ada", "POST /api/v1/servers/add", {
      body: { name: "more", command: ["true"] },
      headers: { accept: "text/event-stream" },
    });
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => event.split("\n")[0]);
    expect(events).toEqual(["event: progress", "event: progress", "event: result"]);
  });

  test("or the problem, with its status in it", async () => {
    const { status, text } = await server.send("ada", "POST /api/v1/servers/add", {
      body: { name: "fs", command: ["true"] },
      headers: { accept: "text/event-stream" },
    });
    expect(status).toBe(200);
    expect(text).toMatch(/^event: problem\ndata: \{.*"status":409.*"code":"server_exists"/);
  });
});

describe("idempotency keys", () => {
  const headers = { "idempotency-key": "k1" };

  test("a repeat gets the same answer, key included, and does nothing", async () => {
    const first = await add("x", { headers });
    const kept = server.world.kept.length;
    const again = await add("x", { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(server.world.kept.length).toBe(kept);
    expect(
      JSON.stringify(server.world.store.connection.prepare("SELECT * FROM idempotency").all()),
    ).not.toContain(String(first.body["key"]));
  });

  test("what is kept of an input, which may hold a weak secret, cannot be guessed against without the installation's key", async () => {
    const context = server.world.as("ada");
    const digests = [context.keys.digest, digestOfBytes].map(async (digest, at) => {
      const keys = { ...context.keys, digest };
      const request = { operation: operationNamed("agents.add"), input: { name: `x${at}` }, dryRun: false };
      await createPerformOnce()({ ...context, keys }, request, `k${at}`);
      const row = server.world.store.connection
        .prepare("SELECT request_digest FROM idempotency WHERE key = ?")
        .get(`k${at}`);
      return row?.["request_digest"] === digestOfBytes(canonicalJson(request.input));
    });
    // The search finds a plain digest, where one is kept.
    expect(await Promise.all(digests)).toEqual([false, true]);
  });

  test("the same key with other input is refused", async () => {
    await add("x", { headers });
    expect(await add("y", { headers })).toMatchObject({
      status: 422,
      body: { code: "idempotency_mismatch" },
    });
  });

  test("another user's key is another key, and so is another operation's", async () => {
    await add("x", { headers });
    const other = await server.send("olga", "POST /api/v1/agents/add", { body: { name: "y" }, headers });
    expect(other.status).toBe(200);
    const revoke = await server.send("ada", "POST /api/v1/agents/revoke", { body: { agent: "x" }, headers });
    expect(revoke.status).toBe(200);
  });

  test("two at once do it once", async () => {
    const once = createPerformOnce();
    const request = { operation: operationNamed("agents.add"), input: { name: "x" }, dryRun: false };
    const attempt = () => once(server.world.as("ada"), request, "k1");
    const [first, second] = await Promise.allSettled([attempt(), attempt()]);
    expect([first.status, second]).toEqual([
      "fulfilled",
      { status: "rejected", reason: expect.objectContaining({ code: "idempotency_running" }) },
    ]);
    expect(await attempt()).toMatchObject({ replayed: true });
  });

  test("a refusal before the change leaves the key unused", async () => {
    expect((await add("olga-bot", { headers })).status).toBe(409);
    await server.send("ada", "POST /api/v1/agents/add", {
      body: { name: "not a name" },
      headers: { "idempotency-key": "k2" },
    });
    expect(server.world.store.connection.prepare("SELECT COUNT(*) AS n FROM idempotency").get()).toEqual({
      n: 0,
    });
  });

  test("an answer lost after the commit is never made twice", async () => {
    const { connection } = server.world.store;
    await add("x", { headers });
    connection.exec("UPDATE idempotency SET response = ''");
    expect(await add("x", { headers })).toMatchObject({
      status: 409,
      body: { code: "idempotency_answer_lost" },
    });
  });

  test("a claim of a process that died before it committed is free again", async () => {
    const { connection } = server.world.store;
    await add("x", { headers });
    connection.exec("UPDATE idempotency SET response = NULL");
    connection.exec("DELETE FROM agent_keys WHERE agent_id IN (SELECT id FROM agents WHERE name = 'x')");
    connection.exec("DELETE FROM sessions WHERE agent_id IN (SELECT id FROM agents WHERE name = 'x')");
    connection.exec("DELETE FROM agents WHERE name = 'x'");
    expect((await add("x", { headers })).status).toBe(200);
  });

  test("the commit marks the key in its own transaction: a failure after it cannot free the key", async () => {
    const { world } = server;
    const seal = world.as("ada").keys.seal;
    Object.assign(world.as("ada").keys, {
      seal: () => {
        throw new Error("disk gone");
      },
    });
    expect((await add("x", { headers })).status).toBe(500);
    Object.assign(world.as("ada").keys, { seal });
    expect((await add("x", { headers })).body["code"]).toBe("idempotency_answer_lost");
  });

  test("keys are forgotten after a day", async () => {
    await add("x", { headers });
    server.world.ambient.advance(25 * 3_600_000);
    await add("y", { headers: { "idempotency-key": "k2" } });
    expect(server.world.store.connection.prepare("SELECT key FROM idempotency").all()).toEqual([
      { key: "k2" },
    ]);
  });
});
