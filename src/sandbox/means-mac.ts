import type { Machine } from "./means.ts";
import type { SandboxMeans } from "./port.ts";
import { trialProfile } from "./seatbelt.ts";

/** Part of macOS; no other program of that name is taken. */
const TOOL = "/usr/bin/sandbox-exec";

/**
 * What Seatbelt leaves open, said with every run: it decides over one's own requests of the kernel, and makes no machine of one's
 * own as namespaces do.
 */
const NOTES: readonly string[] = [
  "this sandbox was written from documents and from profiles that others run, and was never run on a Mac by us: unverified",
  "memory, the size of the private home and of the private TMPDIR, and CPU time are not limited: macOS has no means for it; other programs go first",
  "the limit of processes counts all processes of this user, not those of the run alone",
  "there is no private /tmp: programs use TMPDIR; what insists on /tmp cannot write",
  "nothing inside can listen on a port, since Seatbelt cannot tell one's own ports from others'",
  "a process that leaves its group and its parents and clears its environment may outlive the run; it stays bounded, and reaches no door",
  "the clock, the host's name, its hardware and the names of the system's own files can be seen; other processes and the network's settings cannot",
  "Java and programs that ask the system's trustd for certificates (Go's among them) do not get through the http door by themselves",
];

/** Whether this Mac makes a sandbox: its sandbox-exec takes the words of our profile. */
export function macMeans(machine: Machine): SandboxMeans {
  if (!machine.isProgram(TOOL)) {
    return missing(
      `${TOOL} is not there`,
      "It is part of macOS. Run the agent in a container (docs/guide/sandbox.md), or on Linux.",
    );
  }
  const { text, parameters } = trialProfile();
  const definitions = Object.entries(parameters).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  const tried = machine.run(TOOL, ["-p", text, ...definitions, "--", "/usr/bin/true"]);
  if (tried?.status === 0) {
    return {
      kind: "ready",
      backend: "seatbelt",
      tool: TOOL,
      version: machine.run("/usr/bin/sw_vers", ["-productVersion"])?.text.trim() ?? "unknown",
      options: { size: false, disableUserns: false },
      limitsBy: "rlimit",
      notes: NOTES,
    };
  }
  const said = tried?.text.trim().split("\n").at(-1) ?? "it does not answer";
  if (/Operation not permitted/i.test(said)) {
    return missing(
      `a sandbox cannot be made within a sandbox (${said})`,
      "Start Doorward's commands in a terminal of its own, outside any other program's sandbox.",
    );
  }
  return missing(
    `this macOS does not take the profile (${said})`,
    "Please report it with this line (CONTRIBUTING.md), and run the agent in a container until then (docs/guide/sandbox.md).",
  );
}

function missing(what: string, remedy: string): SandboxMeans {
  return { kind: "missing", missing: [what], remedy };
}
