import type { Proving } from "#operations";

/** A drill without doors: everything ends at once, and what is stopped is refused. */
export function fakeProving(told: string[]): Proving {
  return {
    open: async () => ({
      modelUrl: "http://127.0.0.1:9901/v1",
      serverUrl: "http://127.0.0.1:9901/mcp",
      hosts: { web: "127.0.0.1:9902", pipe: "127.0.0.1:9903" },
      load: async () => ({ missing: [], ends: async () => [{ part: "stream", ms: 12 }] }),
      attempt: async () => {
        const isStopped = told.some((line) => line.startsWith("stopped agent:"));
        return { arrived: false, code: isStopped ? "stopped" : "no_permit" };
      },
      sandbox: () => ({
        missing: "bubblewrap (bwrap) is not installed",
        remedy: "Install it: `apt-get install bubblewrap`.",
      }),
      probe: async () => [],
      close: async () => void told.push("drill closed"),
    }),
  };
}
