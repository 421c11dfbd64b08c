import type { ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxMissing } from "#operations";
import {
  findMeans,
  holdLifeline,
  type Lifeline,
  makePlan,
  NODE,
  relayFor,
  type RunningSandbox,
  type SandboxReady,
  startSandbox,
} from "#sandbox";

/** What a drill's sandbox is made with: the doors that it leads to, and what it must not see. */
export interface SandboxedBy {
  readonly door: string;
  /** `http://127.0.0.1:7421`; null: there is no http door, and so nothing holds a lifeline. */
  readonly proxy: string | null;
  /** Doorward's own folder. */
  readonly directory: string;
}

/** A script that runs in a sandbox as `doorward run` makes it, until it ends or its session does. */
export interface Sandboxed {
  readonly ended: RunningSandbox["ended"];
  /** What it wrote to standard output by now, of at most `SAID_CHARS_MAX`. */
  readonly said: () => string;
  readonly close: () => Promise<void>;
}

const SAID_CHARS_MAX = 20_000;
const SCRIPT = "drill.mjs";
const TEMPORARY = "/tmp";

/** Whether this machine can make a sandbox, and else what is missing and what to install. */
export function sandboxHere(): SandboxReady | SandboxMissing {
  const means = findMeans();
  return means.kind === "ready" ? means : { missing: means.missing.join("; "), remedy: means.remedy };
}

/** Starts it. Throws `sandbox_failed`. */
export async function startSandboxed(
  by: SandboxedBy,
  ready: SandboxReady,
  { key, script }: { readonly key: string; readonly script: string },
): Promise<Sandboxed> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "doorward-drill-")));
  writeFileSync(join(folder, SCRIPT), script);
  const { plan, undo } = makePlan(
    { from: folder, command: [NODE], read: [], write: [], environment: [], limits: {} },
    {
      environment: { PATH: process.env["PATH"] },
      home: realpathSync(homedir()),
      secret: [realpathSync(by.directory)],
      cores: availableParallelism(),
      trusts: false,
    },
  );
  let said = "";
  const reads = (child: ChildProcess): void =>
    void child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(0, SAID_CHARS_MAX);
    });
  const proxy = by.proxy === null ? null : hostOf(by.proxy);
  const running = await startSandbox({
    plan,
    command: [NODE, SCRIPT],
    ready,
    certificates: null,
    temporary: TEMPORARY,
    relay: relayFor({ doors: new URL(by.door).origin, proxy, key }),
    stdio: "pipe",
    spawned: reads,
  });
  const lifeline = proxy === null ? null : holdLifeline(proxy, key);
  void lifeline?.ended.then(() => running.kill());
  return {
    ended: running.ended,
    said: () => said,
    close: async () => closed({ running, lifeline, undo, folder }),
  };
}

interface Closing {
  readonly running: RunningSandbox;
  readonly lifeline: Lifeline | null;
  readonly undo: () => void;
  readonly folder: string;
}

async function closed({ running, lifeline, undo, folder }: Closing): Promise<void> {
  running.kill();
  await running.ended;
  lifeline?.close();
  undo();
  rmSync(folder, { recursive: true, force: true });
}

function hostOf(proxy: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(proxy);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}
