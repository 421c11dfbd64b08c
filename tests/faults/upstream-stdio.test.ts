import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { UpstreamConnection } from "#upstream";
import { DEAF, hostileStdio, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

let house: TestHouse;
let scratch: string;
beforeEach(async () => {
  house = await openTestHouse();
  scratch = await mkdtemp(join(tmpdir(), "doorward-scratch-"));
});
afterEach(async () => {
  await house.close();
  await rm(scratch, { recursive: true, force: true });
});

async function connected(...words: readonly string[]): Promise<UpstreamConnection> {
  await house.add("bad", hostileStdio(...words));
  return house.upstreams.connect("bad", DEAF);
}

const act = (connection: UpstreamConnection, timeoutMs = 5_000) =>
  connection.request("tools/call", { name: "act", arguments: {} }, within(timeoutMs));

test.each([
  ["hang", "upstream_timeout", 300],
  ["die", "upstream_lost_answer", 5_000],
  ["die-mid-message", "upstream_lost_answer", 5_000],
  ["garbage", "upstream_lost_answer", 5_000],
  ["not-an-object", "upstream_lost_answer", 5_000],
  ["invalid", "upstream_timeout", 300],
  ["gigabyte", "upstream_lost_answer", 20_000],
  ["abyss", "upstream_lost_answer", 5_000],
  ["infinite", "upstream_lost_answer", 5_000],
])("a server that does `%s` in the middle of a call is answered with %s", async (mode, code, timeoutMs) => {
  const connection = await connected(mode);
  await expect(act(connection, timeoutMs)).rejects.toMatchObject({
    code,
    remedy: expect.stringMatching(/\S/),
  });
});

const written = (_method: string, params: object): void => void JSON.stringify(params);
const throwing = (): never => {
  throw new RangeError("Maximum call stack size exceeded");
};

test("what a server says never throws into the pipe's event, whoever passes it on", async () => {
  await house.add("bad", hostileStdio("abyss"));
  const connection = await house.upstreams.connect("bad", { ...DEAF, onNotification: written });
  await expect(act(connection)).rejects.toMatchObject({ code: "upstream_lost_answer" });
  await house.add("noisy", hostileStdio("notifies"));
  const other = await house.upstreams.connect("noisy", { ...DEAF, onNotification: throwing });
  await expect(act(other)).rejects.toMatchObject({ code: "upstream_lost_answer" });
  expect((await other.closed).reason).toContain("cannot be taken");
});

test("half an emoji has a canonical form when it arrives, so that its outcome can be written down", async () => {
  expect(await act(await connected("halved"))).toEqual({ content: [{ type: "text", text: "\ufffd" }] });
});

test("a gigabyte on one line never fills memory", async () => {
  const connection = await connected("gigabyte");
  const before = process.memoryUsage().rss;
  await expect(act(connection, 20_000)).rejects.toMatchObject({ code: "upstream_lost_answer" });
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  expect((await connection.closed).reason).toContain("16777216 bytes");
});

test("log lines on stdout are tolerated and kept for whoever asks", async () => {
  const connection = await connected("chatter");
  expect(await act(connection)).toEqual({ content: [{ type: "text", text: "after the noise" }] });
});

test("what a server answers passes as it is, unknown fields included; its errors too", async () => {
  const connection = await connected("unknown");
  const answer = { content: [{ type: "text", text: "ok" }], surprise: { deep: [1, { x: null }] } };
  expect(await act(connection)).toEqual(answer);
  await house.upstreams.remove("bad");
  await house.store.query.deleteFrom("servers").execute();
  const failing = await connected("error");
  const rpc = { code: -32123, message: "no \u001b[2Jway", data: { why: "so" } };
  // The words shown to people are inert; the ones passed on are the server's own.
  await expect(act(failing)).rejects.toMatchObject({
    code: "upstream_error",
    message: "no \\u{1b}[2Jway",
    rpc,
  });
});

test("a server older than discovery, which dies of the probe, is connected the old way and not probed again", async () => {
  const connection = await connected("dies-on-discover");
  expect(connection.era).toBe("legacy");
  const again = await house.upstreams.connect("bad", DEAF);
  expect(await act(again)).toMatchObject({ content: [{ text: "done" }] });
});

test("its last words stand in the remedy, cut to size and without terminal controls", async () => {
  await house.add("bad", hostileStdio("exits"));
  const failure = {
    code: "upstream_handshake_failed",
    remedy: expect.stringContaining("cannot open the database"),
  };
  await expect(house.upstreams.connect("bad", DEAF)).rejects.toMatchObject(failure);
  await house.store.query.deleteFrom("servers").execute();
  const loud = await connected("stderr");
  await loud.request("tools/list", {}, within(5_000));
  await sleep(200);
  await loud.close();
  const { tail } = await loud.closed;
  expect(tail.length).toBeLessThan(70_000);
  expect(tail).toContain("\\u{1b}[31mlast words");
});

test("a server that always dies is refused at once after a while, and tried again when a person restarts it", async () => {
  await house.close();
  house = await openTestHouse({ monotonic: () => 0 });
  await house.add("bad", hostileStdio("exits"));
  for (let at = 0; at < 5; at += 1) {
    await expect(house.upstreams.connect("bad", DEAF)).rejects.toMatchObject({
      code: "upstream_handshake_failed",
    });
  }
  const refusal = {
    code: "upstream_crash_looping",
    remedy: expect.stringContaining("cannot open the database"),
  };
  await expect(house.upstreams.connect("bad", DEAF)).rejects.toMatchObject(refusal);
  expect(house.upstreams.state("bad")).toMatchObject({ failures: 5, connections: 0 });
  await house.upstreams.restart("bad");
  await expect(house.upstreams.connect("bad", DEAF)).rejects.toMatchObject({
    code: "upstream_handshake_failed",
  });
});

test.each(["deaf", "family"])("closing a server ends all of it (%s)", async (mode) => {
  const file = join(scratch, "pid");
  const connection = await connected(mode, file);
  await connection.close();
  if (mode === "deaf") return;
  const pid = Number(await readFile(file, "utf8"));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test("a cancelled call rejects at once and the connection goes on", async () => {
  const connection = await connected("hang");
  const controller = new AbortController();
  const call = connection.request(
    "tools/call",
    { name: "act", arguments: {} },
    within(60_000, { signal: controller.signal }),
  );
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: "upstream_cancelled" });
  expect(await connection.request("tools/list", {}, within(5_000))).toMatchObject({
    tools: [{ name: "act" }],
  });
});

test("a server that asks for hundreds of samples at once gets an answer to its excess, not our memory", async () => {
  await house.add("bad", hostileStdio("flood"));
  let asked = 0;
  const never = new Promise<never>(() => {});
  const onRequest = () => {
    asked += 1;
    return never;
  };
  const connection = await house.upstreams.connect("bad", { onNotification: () => {}, onRequest });
  expect(await act(connection)).toMatchObject({ content: [{ text: "flooded" }] });
  expect(asked).toBe(64);
});

test("a server that talks unasked is heard up to a limit, and its answer still comes", async () => {
  await house.add("bad", hostileStdio("talkative"));
  let heard = 0;
  const onNotification = () => void (heard += 1);
  const connection = await house.upstreams.connect("bad", { ...DEAF, onNotification });
  expect(await act(connection)).toMatchObject({ content: [{ text: "talked" }] });
  expect(heard).toBeGreaterThanOrEqual(2_000);
  expect(heard).toBeLessThan(3_000);
});

test("one that does nothing but talk is ended, and that counts as its failure", async () => {
  const connection = await connected("babbler");
  await expect(act(connection)).rejects.toMatchObject({ code: "upstream_lost_answer" });
  expect((await connection.closed).reason).toContain("far more messages than anybody asked for");
  await expect.poll(() => house.upstreams.state("bad").failures).toBe(1);
});

test("a list in which one name stands for two things is refused (T14)", async () => {
  await house.add("bad", hostileStdio("doubled"));
  await expect(house.upstreams.inspect("bad")).rejects.toMatchObject({ code: "upstream_list_refused" });
});

test("a list without end is an error", async () => {
  await house.add("bad", hostileStdio("endless"));
  await expect(house.upstreams.inspect("bad")).rejects.toMatchObject({ code: "upstream_list_too_long" });
});

/** A zombie is dead: whoever should reap it is none of our business. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
