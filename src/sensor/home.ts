import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "#base";
import { type Memory, memoryIn, memoryText } from "#fleet";
import { openDataDirectory } from "#host";

/** Whom a sensor tells, and by which key. */
export interface ServerSettings {
  /** `https://doorward.example.com` */
  readonly url: string;
  readonly key: string;
}

/** The folder of this machine's sensor (0700), which one process at a time may have. */
export interface SensorHome {
  /** Throws `sensor_not_joined`, `sensor_key_exposed`. */
  readonly settings: () => ServerSettings;
  readonly join: (settings: ServerSettings) => void;
  readonly leave: () => void;
  /** Null: it never looked, or what was kept can't be read: then everything is told anew. */
  readonly memory: () => Memory | null;
  /** Throws `sensor_not_kept`. */
  readonly keep: (memory: Memory) => void;
  readonly close: () => void;
}

const SETTINGS = z.strictObject({ version: z.literal(1), url: z.string().min(1), key: z.string().min(1) });
const OTHERS = 0o077;

/** Throws what `openDataDirectory` throws: another sensor runs, or others may enter it. */
export function openSensorHome(directory: string): SensorHome {
  const home = openDataDirectory(directory);
  const settingsPath = home.file("server.json");
  const memoryPath = home.file("memory.json");
  return {
    settings: () => settingsIn(settingsPath),
    join: (settings) => written(settingsPath, JSON.stringify({ version: 1, ...settings })),
    leave: () => {
      for (const path of [settingsPath, memoryPath]) rmSync(path, { force: true });
    },
    memory: () => {
      const text = textOf(memoryPath);
      return text === null ? null : memoryIn(text);
    },
    keep: (memory) => written(memoryPath, memoryText(memory)),
    close: home.close,
  };
}

/** Where the sensor's folder stands, in Doorward's data directory. */
export function sensorDirectory(data: string): string {
  return join(data, "sensor");
}

function settingsIn(path: string): ServerSettings {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw notJoined();
  if (process.platform !== "win32" && (status.mode & OTHERS) !== 0)
    throw new Fault(
      "sensor_key_exposed",
      `others may read ${path}, and with it the sensor's key`,
      `Run \`chmod 600 ${path}\`; if somebody may have read it, give the sensor another key.`,
    );
  const read = SETTINGS.safeParse(parsed(readFileSync(path, "utf8")));
  if (!read.success) throw notJoined();
  const { url, key } = read.data;
  return { url, key };
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw notKept(path, cause);
  }
}

/** Whole or not at all, for this user alone. */
function written(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flush: true });
    chmodSync(fresh, 0o600);
    renameSync(fresh, path);
  } catch (cause) {
    throw notKept(path, cause);
  } finally {
    // Renamed, it is not there any more; where even that fails, the next one of this process writes over it.
    if (existsSync(fresh)) rmSync(fresh, { force: true });
  }
}

function notJoined(): Fault {
  return new Fault(
    "sensor_not_joined",
    "this machine's sensor has no server to tell",
    "On the server: `doorward fleet add-sensor NAME`. Then here: `doorward sensor join URL`, with the key that it showed.",
  );
}

function notKept(path: string, cause: unknown): Fault {
  return new Fault(
    "sensor_not_kept",
    `what the sensor saw could not be kept in ${path}`,
    "See whether the disk is full and the folder is this user's; the sensor tells nothing that it can't keep.",
    cause,
  );
}
