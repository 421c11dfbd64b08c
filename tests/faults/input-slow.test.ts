import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../journeys/doorward-process.ts";

// Slow loris, at the real listener with its real limits: the header has 10 s, the whole request a minute. All of them
// drip side by side, and others are served meanwhile.

const DRIPPERS = 50;
const DRIP_MS = 1_000;
const PATIENCE_MS = 90_000;

const { path: folder, remove } = scratch();
let running: Running;
let admin: Admin;
let key: string;

beforeAll(async () => {
  running = await startDoorward(join(folder, "data"));
  admin = await signIn(running);
  key = String((await admin.perform("agents.add", { name: "loris" }))["key"]);
});
afterAll(async () => {
  await running?.stop();
  remove();
});

/** Sends `start` at once and then a byte a second, for ever; answers what it was told when it lost its connection. */
async function drip(start: string, byte: string): Promise<string> {
  const { hostname, port } = new URL(running.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let seen = "";
    const timer = setInterval(() => socket.write(byte), DRIP_MS);
    socket.on("data", (data: Buffer) => void (seen += data.toString()));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve(seen);
    });
    socket.write(start);
  });
}

const head = (path: string, credential: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${new URL(running.url).host}\r\nAuthorization: Bearer ${credential}\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\n`;

describe.concurrent("slow senders lose their connection", () => {
  test("dripping headers", { timeout: PATIENCE_MS }, async () => {
    const drippers = Array.from({ length: DRIPPERS }, async () => drip(head("/door/mcp", key), "X"));
    expect(await admin.perform("health.get")).toMatchObject({ status: "ok" });
    for (const seen of await Promise.all(drippers)) expect(seen).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each([
    ["the door", () => head("/door/mcp", key)],
    ["the API", () => head("/api/v1/policy/check", admin.token)],
    ["the operations", () => head("/mcp", admin.token)],
    ["signing in", () => head("/console/session/sign-in", "none")],
  ])("dripping a body at %s", { timeout: PATIENCE_MS }, async (_name, start) => {
    const drippers = Array.from({ length: DRIPPERS }, async () =>
      drip(`${start()}Content-Length: 100000\r\n\r\n{`, " "),
    );
    expect(await admin.perform("health.get")).toMatchObject({ status: "ok" });
    for (const seen of await Promise.all(drippers)) expect(seen).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(await admin.perform("health.get")).toMatchObject({ status: "ok" });
  });
});
