import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "#base";
import type { Probed } from "#operations";
import type { SandboxReady } from "#sandbox";
import { type SandboxedBy, startSandboxed } from "./drill-sandbox.ts";
import type { DrillServer } from "./drill-server.ts";

const PATIENCE_MS = 30_000;
const OUTSIDE = "/web/outside";

/** What is tried inside, as a program of the agent's could; where it may look is given as JSON. */
const script = (at: object): string => `
import { existsSync } from "node:fs";
const at = ${JSON.stringify(at)};
const ask = async (url) => {
  try { return String((await fetch(url, { signal: AbortSignal.timeout(3000) })).status); }
  catch (cause) { return cause.cause?.code ?? cause.name; }
};
const found = {
  network: await ask(at.outside),
  port: await ask(at.port),
  operations: await ask("http://127.0.0.1:7420/api/v1/agents"),
  door: await ask("http://127.0.0.1:7420/v1/models"),
  canary: existsSync(at.canary) ? "read" : "not there",
  data: existsSync(at.data) ? "read" : "not there",
};
console.log(JSON.stringify(found));
`;

const told = z.object({
  network: z.string(),
  port: z.string(),
  operations: z.string(),
  door: z.string(),
  canary: z.string(),
  data: z.string(),
});

/**
 * Runs a small program in a sandbox of the kind that `doorward run` makes, in the name of the session of `key`, and says what it
 * reached. It is harmless where nothing holds: it asks the drill's own host, and looks whether files are there. Throws
 * `drill_broken` where it said nothing.
 */
export async function probeSandbox(
  by: SandboxedBy & { readonly server: DrillServer },
  ready: SandboxReady,
  key: string,
): Promise<readonly Probed[]> {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), "doorward-canary-")));
  try {
    const canary = join(outside, "canary");
    writeFileSync(canary, "a drill of Doorward's\n");
    const at = {
      outside: `http://${by.server.web}${OUTSIDE}`,
      port: `${new URL(by.door).origin}/api/v1/agents`,
      canary,
      data: by.directory,
    };
    const before = by.server.callsOf(OUTSIDE);
    const found = await saidBy(by, ready, { key, script: script(at) });
    const arrived = by.server.callsOf(OUTSIDE) > before;
    return judged(found, arrived, new URL(by.door).port === "7420");
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
}

async function saidBy(
  by: SandboxedBy,
  ready: SandboxReady,
  what: { readonly key: string; readonly script: string },
): Promise<z.output<typeof told>> {
  const inside = await startSandboxed(by, ready, what);
  try {
    const patience = new Promise((resolve) => void setTimeout(resolve, PATIENCE_MS).unref());
    await Promise.race([inside.ended, patience]);
    const line = inside.said().trim().split("\n").at(-1) ?? "";
    return told.parse(JSON.parse(line));
  } catch (cause) {
    throw broken(cause);
  } finally {
    await inside.close();
  }
}

/** Where Doorward listens on the port that leads to its doors inside as well, the two cannot be told apart. */
function judged(found: z.output<typeof told>, arrived: boolean, isSamePort: boolean): Probed[] {
  const port = one("Doorward's own port, past the relay", found.port, isRefused(found.port));
  return [
    one("the network: a host beside the doors", arrived ? "reached" : found.network, !arrived),
    ...(isSamePort ? [] : [port]),
    one("Doorward's operations, through the door", found.operations, found.operations === "403"),
    one("a file outside its workspace", found.canary, found.canary === "not there"),
    one("Doorward's own folder", found.data, found.data === "not there"),
    one("a door, which has to be open", found.door, found.door === "200"),
  ];
}

const isRefused = (got: string): boolean => !/^[1-4]\d\d$/.test(got) || got === "403";
const one = (tried: string, got: string, holds: boolean): Probed => ({ tried, got, holds });

function broken(cause: unknown): Fault {
  return new Fault(
    "drill_broken",
    "the program of the drill said nothing in its sandbox",
    "See whether one can be made at all: `doorward run NAME -- true`.",
    cause,
  );
}
