import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CASES } from "./cases.ts";
import { makeWorld, OUTLIVES_S, type World } from "./world.ts";

export type Way = "outside" | "doorward" | "srt";

export interface Outcome {
  readonly escaped: boolean;
  /** What it got, or why it got nothing. */
  readonly how: string;
}

export type Outcomes = Readonly<Record<string, Outcome>>;

const SANDBOXED = fileURLToPath(new URL("sandboxed.ts", import.meta.url));
const RUN_MS = 240_000;
/** Where a descriptor of the world lands in whatever is started. */
const DESCRIPTOR_AT = 5;

/** Runs every case in a world of its own. `srt`: the path of that program, where it is the way. */
export async function runCases(way: Way, srt = ""): Promise<Outcomes> {
  const world = await makeWorld();
  try {
    const said = await carryOut(world, commandOf(way, world, srt));
    await sleep((OUTLIVES_S + 1) * 1_000);
    const path = join(world.workspace, "results.json");
    if (!existsSync(path)) throw new Error(`nothing came of it (${way}): ${said}`);
    const found = JSON.parse(readFileSync(path, "utf8")) as Outcomes;
    return Object.fromEntries(CASES.map(({ id, effect }) => [id, outcomeOf(world, found[id], effect)]));
  } finally {
    await world.close();
  }
}

/** A program's own word counts only where what it says it did is to be seen from outside. */
function outcomeOf(world: World, found: Outcome | undefined, effect: string | undefined): Outcome {
  if (found === undefined) return { escaped: false, how: "it did not come back" };
  if (!found.escaped || effect === undefined) return found;
  const path = join(world.root, effect);
  const isSeen = existsSync(path) && readFileSync(path, "utf8").includes("PWNED");
  return isSeen ? found : { escaped: false, how: "nothing of it is to be seen outside" };
}

function commandOf(way: Way, world: World, srt: string): string[] {
  if (way === "outside") return [process.execPath, "driver.mjs"];
  if (way === "doorward") return [process.execPath, SANDBOXED, world.home, world.data];
  const settings = join(world.root, "srt.json");
  // As its README's first example has it: the workspace may be written to, no domain is allowed, reads are as they come.
  writeFileSync(
    settings,
    JSON.stringify({
      network: { allowedDomains: [], deniedDomains: [] },
      filesystem: { denyRead: [], allowWrite: ["."], denyWrite: [] },
    }),
  );
  return [process.execPath, srt, "--settings", settings, "-c", `${process.execPath} driver.mjs`];
}

function carryOut(
  { workspace, home, environment, descriptor }: World,
  [program = "", ...args]: string[],
): Promise<string> {
  const stdio: ("ignore" | "pipe" | number)[] = ["ignore", "pipe", "pipe"];
  for (let at = 3; at < DESCRIPTOR_AT; at += 1) stdio.push("ignore");
  stdio.push(descriptor);
  const child = spawn(program, args, {
    cwd: workspace,
    stdio,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: home,
      ALL_PROXY: "http://user:password@127.0.0.1:9",
      ...environment,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => void (said += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_MS);
  return new Promise((resolve) => {
    child.once("exit", () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}
