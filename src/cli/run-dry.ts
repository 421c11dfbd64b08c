import { z } from "zod";
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
  return paths.length === 0 ? [] : listed(title, paths);
}

function limitLines({ limits }: SandboxPlan, { backend, limitsBy }: SandboxReady): string[] {
  if (backend === "seatbelt") {
    return [
      "  memory       not limited",
      `  processes    ${limits.processes} of this user's`,
      "  CPU          others first",
      `  files        ${limits.openFiles} open, ${bytes(limits.fileBytes)} each; private home and TMPDIR not limited`,
    ];
  }
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

const reaches = z.object({
  tools: z.array(z.object({ tool: z.string(), reach: z.string() })),
  hosts: z.array(z.object({ host: z.string(), read: z.string(), write: z.string() })),
  models: z.array(z.object({ model: z.string(), reach: z.string() })),
  credentials: z.array(z.object({ name: z.string(), to: z.array(z.string()) })),
});

/** The blast radius, as `agents blast-radius` has it whole. */
async function reachOf({ perform }: RunAgentOptions, agent: string): Promise<string[]> {
  const shown = reaches.parse(await perform(invocationOf("agents.blast-radius", { agent })));
  return [
    ...listed(
      "tools",
      shown.tools.map(({ tool, reach }) => `${tool} (${reach})`),
    ),
    ...listed(
      "hosts",
      shown.hosts.map(({ host, read, write }) => `${host} (read ${read}, write ${write})`),
    ),
    ...listed(
      "models",
      shown.models.map(({ model, reach }) => `${model} (${reach})`),
    ),
    ...listed(
      "credentials",
      shown.credentials.map(({ name, to }) => `${name}, for ${to.join(" ")}`),
    ),
  ];
}

function listed(title: string, all: readonly string[]): string[] {
  if (all.length === 0) return [`  ${title.padEnd(12)} none`];
  const more = all.length > SHOWN_MAX ? [`               and ${all.length - SHOWN_MAX} more`] : [];
  return [
    ...all.slice(0, SHOWN_MAX).map((one, at) => `  ${(at === 0 ? title : "").padEnd(12)} ${one}`),
    ...more,
  ];
}
