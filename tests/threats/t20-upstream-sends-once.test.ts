// T20: an effect leaves at most once per intent, never resent after its first byte.
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NOTHING_SENT } from "#upstream";
import { type HostileHttpServer, listenHostile, reply, result } from "../servers/hostile-http.ts";
import { DEAF, hostileStdio, http, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

let house: TestHouse;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  house = await openTestHouse();
});
afterEach(async () => {
  await house.close();
  for (const close of closing.splice(0)) await close();
});

async function hostile(...given: Parameters<typeof listenHostile>): Promise<HostileHttpServer> {
  const server = await listenHostile(...given);
  closing.push(server.close);
  return server;
}

/** A TCP relay that can cut: after how many bytes towards the server, counted from when it is armed. */
async function relayTo(
  port: number,
): Promise<{ port: number; cutAfter: (bytes: number) => void; passed: () => number }> {
  const { connect } = await import("node:net");
  let left = Number.POSITIVE_INFINITY;
  let passed = 0;
  const relay: Server = createServer((from: Socket) => {
    const to = connect(port, "127.0.0.1");
    from.on("error", () => {}).on("close", () => to.destroy());
    to.on("error", () => {})
      .on("close", () => from.destroy())
      .pipe(from);
    from.on("data", (chunk: Buffer) => {
      const allowed = chunk.subarray(0, Math.min(chunk.length, left));
      left -= allowed.length;
      passed += allowed.length;
      to.write(allowed, () => left === 0 && (to.destroy(), from.destroy()));
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => relay.close(resolve)));
  const address = relay.address();
  const cutAfter = (bytes: number): void => {
    left = bytes;
    passed = 0;
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cutAfter,
    passed: () => passed,
  };
}

test.each([0, 1, 100, 300, 420])(
  "cut %s bytes into the request: the server sees it once at most, and it is not sent again",
  async (bytes) => {
    const server = await hostile((response, id) => reply(response, result(id, "done")));
    const relay = await relayTo(server.port);
    await house.add("s", http(`http://127.0.0.1:${relay.port}/mcp`));
    const connection = await house.upstreams.connect("s", DEAF);
    relay.cutAfter(bytes);
    const call = connection.request(
      "tools/call",
      { name: "act", arguments: { text: "x".repeat(50) } },
      within(3_000),
    );
    await expect(call).rejects.toMatchObject({
      code: expect.stringMatching(/^(egress_lost|upstream_timeout)$/),
    });
    expect(server.calls.length).toBeLessThanOrEqual(1);
    expect(relay.passed()).toBeLessThanOrEqual(bytes);
  },
);

test("cut after the request, before the answer: one arrival, and the fault does not claim that nothing was sent", async () => {
  const server = await hostile((response) => void response.socket?.destroy());
  await house.add("s", http(server.url));
  const connection = await house.upstreams.connect("s", DEAF);
  const failure: unknown = await connection
    .request("tools/call", { name: "act" }, within(3_000))
    .catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: "egress_lost" });
  expect(NOTHING_SENT.has("egress_lost")).toBe(false);
  await connection.request("tools/list", {}, within(3_000));
  expect(server.calls).toHaveLength(1);
});

test("a stream that breaks is resumed by its event id: the request is not posted again", async () => {
  const server = await hostile((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("id: 7\nretry: 10\ndata: \n\n");
  });
  await house.add("s", http(server.url));
  const connection = await house.upstreams.connect("s", DEAF);
  // It answers GET with 405, so the resumption fails; what matters is that no second POST came.
  await expect(connection.request("tools/call", { name: "act" }, within(3_000))).rejects.toMatchObject({
    code: "upstream_lost_answer",
  });
  expect(server.calls).toHaveLength(1);
});

test("a child that dies in the middle of a call: the next child does not get the call", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "doorward-once-"));
  closing.push(() => rm(scratch, { recursive: true, force: true }));
  const file = join(scratch, "calls");
  await house.add("s", hostileStdio("die", file));
  const first = await house.upstreams.connect("s", DEAF);
  const call = first.request("tools/call", { name: "act", arguments: {} }, within(5_000));
  await expect(call).rejects.toMatchObject({ code: "upstream_lost_answer" });
  const second = await house.upstreams.connect("s", DEAF);
  await second.request("tools/list", {}, within(5_000));
  expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(1);
});
