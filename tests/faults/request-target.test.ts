import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Doorward, openDoorward, readConfig } from "#main";

// Issue 2, bad input: a request line anybody can send, signed in or not, must cost its sender a refusal and nobody else
// anything. `new URL("//", base)` throws: one such line ended the process.

let doorward: Doorward;
const directory = mkdtempSync(join(tmpdir(), "doorward-target-"));
beforeAll(async () => {
  doorward = await openDoorward(readConfig({ data: directory, port: 0 }, {}), () => {});
});
afterAll(async () => {
  await doorward.close();
  rmSync(directory, { recursive: true, force: true });
});

function statusOf(target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const host = `127.0.0.1:${doorward.port}`;
    const socket = connect(doorward.port, "127.0.0.1");
    socket.on("error", reject).once("data", (answer) => {
      socket.destroy();
      resolve(Number(answer.toString("latin1").split(" ")[1]));
    });
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

test.each([
  "//",
  "///",
  "//[",
  "//@/",
  "/\\",
  "//other/api/v1/approvals",
  "http://[",
  "http://a/api/v1",
  "*",
])("the request target %s is refused, and Doorward goes on", async (target) => {
  expect(await statusOf(target)).toBe(400);
  expect(await statusOf("/healthz")).toBe(200);
});
