import { z } from "zod";
import { Fault } from "#base";
import { CATALOGUE } from "#operations";
import type { Mount, SandboxPlan, SandboxReady } from "#sandbox";
import type { Prepared } from "./run-sandboxed.ts";
import { invocationOf, type RunAgentOptions } from "./run-session.ts";
import { inertLine } from "./text.ts";

/** `doorward run --dry-run`: what the agent could reach, by what it would be held, and what is missing. Starts nothing. */
export async function describeRun(
  options: RunAgentOptions,
  { agent, stage, prepared }: { agent: string; stage: string; prepared: Prepared | null },
): Promise<number> {
  const reach = await reachOf(options, agent);
  const lines = [
    `${agent}, in stage ${stage}`,
    "",
    ...(prepared === null ? OPEN : sandboxLines(prepared)),
    "",
    "Through Doorward's doors, by policy as it is now:",
    ...reach,
  ];
  options.terminal.out(`${lines.map((line) => (line === "" ? "" : inertLine(line))).join("\n")}\n`);
  return 0;
}

const OPEN = [
  "Without a sandbox:",
  "  files        whatever you can read and write, your keys and Doorward's among them where they are yours",
  "  network      whatever this machine reaches",
  "  processes    yours",
];

function sandboxLines({ plan, ready }: Prepared): string[] {
  return [
    `In a sandbox by ${ready.backend} ${ready.version}:`,
    "  network      none of its own; Doorward's doors alone (models, MCP servers, and the http door as a proxy)",
    `  workspace    ${plan.workspace}`,
    ...named("writes", plan, "write", (path) => path !== plan.workspace),
    ...named("reads", plan, "read"),
    "               and the system's programs; no home, no settings, no other's process",
    ...named("unchanged", plan, "fix"),
    ...named("hidden", plan, "hide"),
    ...limitLines(plan, ready),
    ...ready.notes.map((note) => `  note         ${note}`),
  ];
}

const SHOWN_MAX = 40;

function named(
  title: string,
  { mounts }: SandboxPlan,
  kind: Mount["kind"],
  wanted: (path: string) => boolean = () => true,
): string[] {
  const paths = mounts.filter((mount) => mount.kind === kind && wanted(mount.path)).map(({ path }) => path);
  const more = paths.length > SHOWN_MAX ? [`               and ${paths.length - SHOWN_MAX} more`] : [];
  return [
    ...paths.slice(0, SHOWN_MAX).map((path, at) => `  ${(at === 0 ? title : "").padEnd(12)} ${path}`),
    ...more,
  ];
}

function limitLines({ limits }: SandboxPlan, { limitsBy }: SandboxReady): string[] {
  const how = limitsBy === "cgroup" ? "all together, by control group" : "each process, by rlimit";
  return [
    `  memory       ${bytes(limits.memoryBytes)} (${how})`,
    `  processes    ${limits.processes}`,
    `  CPU          ${limitsBy === "cgroup" ? `${limits.cpuPercent / 100} cores` : "others first"}`,
    `  files        ${limits.openFiles} open, ${bytes(limits.fileBytes)} each; private home and /tmp ${bytes(limits.temporaryBytes)} each`,
  ];
}

function bytes(count: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${Number(value.toFixed(1))} ${units[unit] ?? ""}`;
}

const items = z.object({ items: z.array(z.looseObject({ name: z.string() })) });

/** The blast radius as the operation of that name has it; without it, the tools that the agent was granted or may see. */
async function reachOf(options: RunAgentOptions, agent: string): Promise<string[]> {
  const radius = "agents.blast-radius";
  if (CATALOGUE.some(({ name }) => name === radius)) {
    const shown = await options.perform(invocationOf(radius, { agent }));
    return JSON.stringify(shown, null, 2)
      .split("\n")
      .map((line) => `  ${line}`);
  }
  try {
    const servers = items.parse(await options.perform(invocationOf("servers.list", {})));
    return [
      `  MCP servers  ${servers.items.map(({ name }) => name).join(", ") || "none"}`,
      "  Which tools it may use is decided call by call: `doorward policy why`.",
    ];
  } catch (cause) {
    if (cause instanceof Fault) return [`  not shown: ${cause.message}`];
    throw cause;
  }
}
