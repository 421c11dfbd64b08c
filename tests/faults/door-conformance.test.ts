import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DoorUnderTest, openDoor } from "./door-harness.ts";

// The official conformance suite's transport scenarios, against the door itself.

const SUITE = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
let target: DoorUnderTest;

beforeAll(async () => {
  target = await openDoor({
    guard: (request) =>
      request.headers.host?.startsWith("127.0.0.1:") === true
        ? null
        : { kind: "refused", status: 421, code: "host", reason: "not our name", remedy: "Use 127.0.0.1." },
  });
});

afterAll(async () => {
  await target.close();
});

test.each([
  ["server-initialize", 1],
  ["ping", 1],
  ["server-sse-polling", 2],
  ["server-sse-multiple-streams", 1],
  ["dns-rebinding-protection", 2],
])("%s: %i checks pass, none fail or warn", async (scenario, passed) => {
  const url = target.url.replace("/door/", `/door/k/${"c".repeat(16)}/`);
  const { stdout } = await promisify(execFile)(process.execPath, [
    SUITE,
    "server",
    "--url",
    url,
    "--scenario",
    scenario,
  ]);
  expect(stdout).toContain(`Passed: ${passed}/${passed}, 0 failed, 0 warnings`);
});
