import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findMeans, makePlan, relayFor, startSandbox, trusted } from "#sandbox";

const means = findMeans();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "dw-helper-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const limits = {
  processes: 200,
  fileBytes: 1024 ** 2,
  temporaryBytes: 1024 ** 2,
  memoryBytes: 1024 ** 3,
  openFiles: 1_024,
};

/** Opened by `cat` itself: what a shell opens for a program is the shell's own, and empty once it became the program. */
const show = (whose: string, environ: string): string =>
  `cat ${environ} | tr '\\0' '\\n' | grep ^NODE_ | sed 's/^/${whose} /'`;

/** Which of Node's variables the helper of a sandbox has, and which the program. */
async function variablesInside(): Promise<{ status: number; said: string }> {
  if (means.kind === "missing") throw new Error(means.missing.join("; "));
  const script = `${show("helper", "/proc/$PPID/environ")}; ${show("program", "/proc/self/environ")}; true`;
  const command = ["/bin/sh", "-c", script];
  const { plan, undo } = makePlan(
    { from: folder, command, read: [], write: [], environment: ["NODE_OPTIONS=--title=program"], limits },
    { environment: process.env, home: "/root", secret: [], cores: 2, trusts: true },
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = await startSandbox({
    plan,
    command,
    ready: means,
    certificates: trusted("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
    temporary: tmpdir(),
    relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_helper" }),
    stdio: "pipe",
    spawned: ({ stdout }) => {
      let said = "";
      stdout?.setEncoding("utf8").on("data", (text: string) => void (said += text));
      stdout?.once("end", () => resolve(said));
    },
  });
  const status = await running.ended;
  undo();
  return { status, said: await promise };
}

// Node reads the file of NODE_EXTRA_CA_CERTS in a thread, by a descriptor that looks inherited to the helper. Closed there, its
// number was closed a second time by that thread, when it was the control's or a door's already: the run died with status 137.
test.skipIf(means.kind === "missing")(
  "what Node reads of an environment is the program's, and never the helper's (skipped where no sandbox can be made)",
  async () => {
    const { status, said } = await variablesInside();
    expect([status, said.split("\n").filter((line) => line.startsWith("helper"))]).toEqual([0, []]);
    expect(said).toMatch(/^program NODE_EXTRA_CA_CERTS=\/run\/doorward\/ca\.pem$/m);
    expect(said).toMatch(/^program NODE_OPTIONS=--title=program$/m);
  },
  60_000,
);
