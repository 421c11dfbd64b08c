import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findMeans, NODE, planServer, relayFor, startSandbox } from "#sandbox";

// Runs the prying MCP server over this process's own stdin and stdout, in the sandbox that a server has; with fewer processes, so
// that few have to be made. Started as a process of its own, so that it can be another user's. Argument: its own folder. SIGTERM ends
// the sandbox.

const PROCESSES = 100;
const PRYING = realpathSync(fileURLToPath(new URL("../servers/prying-stdio.mjs", import.meta.url)));
const work = process.argv[2] ?? "";
const means = findMeans();
if (means.kind === "missing") throw new Error(means.missing.join("; "));
const wanted = { program: null, arguments: [PRYING], code: [PRYING], work, folders: [] };
const { plan, undo } = planServer(
  { ...wanted, reachesHosts: false, environment: {} },
  { environment: process.env, home: work, secret: [], cores: 2 },
);
const running = await startSandbox({
  plan: { ...plan, limits: { ...plan.limits, processes: PROCESSES } },
  command: [NODE, PRYING],
  ready: means,
  certificates: null,
  temporary: "/tmp",
  relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_none" }),
  stdio: "inherit",
});
process.on("SIGTERM", running.kill);
process.exitCode = await running.ended;
undo();
