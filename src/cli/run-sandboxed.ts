import { existsSync, realpathSync } from "node:fs";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { z } from "zod";
import { Fault } from "#base";
import {
  findMeans,
  holdLifeline,
  makePlan,
  replacedIn,
  relayFor,
  type SandboxLimits,
  type SandboxPlan,
  type SandboxReady,
  sandboxUnavailable,
  startSandbox,
  trusted,
} from "#sandbox";
import {
  invocationOf,
  type Opened,
  passSignals,
  proxyOf,
  type RunAgentOptions,
  type RunWanted,
  stoppedWords,
} from "./run-session.ts";
import { inertLine } from "./text.ts";

/** A sandbox that was planned and not begun. */
export interface Prepared {
  readonly plan: SandboxPlan;
  readonly ready: SandboxReady;
  readonly certificates: ReturnType<typeof trusted> | null;
  /** What `sessions.start` is told of it. */
  readonly facts: {
    readonly backend: string;
    readonly version: string;
    readonly limits: string;
    readonly workspace: string;
  };
  readonly undo: () => void;
}

/** Short enough for the paths of unix sockets, and not the person's own. */
const TEMPORARY = "/tmp";

/** Plans the sandbox of a run. Throws `sandbox_unavailable` where none can be made: nothing runs without one unasked. */
export async function prepare(
  options: RunAgentOptions,
  command: readonly string[],
  wanted: RunWanted,
): Promise<Prepared> {
  const means = findMeans();
  if (means.kind === "missing") throw sandboxUnavailable(means.missing, means.remedy);
  const certificates = await authorityOf(options);
  const { plan, undo } = makePlan(
    {
      from: process.cwd(),
      command,
      read: wanted.read ?? [],
      write: wanted.write ?? [],
      environment: wanted.env ?? [],
      limits: limitsOf(wanted),
    },
    {
      environment: options.environment,
      home: realpathSync(homedir()),
      secret: existsSync(options.directory) ? [realpathSync(options.directory)] : [],
      cores: availableParallelism(),
      trusts: certificates !== null,
    },
  );
  const { backend, version, limitsBy: limits } = means;
  return {
    plan,
    ready: means,
    certificates,
    undo,
    facts: { backend, version, limits, workspace: plan.workspace },
  };
}

const pem = z.string().startsWith("-----BEGIN CERTIFICATE-----");
const shownAuthority = z.object({
  certificate: pem,
  next: z.object({ certificate: pem }).nullable().default(null),
});

/** What is trusted inside; null where this Doorward has no authority of its own. */
async function authorityOf({ perform }: RunAgentOptions): Promise<ReturnType<typeof trusted> | null> {
  try {
    const { certificate, next } = shownAuthority.parse(await perform(invocationOf("ca.show", {})));
    return trusted(next === null ? certificate : `${certificate}\n${next.certificate}`);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "authority_missing") return null;
    throw cause;
  }
}

function limitsOf({ memory, cpus, processes, temporary }: RunWanted): Partial<SandboxLimits> {
  return {
    ...(memory === undefined ? {} : { memoryBytes: bytesOf("--memory", memory) }),
    ...(temporary === undefined ? {} : { temporaryBytes: bytesOf("--temporary", temporary) }),
    ...(cpus === undefined ? {} : { cpuPercent: numberOf("--cpus", cpus) * 100 }),
    ...(processes === undefined ? {} : { processes: Math.ceil(numberOf("--processes", processes)) }),
  };
}

const UNITS = ["", "K", "M", "G", "T"];

function bytesOf(option: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  return Math.round(numberOf(option, number, text) * 1024 ** UNITS.indexOf(unit.toUpperCase()));
}

function numberOf(option: string, text: string, typed = text): number {
  const number = Number(text);
  if (text !== "" && Number.isFinite(number) && number > 0) return number;
  throw new Fault(
    "limit_invalid",
    `${option} ${typed} is no size or number`,
    "Write it as 512M, 4G, or a number above zero.",
  );
}

/** Runs the program in its sandbox, in this terminal, until it or its session ends; its exit code. */
export async function runSandboxed(
  { terminal }: RunAgentOptions,
  { prepared, command, session }: { prepared: Prepared; command: readonly string[]; session: Opened },
): Promise<number> {
  const { plan, ready, certificates } = prepared;
  const proxy = proxyOf(session);
  const running = await startSandbox({
    plan,
    command,
    ready,
    certificates,
    temporary: existsSync(TEMPORARY) ? TEMPORARY : tmpdir(),
    relay: relayFor({ doors: new URL(session.door).origin, proxy, key: session.key }),
  });
  const isSeatbelt = ready.backend === "seatbelt";
  const passNoMore = passSignals(running.signal, isSeatbelt);
  const lifeline = proxy === null ? null : holdLifeline(proxy, session.key);
  void lifeline?.ended.then((how) => {
    terminal.error(inertLine(stoppedWords(how)).trim().concat("\n"));
    return running.kill();
  });
  try {
    return await running.ended;
  } finally {
    lifeline?.close();
    passNoMore();
    // Seatbelt guards names; what stands under them may be replaced.
    for (const path of isSeatbelt ? [] : replacedIn(plan))
      terminal.error(inertLine(replacedWords(path)).trim().concat("\n"));
  }
}

function replacedWords(path: string): string {
  return `doorward: ${path} was replaced outside while the program ran, which could change it from then on; look at it before anything reads it`;
}
