import { createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { createCallbacks, secretPurpose, secretText, signedHeaders } from "#callbacks";
import { createEgress } from "#egress";
import { openStore } from "#store";
import { heldAmbient } from "./support/ambient.ts";

// What became of held calls, on its way to the webhooks of agents' owners: a real client, a real receiver.

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function receiver() {
  const told: Told[] = [];
  const answers: (number | "never")[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => void (body += text));
    request.on("end", () => {
      told.push({ headers: request.headers, body });
      const answer = answers.shift() ?? 204;
      if (answer === "never") request.socket.destroy();
      else response.writeHead(answer, answer === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closers.push(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { told, answers, port, url: `http://127.0.0.1:${port}/hook?to=me` };
}

const SECRET = randomBytes(32);

/** `own`: a port that is Doorward's. */
function house(url: string, { isPrivate = true, own = 1 } = {}) {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const { connection } = store;
  const egress = createEgress({ ownAddresses: () => [{ host: "127.0.0.1", port: own }] });
  const opened: string[] = [];
  /** Purposes of secrets that cannot be opened. */
  const breaking = new Set<string>();
  const keys = {
    unseal: (sealed: Uint8Array, purpose = "") => {
      opened.push(purpose);
      if (breaking.has(purpose)) throw new Error("it cannot be opened");
      return sealed;
    },
  };
  connection.exec("PRAGMA foreign_keys = OFF");
  connection
    .prepare(
      "INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES ('usr_1', 'u', 'i', 's', '[]', '[]', 0)",
    )
    .run();
  const set = connection.prepare("INSERT INTO agent_callbacks VALUES ('agt_1', ?, ?, 0, ?, 'usr_1', ?)");
  set.run(url, SECRET, isPrivate ? 1 : 0, ambient.now());
  const reported: unknown[] = [];
  const start = () => {
    const callbacks = createCallbacks({
      store,
      keys,
      egress,
      ambient,
      report: (...what) => void reported.push(what),
    });
    closers.push(callbacks.close);
    return callbacks;
  };
  closers.push(() => egress.close());
  const names = connection
    .prepare("PRAGMA table_info(approvals)")
    .all()
    .map((row) => row);
  const hold = (id: string, over: Record<string, string | number | null> = {}) => {
    const row: Record<string, string | number | null> = Object.fromEntries(
      names.map((column) => [
        String(column["name"]),
        column["notnull"] === 1 ? (column["type"] === "TEXT" ? "" : 0) : null,
      ]),
    );
    Object.assign(row, {
      id,
      action_id: `act_${id}`,
      status: "requested",
      agent_id: "agt_1",
      session_id: "ses_1",
    });
    Object.assign(row, { requested_at: ambient.now(), expires_at: ambient.now() + 86_400_000, ...over });
    const columns = Object.keys(row).map((name) => `"${name}"`);
    connection
      .prepare(
        `INSERT OR REPLACE INTO approvals (${columns.join()}) VALUES (${columns.map(() => "?").join()})`,
      )
      .run(...Object.values(row));
  };
  let entries = 0;
  const outcome = (action: string, status: string) => {
    connection
      .prepare("INSERT INTO entries (idx, kind, subject, at, record) VALUES (?, 'outcome', ?, 0, ?)")
      .run(entries, action, JSON.stringify({ body: { status } }));
    entries += 1;
  };
  const posts = () =>
    connection.prepare("SELECT attempts, next_at, last_error, done_at FROM callback_posts ORDER BY id").all();
  return { ambient, breaking, connection, hold, opened, outcome, posts, reported, start };
}

test("signs as the specification's own library does", () => {
  // standard-webhooks/standard-webhooks, libraries/javascript/src/webhook.test.ts @ b2fa7b8: "sign function works".
  const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
  const message = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    body: '{"test": 2432232314}',
    atMs: 1_614_265_330_000,
  };
  expect(signedHeaders(secret, message)).toMatchObject({
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
  expect(secretText(secret)).toBe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
});

describe("what became of a held call", () => {
  test.each<[string, string, Record<string, string | number>]>([
    ["denied", "action.denied", { status: "denied" }],
    ["withdrawn", "action.withdrawn", { status: "withdrawn" }],
    ["expired, written down", "action.expired", { status: "expired" }],
    ["past its time, seen by nobody", "action.expired", { expires_at: 0 }],
    ["approved and not used", "action.approved", { status: "approved", decided_at: 0 }],
  ])("%s: told once, with ids and a state", async (_name, type, over) => {
    const { told, url } = await receiver();
    const own = house(url);
    own.hold("apr_1", over);
    const callbacks = own.start();
    await callbacks.look();
    await callbacks.look();
    expect(told).toHaveLength(1);
    const { headers, body } = told[0] ?? { headers: {}, body: "" };
    expect(JSON.parse(body)).toEqual({
      type,
      timestamp: "2026-01-01T12:00:00.000Z",
      data: { approval: "apr_1", action: "act_apr_1", agent: "agt_1", session: "ses_1", outcome: null },
    });
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    const mac = createHmac("sha256", SECRET).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
    expect([own.opened, own.reported]).toEqual([[secretPurpose("agt_1")], []]);
  });

  test("released: told when its outcome is on record, and then what it was", async () => {
    const { told, url } = await receiver();
    const own = house(url);
    own.hold("apr_1", { status: "consumed" });
    const callbacks = own.start();
    await callbacks.look();
    expect(told).toEqual([]);
    own.outcome("act_apr_1", "unknown");
    await callbacks.look();
    expect(JSON.parse(told[0]?.body ?? "")).toMatchObject({
      type: "action.released",
      data: { outcome: "unknown" },
    });
  });

  test("what still waits, and what ended before there was a webhook, is no news", async () => {
    const { told, url } = await receiver();
    const own = house(url);
    own.hold("apr_1");
    own.hold("apr_2", { status: "approved", decided_at: own.ambient.now() });
    own.hold("apr_3", { status: "denied", requested_at: own.ambient.now() - 1 });
    own.hold("apr_4", { status: "denied", agent_id: "agt_2" });
    await own.start().look();
    expect(told).toEqual([]);
  });
});

describe("a receiver that does not take it", () => {
  test.each<[number | "never"]>([[500], [302], ["never"]])(
    "%s: tried again after a while, under the same id, until it does",
    async (answer) => {
      const { told, answers, url } = await receiver();
      const own = house(url);
      answers.push(answer);
      own.hold("apr_1", { status: "denied" });
      const callbacks = own.start();
      await callbacks.look();
      await callbacks.look();
      expect(told).toHaveLength(1);
      own.ambient.advance(6_000);
      await callbacks.look();
      const [first, second] = told.map(({ headers }) => headers);
      expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
      expect(second?.["webhook-timestamp"]).not.toBe(first?.["webhook-timestamp"]);
      expect(own.posts()).toMatchObject([{ attempts: 2, next_at: null, last_error: null }]);
    },
  );

  test("is given up after ten times; one that is gone, at once", async () => {
    const { told, answers, url } = await receiver();
    const own = house(url);
    answers.push(...Array.from({ length: 10 }, () => 500));
    own.hold("apr_1", { status: "denied" });
    const callbacks = own.start();
    for (let day = 0; day < 15; day += 1) {
      await callbacks.look();
      own.ambient.advance(2 * 86_400_000);
    }
    expect(told).toHaveLength(10);
    expect(own.posts()).toMatchObject([{ attempts: 10, next_at: null, done_at: null }]);
    answers.push(410);
    own.hold("apr_2", { status: "denied" });
    await callbacks.look();
    own.ambient.advance(86_400_000);
    await callbacks.look();
    expect(told).toHaveLength(11);
  });

  test("what was not sent when Doorward stopped is sent when it is back, once", async () => {
    const { told, answers, url } = await receiver();
    const own = house(url);
    answers.push(503);
    own.hold("apr_1", { status: "denied" });
    const before = own.start();
    await before.look();
    await before.close();
    own.ambient.advance(6_000);
    const after = own.start();
    await after.look();
    await after.look();
    expect(told).toHaveLength(2);
  });

  test("gets one at a time, in order, and no more once one failed", async () => {
    const { told, answers, url } = await receiver();
    const own = house(url);
    answers.push(500);
    own.hold("apr_1", { status: "denied" });
    own.hold("apr_2", { status: "denied" });
    const callbacks = own.start();
    await callbacks.look();
    expect(told).toHaveLength(1);
    await callbacks.look();
    expect(told.map(({ body }) => JSON.parse(body).data.approval)).toEqual(["apr_1", "apr_2"]);
  });
});

test("what goes wrong with one ends no look while another is on its way: nothing is sent twice", async () => {
  const { told, url } = await receiver();
  const own = house(url);
  own.connection
    .prepare("INSERT INTO agent_callbacks VALUES ('agt_2', ?, ?, 0, 1, 'usr_1', ?)")
    .run(url, SECRET, own.ambient.now());
  own.hold("apr_1", { status: "denied" });
  own.hold("apr_2", { status: "denied", agent_id: "agt_2" });
  own.breaking.add(secretPurpose("agt_1"));
  const callbacks = own.start();
  await callbacks.look();
  // The other has arrived by the end of the look, and is on record as sent.
  expect(told.map(({ body }) => JSON.parse(body).data.approval)).toEqual(["apr_2"]);
  await callbacks.look();
  expect(told).toHaveLength(1);
  expect(own.reported).toContainEqual(["callbacks_failed", new Error("it cannot be opened")]);
  expect(own.posts()).toEqual([
    expect.objectContaining({ attempts: 1, done_at: null, last_error: "Doorward could not send it" }),
    expect.objectContaining({ last_error: null, done_at: own.ambient.now() }),
  ]);
  own.breaking.clear();
  own.ambient.advance(6_000);
  await callbacks.look();
  expect(told.map(({ body }) => JSON.parse(body).data.approval)).toEqual(["apr_2", "apr_1"]);
});

describe("where it may go (T17)", () => {
  test.each([
    ["a private address nobody allowed", { isPrivate: false }],
    ["Doorward itself", {}],
  ])("not to %s", async (name, over) => {
    const { told, port, url } = await receiver();
    const own = house(url, name === "Doorward itself" ? { own: port } : over);
    own.hold("apr_1", { status: "denied" });
    await own.start().look();
    expect(told).toEqual([]);
    expect(own.posts()).toMatchObject([{ attempts: 1, done_at: null }]);
  });

  test("to nobody who was shut out, neither what is new nor what was left", async () => {
    const { told, answers, url } = await receiver();
    const own = house(url);
    answers.push(500);
    own.hold("apr_1", { status: "denied" });
    const callbacks = own.start();
    await callbacks.look();
    own.connection.exec("UPDATE users SET disabled_at = 1");
    own.hold("apr_2", { status: "denied" });
    own.ambient.advance(6_000);
    await callbacks.look();
    expect(told).toHaveLength(1);
    expect(own.posts()).toMatchObject([{ next_at: null, done_at: null }]);
  });

  test("nowhere once it was taken back", async () => {
    const { told, answers, url } = await receiver();
    const own = house(url);
    answers.push(500);
    own.hold("apr_1", { status: "denied" });
    const callbacks = own.start();
    await callbacks.look();
    own.connection.exec("DELETE FROM agent_callbacks");
    own.ambient.advance(6_000);
    await callbacks.look();
    expect(told).toHaveLength(1);
    expect(own.posts()).toMatchObject([{ next_at: null, last_error: "the callback was taken back" }]);
  });
});
