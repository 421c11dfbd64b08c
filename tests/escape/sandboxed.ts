import { realpathSync } from "node:fs";
import { findMeans, makePlan, relayFor, startSandbox } from "#sandbox";

// Runs the driver in Doorward's sandbox, as `doorward run` would: started as a process of its own, so that it inherits what
// such a process inherits. Arguments: the home and the data directory around it.

const [home = "", data = ""] = process.argv.slice(2);
const means = findMeans();
if (means.kind === "missing") throw new Error(means.missing.join("; "));
const command = [process.execPath, "driver.mjs"];
const limits = {
  processes: 200,
  fileBytes: 64 * 1024 ** 2,
  temporaryBytes: 64 * 1024 ** 2,
  memoryBytes: 1024 ** 3,
  openFiles: 1_024,
};
const { plan, undo } = makePlan(
  { from: realpathSync(process.cwd()), command, read: [], write: [], environment: [], limits },
  { environment: process.env, home, secret: [data], cores: 2, trusts: false },
);
const running = await startSandbox({
  plan,
  command,
  ready: means,
  certificates: null,
  temporary: "/tmp",
  relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_escape" }),
});
process.exitCode = await running.ended;
undo();
