import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newMemory } from "#fleet";
import { openSensorHome, sensorDirectory, type SensorHome } from "./home.ts";

const SERVER = { url: "https://doorward.example.com", key: "dwe_key" };
const memory = newMemory("0".repeat(32));
let data: string;
let home: SensorHome;
const file = (name: string): string => join(sensorDirectory(data), name);

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "dw-sensor-"));
  home = openSensorHome(sensorDirectory(data));
});
afterEach(() => {
  home.close();
  rmSync(data, { recursive: true, force: true });
});

test("a sensor joins a server, remembers, and leaves with nothing left behind", () => {
  expect(() => home.settings()).toThrow(expect.objectContaining({ code: "sensor_not_joined" }));
  expect(home.memory()).toBeNull();
  home.join(SERVER);
  home.keep(memory);
  expect(home.settings()).toEqual(SERVER);
  expect(home.memory()).toEqual(memory);
  for (const name of ["server.json", "memory.json"]) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
  home.leave();
  expect([existsSync(file("server.json")), existsSync(file("memory.json"))]).toEqual([false, false]);
});

test("two sensors of one folder: the second is refused", () => {
  expect(() => openSensorHome(sensorDirectory(data))).toThrow(
    expect.objectContaining({ code: "data_directory_in_use" }),
  );
});

test.runIf(process.platform !== "win32")("a key that others may read is not used (modes are POSIX's)", () => {
  home.join(SERVER);
  chmodSync(file("server.json"), 0o644);
  expect(() => home.settings()).toThrow(expect.objectContaining({ code: "sensor_key_exposed" }));
});

test.each(["", "{", "[]", '{"version":1,"url":"x"}'])("settings that say %j are none", (text) => {
  writeFileSync(file("server.json"), text, { mode: 0o600 });
  expect(() => home.settings()).toThrow(expect.objectContaining({ code: "sensor_not_joined" }));
  writeFileSync(file("memory.json"), text, { mode: 0o600 });
  expect(home.memory()).toBeNull();
});

test("where nothing can be written, that is said, and nothing half is left", () => {
  mkdirSync(join(file("memory.json"), "in the way"), { recursive: true });
  expect(() => home.keep(memory)).toThrow(expect.objectContaining({ code: "sensor_not_kept" }));
  expect(() => home.memory()).toThrow(expect.objectContaining({ code: "sensor_not_kept" }));
  expect(readdirSync(sensorDirectory(data)).filter((name) => name.startsWith("memory"))).toEqual([
    "memory.json",
  ]);
});
