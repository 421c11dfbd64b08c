import { Socket } from "node:net";
import { beforeEach, expect, test } from "vitest";
import type { Ambient } from "#base";
import { mintSecret } from "#identity";
import { openStore, type Store } from "#store";
import { type Agents, openAgents } from "./agents.ts";

const AGENT = `agt_${"0".repeat(26)}`;
const SESSION = `ses_${"0".repeat(26)}`;
const USER = `usr_${"0".repeat(26)}`;

let now = 0;
let store: Store;
let key = "";
let looks: Socket[] = [];
let reported: string[] = [];
const ambient: Ambient = {
  now: () => now,
  monotonic: () => now,
  id: (prefix) => `${prefix}_${"0".repeat(26)}`,
  random: (bytes) => new Uint8Array(bytes).fill(7),
};

beforeEach(() => {
  now = 1_000_000;
  looks = [];
  reported = [];
  store = openStore(":memory:");
  const secret = mintSecret("agent-key", ambient);
  key = secret.text;
  store.connection.exec(`
    INSERT INTO users VALUES ('${USER}', 'ana', 'local', 'ana', '[]', '[]', 0, NULL);
    INSERT INTO agents (id, name, owner_id, purpose, stage, granted_tools, created_at)
      VALUES ('${AGENT}', 'bot', '${USER}', '', 'enforce', '[]', 0);
    INSERT INTO sessions (id, agent_id, kind, opened_by, created_at, ended_at) VALUES ('${SESSION}', '${AGENT}', 'standing', '${USER}', 0, NULL);
    INSERT INTO agent_keys VALUES ('key_1', '${AGENT}', '${secret.hash}', 'bearer', '${SESSION}', 0, NULL, NULL);`);
});

function opened(verdict: () => Promise<boolean>): Agents {
  const isOwnUser = async (socket: Socket): Promise<boolean> => {
    looks.push(socket);
    return verdict();
  };
  return openAgents({ store, ambient, isOwnUser, report: (event) => void reported.push(event) });
}

const call = async (agents: Agents, authorization = `Bearer ${key}`): Promise<void> => {
  await agents.authenticate({ authorization }, { server: null, secret: null }, new Socket(), {});
  await new Promise(setImmediate);
};
const seenAt = (): unknown =>
  store.connection.prepare("SELECT seen_as_own_user_at AS at FROM agents").get()?.["at"];

test("nobody looks at the relay of a sandbox: it is its people's", async () => {
  const agents = opened(async () => true);
  const bearer = agents.bearing(key)?.() ?? null;
  if (bearer === null || bearer instanceof Promise || "kind" in bearer)
    throw new Error("the key is not known");
  store.connection.exec(`UPDATE sessions SET isolation = '{}'`);
  agents.seen(bearer, new Socket());
  store.connection.exec("UPDATE sessions SET isolation = NULL");
  expect(looks.length).toBe(0);
  agents.seen(bearer, new Socket());
  expect(looks.length).toBe(1);
});

test("an agent that comes as Doorward's own user is written down, at most once a minute", async () => {
  const agents = opened(async () => true);
  await call(agents);
  expect(seenAt()).toBe(1_000_000);
  now += 59_999;
  await call(agents);
  expect([seenAt(), looks.length]).toEqual([1_000_000, 1]);
  now += 1;
  await call(agents);
  expect([seenAt(), looks.length]).toEqual([1_060_000, 2]);
});

test("an agent of another user, and a stranger without a key, are not", async () => {
  const agents = opened(async () => false);
  await call(agents);
  await call(agents);
  expect([seenAt(), looks.length]).toEqual([null, 2]);
  await call(agents, "Bearer dwk_wrong");
  expect(looks).toHaveLength(2);
});

test("of a session that runs in a sandbox the person who runs it is at the other end, and nothing is written", async () => {
  store.connection.exec(`UPDATE sessions SET isolation = '{"backend":"bubblewrap"}'`);
  await call(opened(async () => true));
  expect([seenAt(), looks.length]).toEqual([null, 0]);
});

test("a look that ends after the database closed is reported, and harms nobody", async () => {
  const agents = opened(async () => {
    store.close();
    return true;
  });
  await call(agents);
  expect(reported).toEqual(["own_user_not_noted"]);
});
