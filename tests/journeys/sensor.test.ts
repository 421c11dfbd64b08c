import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Admin, program, type Running, scratch, signIn, startDoorward } from "./doorward-process.ts";

// A machine's sensor and a Doorward, as two processes: joined with a key, told once, caught up after the server was away, watching.

const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const { path: folder, remove } = scratch();
const home = join(folder, "home");
const models = join(home, ".lmstudio/models/someone");
const WAIT_MS = 60_000;
let [running, admin]: [Running, Admin] = [] as never;

beforeAll(async () => {
  mkdirSync(models, { recursive: true });
  running = await startDoorward(join(folder, "server"));
  admin = await signIn(running);
}, WAIT_MS);
afterAll(async () => {
  await running.stop();
  remove();
});

const variables = { HOME: home, DOORWARD_DATA: join(folder, "machine") };
function sensor(words: readonly string[], input = "") {
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "sensor", ...words], {
    env,
    input,
    encoding: "utf8",
    timeout: WAIT_MS,
  });
  return { status, said: stdout + stderr };
}

/** The smallest GGUF that there is: version 3, no tensors, no keys. */
const GGUF = Buffer.concat([Buffer.from("GGUF"), Buffer.from([3, 0, 0, 0]), Buffer.alloc(16)]);
const list = z.object({ items: z.array(z.object({ name: z.string(), state: z.string() })) });
async function found(): Promise<string[]> {
  const { items } = list.parse(
    await admin.perform("fleet.found", { machine: "lab-7", kind: "model", gone: true }),
  );
  return items.map(({ name, state }) => `${name} ${state}`).toSorted();
}

test("a model on somebody's machine is seen, and seen to go, by whoever answers for it", {
  timeout: 4 * WAIT_MS,
}, async () => {
  expect(sensor(["--once"])).toMatchObject({ status: 2, said: expect.stringContaining("fleet add-sensor") });
  const { key } = z
    .object({ key: z.string() })
    .parse(await admin.perform("fleet.add-sensor", { name: "lab-7" }));
  expect(sensor(["join", running.url], `${key}\n`)).toMatchObject({ status: 0 });
  writeFileSync(join(models, "llama.gguf"), GGUF);
  expect(sensor(["--once"])).toMatchObject({ status: 0 });
  expect(await found()).toEqual(["llama.gguf here"]);

  // The server is away while things change: what was there and went meanwhile is told too.
  const { directory } = running;
  const port = new URL(running.url).port;
  await running.stop();
  writeFileSync(join(models, "short-lived.gguf"), GGUF);
  expect(sensor(["--once"])).toMatchObject({ status: 5, said: expect.stringContaining("told later") });
  rmSync(join(models, "short-lived.gguf"));
  expect(sensor(["--once"]).status).toBe(5);
  running = await startDoorward(directory, ["--port", port]);
  expect(sensor(["--once"])).toMatchObject({ status: 0 });
  expect(await found()).toEqual(["llama.gguf here", "short-lived.gguf gone"]);

  // Running, it notices by itself; a second one of the same machine is refused; it ends when it is told to.
  const watching = program(process.execPath, [MAIN, "sensor"], variables);
  await expect.poll(() => watching.complained(), { timeout: WAIT_MS }).toContain("tells http");
  expect(sensor(["--once"]).said).toContain("data_directory_in_use");
  writeFileSync(join(models, "new.gguf"), GGUF);
  await expect.poll(found, { timeout: WAIT_MS, interval: 500 }).toContain("new.gguf here");
  watching.child.kill("SIGTERM");
  expect(await watching.ended).toBe(0);

  await admin.perform("fleet.remove-sensor", { name: "lab-7" });
  expect(sensor(["--once"])).toMatchObject({
    status: 5,
    said: expect.stringContaining("sensor_key_unknown"),
  });
  expect(sensor(["leave"]).status).toBe(0);
  expect(sensor(["--once"]).status).toBe(2);
});
