import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findMeans, makePlan, relayFor, replacedIn, startSandbox } from "#sandbox";

// T26: what lies in a workspace is a way out as well: sockets of the host's programs, and stand-ins that another run takes away.

const means = findMeans();
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const root = realpathSync(mkdtempSync(join(tmpdir(), "dw-t26-")));
const [work, lib] = [join(root, "home/work"), join(root, "lib")];
const sockets = [join(work, "docker.sock"), join(work, "node_modules/.cache/x.sock"), join(lib, "tool.sock")];
const servers: Server[] = [];
let reached = 0;

beforeAll(async () => {
  for (const path of [join(work, "node_modules/.cache"), lib, join(root, "data")])
    mkdirSync(path, { recursive: true });
  for (const path of sockets) {
    const server = createServer((socket) => {
      reached += 1;
      socket.on("error", () => {}).end("from the host");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
  }
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(root, { recursive: true, force: true });
});

async function begin(command: readonly string[], read: readonly string[] = []) {
  if (means.kind === "missing") throw new Error(means.missing.join());
  const { plan, undo } = makePlan(
    { from: work, command, read, write: [], environment: [], limits: {} },
    { environment: {}, home: join(root, "home"), secret: [join(root, "data")], cores: 1, trusts: false },
  );
  let said = "";
  const running = await startSandbox({
    plan,
    command,
    ready: means,
    certificates: null,
    temporary: "/tmp",
    stdio: "pipe",
    relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_t26" }),
    spawned: ({ stdout, stderr }) => {
      for (const stream of [stdout, stderr]) stream?.on("data", (part: Buffer) => (said += part.toString()));
    },
  });
  return { ended: running.ended.finally(undo), said: () => said, plan };
}

const TALK = `import socket, sys
for path in sys.argv[1:]:
    try:
        s = socket.socket(socket.AF_UNIX); s.connect(path); print(s.recv(100).decode())
    except OSError as error:
        print("no")
`;

describe.skipIf(means.kind === "missing" || !hasPython)(
  "in a sandbox (skipped without bubblewrap and Python)",
  () => {
    test("no socket of the host's is reached, where the workspace has it or a folder that is only read", async () => {
      const outside = spawnSync("python3", ["-c", TALK, "/nowhere"], { encoding: "utf8" });
      expect(outside.stdout.trim()).toBe("no");
      const run = await begin(["python3", "-c", TALK, ...sockets], [lib]);
      expect([await run.ended, run.said().trim().split("\n"), reached]).toEqual([0, ["no", "no", "no"], 0]);
    });

    test("one that a person names is reached", async () => {
      const run = await begin(["python3", "-c", TALK, ...sockets.slice(0, 1)], sockets.slice(0, 1));
      expect([await run.ended, run.said().trim(), reached]).toEqual([0, "from the host", 1]);
    });

    test("what is replaced outside while it is kept as it is, is told: from then on it could be changed", async () => {
      const guarded = join(work, ".envrc");
      writeFileSync(guarded, "mine");
      const run = await begin([
        "sh",
        "-c",
        "echo evil > .envrc || echo kept; while [ ! -e on ]; do sleep 0.1; done; echo evil > .envrc",
      ]);
      await vi.waitFor(() => expect(run.said()).toContain("kept"), { timeout: 10_000 });
      expect(replacedIn(run.plan)).toEqual([]);
      writeFileSync(join(work, "new"), "mine");
      renameSync(join(work, "new"), guarded);
      mkdirSync(join(work, "on"));
      await run.ended;
      expect(readFileSync(guarded, "utf8")).toBe("evil\n");
      expect(replacedIn(run.plan)).toContain(guarded);
    });

    test("a run that ends takes no stand-in away under another, and the last one out leaves nothing", async () => {
      const first = await begin(["sh", "-c", "echo up; while [ ! -e over ]; do sleep 0.1; done"]);
      await vi.waitFor(() => expect(first.said()).toContain("up"), { timeout: 10_000 });
      const second = await begin([
        "sh",
        "-c",
        "echo up; while [ ! -e go ]; do sleep 0.1; done; echo evil > .vscode/tasks.json || echo kept",
      ]);
      await vi.waitFor(() => expect(second.said()).toContain("up"), { timeout: 10_000 });
      mkdirSync(join(work, "over"));
      await first.ended;
      mkdirSync(join(work, "go"));
      await second.ended;
      expect(second.said()).toContain("kept");
      for (const name of [".vscode", ".claude", ".codex"]) expect(existsSync(join(work, name))).toBe(false);
    });
  },
);
