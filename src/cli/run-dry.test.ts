import { describe, expect, test } from "vitest";
import type { SandboxReady } from "#sandbox";
import { describeRun } from "./run-dry.ts";
import type { Prepared } from "./run-sandboxed.ts";
import type { RunAgentOptions } from "./run-session.ts";

const NOTE =
  "limits are per process and by rlimit, since there is no control group of ours: cgroup v2 is not mounted";

async function dry(
  limitsBy: SandboxReady["limitsBy"],
  notes: readonly string[],
  backend: SandboxReady["backend"] = "bubblewrap",
): Promise<string> {
  let said = "";
  const limits = {
    memoryBytes: 2 * 1024 ** 3,
    processes: 64,
    fileBytes: 1024 ** 3,
    openFiles: 256,
    cpuPercent: 150,
    temporaryBytes: 1024 ** 2,
  };
  const prepared: Prepared = {
    plan: {
      workspace: "/srv/work",
      mounts: [],
      environment: {},
      homeFiles: {},
      settled: () => ({ environment: {}, homeFiles: {} }),
      doors: [],
      limits,
    },
    ready: {
      kind: "ready",
      backend,
      tool: "/usr/bin/bwrap",
      version: "0.8.0",
      options: { size: true, disableUserns: true },
      limitsBy,
      notes,
    },
    certificates: null,
    facts: { backend, version: "0.8.0", limits: limitsBy, workspace: "/srv/work" },
    undo: () => {},
  };
  const options: RunAgentOptions = {
    terminal: {
      out: (text) => void (said += text),
      error: () => {},
      width: null,
      secret: null,
      ask: null,
      stdin: async () => "",
    },
    environment: {},
    url: "http://127.0.0.1:7420",
    directory: "/srv/data",
    perform: async () => ({ tools: [], hosts: [], models: [], credentials: [] }),
    ended: () => {},
  };
  expect(await describeRun(options, { agent: "coder", stage: "isolate", prepared })).toBe(0);
  return said;
}

describe("a dry run says which limits are in force", () => {
  test("those of a control group hold for all processes together", async () => {
    const said = await dry("cgroup", []);
    expect(said).toContain("memory       2 GiB (all together, by control group)");
    expect(said).toContain("CPU          1.5 cores");
    expect(said).not.toContain("note");
  });

  test("on a Mac, what is not limited is called so", async () => {
    const said = await dry("rlimit", [NOTE], "seatbelt");
    expect(said).toContain("In a sandbox by seatbelt");
    expect(said).toMatch(/memory +not limited/);
    expect(said).toMatch(/processes +64 of this user's/);
    expect(said).toContain("private home and TMPDIR not limited");
  });

  test("rlimits hold for each process, and why there are no others", async () => {
    const said = await dry("rlimit", [NOTE]);
    expect(said).toContain("memory       2 GiB (each process, by rlimit)");
    expect(said).toContain("CPU          others first");
    expect(said).toContain(`note         ${NOTE}`);
  });
});
