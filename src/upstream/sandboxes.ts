import type { ChildProcess } from "node:child_process";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { existsSync, realpathSync } from "node:fs";
import type { Ambient } from "#base";
import type { Egress } from "#egress";
import {
  findMeans,
  NODE,
  planServer,
  relayHosts,
  type SandboxMeans,
  type SandboxReady,
  sandboxUnavailable,
  startSandbox,
} from "#sandbox";
import type { SandboxStance, StdioConfiguration, StdioSandbox } from "./configuration.ts";
import { hostsAllow } from "./sandbox-hosts.ts";

/** What a pin runs, whole. */
export interface PinnedRun {
  readonly executable: string;
  /** Whether that is Doorward's own Node. */
  readonly isOwnNode: boolean;
  readonly arguments: readonly string[];
  /** Files and folders of its code, besides the program. */
  readonly code: readonly string[];
}

/** A server that is to be started. */
interface Launching {
  readonly name: string;
  readonly configuration: StdioConfiguration;
  readonly run: PinnedRun;
  readonly given: Readonly<Record<string, string>>;
  readonly directory: string;
}

export interface SandboxesOptions {
  /** What servers have that were given no stance of their own, those included that are older than sandboxes; null: nothing is said. */
  readonly stance: SandboxStance | null;
  /** Doorward's own folders, which no server sees. */
  readonly secret: readonly string[];
  /** Looks what this machine has; handed in by tests. */
  readonly means?: () => SandboxMeans;
}

/** How a stdio server stands: in words, for people. */
export interface SandboxState {
  readonly stance: SandboxStance;
  readonly isSandboxed: boolean;
  /** What it runs in, or why it runs in nothing, or in nothing yet. */
  readonly how: string;
  /** Hosts that it asked for and was not granted, the newest first. */
  readonly refusedHosts: readonly string[];
}

export interface Sandboxes {
  /** Null: it runs as Doorward's user does. Throws `sandbox_unavailable` where one is required and none can be made. */
  readonly launcherOf: (launching: Launching) => (() => Promise<ChildProcess>) | null;
  readonly stateOf: (name: string, configuration: StdioConfiguration) => SandboxState;
  readonly forget: (name: string) => void;
}

const NOTHING: StdioSandbox = { folders: [], hosts: [], allowPrivate: false };
/** What is missing can be installed meanwhile. */
const LOOK_AGAIN_MS = 30_000;
const REFUSED_HOSTS_MAX = 20;
/** Short enough for the paths of unix sockets. */
const TEMPORARY = "/tmp";

export function createSandboxes(
  options: SandboxesOptions,
  { egress, ambient }: { readonly egress: Egress; readonly ambient: Pick<Ambient, "monotonic"> },
): Sandboxes {
  const standIns = createStandIns();
  const means = createMeans(options.means ?? findMeans, ambient);
  const refused = new Map<string, readonly string[]>();
  const stanceOf = ({ sandbox }: StdioConfiguration): SandboxStance =>
    sandbox?.stance ?? options.stance ?? (sandbox === undefined ? "off" : "when-available");
  const note = (name: string, host: string): void => {
    const others = (refused.get(name) ?? []).filter((one) => one !== host);
    refused.set(name, [host, ...others].slice(0, REFUSED_HOSTS_MAX));
  };
  return {
    launcherOf: (launching) => {
      const stance = stanceOf(launching.configuration);
      if (stance === "off") return null;
      const found = means();
      if (found.kind === "ready")
        return () => launch(launching, { ready: found, options, egress, note, standIns });
      if (stance === "when-available") return null;
      throw sandboxUnavailable(found.missing, found.remedy);
    },
    stateOf: (name, configuration) => {
      const stance = stanceOf(configuration);
      const found = stance === "off" ? null : means();
      const isSandboxed = found?.kind === "ready";
      const refusedHosts = refused.get(name) ?? [];
      return { stance, isSandboxed, how: howOf(configuration, stance, found), refusedHosts };
    },
    forget: (name) => void refused.delete(name),
  };
}

/** Looked for once while it is there, and again from time to time while it is not: looking starts programs. */
function createMeans(look: () => SandboxMeans, { monotonic }: Pick<Ambient, "monotonic">) {
  let found: SandboxMeans | null = null;
  let at = 0;
  return (): SandboxMeans => {
    const isOld = found?.kind === "missing" && monotonic() - at > LOOK_AGAIN_MS;
    if (found === null || isOld) [found, at] = [look(), monotonic()];
    return found;
  };
}

function howOf({ sandbox }: StdioConfiguration, stance: SandboxStance, found: SandboxMeans | null): string {
  if (found?.kind === "ready") return `sandboxed by ${found.backend} ${found.version}`;
  if (found !== null) {
    const why = found.missing.join("; ");
    return stance === "required" ? `does not run: ${why}` : `runs unsandboxed: ${why}`;
  }
  const why = sandbox === undefined ? "it was added before servers had sandboxes" : "somebody said so";
  return `runs unsandboxed: ${why}`;
}

interface LaunchWith {
  readonly ready: SandboxReady;
  readonly options: SandboxesOptions;
  readonly egress: Egress;
  readonly note: (name: string, host: string) => void;
  readonly standIns: StandIns;
}

interface StandIns {
  /** Answers what to call when the server that was planned with this is over. */
  readonly keep: (undo: () => void) => () => void;
}

/**
 * What was put into folders that servers may write to (an empty `.vscode` and the like) is taken away when none of these servers runs: another may
 * have been planned with what the first put there.
 */
function createStandIns(): StandIns {
  let running = 0;
  const undos: (() => void)[] = [];
  return {
    keep: (undo) => {
      running += 1;
      undos.push(undo);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        running -= 1;
        if (running === 0) for (const one of undos.splice(0).toReversed()) one();
      };
    },
  };
}

async function launch(
  { name, configuration, run, given, directory }: Launching,
  { ready, options, egress, note, standIns }: LaunchWith,
): Promise<ChildProcess> {
  const { folders, hosts, allowPrivate } = configuration.sandbox ?? NOTHING;
  const command = [run.isOwnNode ? NODE : run.executable, ...run.arguments];
  const { plan, undo } = planServer(
    {
      program: run.isOwnNode ? null : run.executable,
      arguments: run.arguments,
      code: run.code,
      work: realpathSync(directory),
      folders,
      reachesHosts: hosts.length > 0,
      environment: given,
    },
    {
      environment: process.env,
      home: realpathSync(homedir()),
      secret: options.secret.filter((path) => existsSync(path)).map((path) => realpathSync(path)),
      cores: availableParallelism(),
    },
  );
  const writes = folders.some(({ access }) => access === "write");
  const over = writes ? standIns.keep(undo) : undo;
  const relay = () =>
    relayHosts({
      allows: (asked) => hostsAllow(hosts, asked),
      dial: (asked) => egress.connect({ allowPrivate }, asked),
      refused: ({ host, port }) => note(name, port === 443 ? host : `${host}:${port}`),
    });
  const { promise, resolve } = Promise.withResolvers<ChildProcess>();
  try {
    const temporary = existsSync(TEMPORARY) ? TEMPORARY : tmpdir();
    const stdio = "pipe" as const;
    const start = { plan, command, ready, relay, temporary, stdio, certificates: null, detached: true };
    const running = await startSandbox({ ...start, spawned: resolve });
    void running.ended.then(over, over);
    return await promise;
  } catch (cause) {
    over();
    throw cause;
  }
}
