// T14: stdio servers run from a version and digest pinned when added; a changed server is held, not run.
import {
  appendFile,
  chmod,
  copyFile,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ServerConfiguration } from "#upstream";
import { type HostileHttpServer, listenHostile, reply, result } from "../servers/hostile-http.ts";
import { DEAF, http, openTestHouse, type TestHouse } from "../servers/upstreams.ts";

const SOURCE = fileURLToPath(new URL("../servers/hostile-stdio.mjs", import.meta.url));
const CHANGED = { code: "upstream_pin_changed", remedy: expect.stringContaining("servers remove") };
let house: TestHouse;
let scratch: string;
let script: string;
beforeEach(async () => {
  house = await openTestHouse();
  scratch = await mkdtemp(join(tmpdir(), "doorward-t14-"));
  script = join(scratch, "server.mjs");
  await copyFile(SOURCE, script);
});
afterEach(async () => {
  await house.close();
  await rm(scratch, { recursive: true, force: true });
});

const run = (...command: readonly string[]): ServerConfiguration => ({
  transport: "stdio",
  command: [process.execPath, ...command],
  environment: [],
});

async function connectOnce(): Promise<void> {
  const connection = await house.upstreams.connect("s", DEAF);
  await connection.close();
}

describe("a program on this machine", () => {
  test.each<[string, (path: string) => Promise<unknown>]>([
    ["a byte is added", (path) => appendFile(path, "\n")],
    ["it is replaced by another file of the same size and times", swapKeepingTimes],
    [
      "it is replaced through a rename",
      (path) => writeFile(`${path}.new`, "process.exit(0)").then(() => rename(`${path}.new`, path)),
    ],
    [
      "it becomes a link to something else",
      (path) => rm(path).then(() => symlink(SOURCE.replace("stdio.mjs", "http.ts"), path)),
    ],
    ["it is deleted", (path) => rm(path)],
  ])("is not run after %s", async (_what, change) => {
    await house.add("s", run(script));
    await connectOnce();
    expect(await house.upstreams.verify("s")).toBe("same");
    await change(script);
    await expect(house.upstreams.connect("s", DEAF)).rejects.toMatchObject(CHANGED);
    expect(await house.upstreams.verify("s")).toMatchObject({ changed: expect.stringMatching(/\S/) });
  });

  test("a touched file is hashed again and, being the same, still runs", async () => {
    await house.add("s", run(script));
    await connectOnce();
    await utimes(script, new Date(0), new Date(0));
    await chmod(script, 0o600);
    await expect(connectOnce()).resolves.toBeUndefined();
  });

  test("other arguments, another program or another environment are another pin", async () => {
    const { upstreams } = house;
    const one = await upstreams.prepare("a", run(script));
    const other = await upstreams.prepare("b", run(script, "hang"));
    expect(upstreams.identity(one)).not.toBe(upstreams.identity(other));
    expect(upstreams.identity(one)).toBe(upstreams.identity(await upstreams.prepare("c", run(script))));
  });

  test.each([
    ["uvx mcp-server-fetch", "uvx"],
    ["sh -c curl|sh", "shell"],
    ["/bin/bash -lc evil", "shell"],
    ["docker run -i mcp/fetch:latest", "image"],
    ["pnpm dlx thing", "pnpm"],
  ])("`%s` fetches or hides what it runs and cannot be pinned", async (line, why) => {
    const [program = "", ...rest] = line.split(" ");
    const failure = house.upstreams.prepare("s", {
      transport: "stdio",
      command: [program, ...rest],
      environment: [],
    });
    await expect(failure).rejects.toMatchObject({
      code: "upstream_not_pinnable",
      message: expect.stringContaining(why),
    });
  });

  test("a server's environment holds what it was given and nothing of Doorward", async () => {
    process.env["DOORWARD_MASTER_SECRET"] = "never";
    const file = join(scratch, "env.json");
    await writeFile(
      script,
      `require("fs").writeFileSync(${JSON.stringify(file)}, JSON.stringify({ env: process.env, cwd: process.cwd() }))`,
    );
    await rename(script, join(scratch, "server.cjs"));
    const configuration: ServerConfiguration = {
      ...run(join(scratch, "server.cjs")),
      environment: ["TOKEN"],
    } as ServerConfiguration;
    await house.upstreams.keepSecrets("s", { "env:TOKEN": "given" });
    await house.add("s", configuration);
    await house.upstreams.connect("s", DEAF).catch(() => {});
    const { env, cwd }: { env: Record<string, string>; cwd: string } = JSON.parse(
      await readFile(file, "utf8"),
    );
    delete process.env["DOORWARD_MASTER_SECRET"];
    expect(env["TOKEN"]).toBe("given");
    expect(Object.keys(env).filter((name) => /DOORWARD|NODE_OPTIONS|VITEST|npm_/i.test(name))).toEqual([]);
    expect(cwd).toBe(join(house.directory, "s", "work"));
    const rows = await house.store.query.selectFrom("upstream_secrets").selectAll().execute();
    expect(rows.map(({ sealed }) => Buffer.from(sealed).includes("given"))).toEqual([false]);
  });
});

async function swapKeepingTimes(path: string): Promise<void> {
  const { size, atime, mtime } = await stat(path);
  await writeFile(path, "process.exit(0)".padEnd(size, " "));
  await utimes(path, atime, mtime);
}

describe("a package of the registry", () => {
  const PACKAGE = "@modelcontextprotocol/server-memory@2026.8.31";

  test("is installed once, exactly, without scripts; any changed file of it or of its dependencies holds it", async () => {
    await house.add("s", { transport: "stdio", command: ["npx", "-y", PACKAGE], environment: [] });
    const row = await house.store.query.selectFrom("servers").selectAll().executeTakeFirstOrThrow();
    expect(JSON.parse(row.pin)).toMatchObject({
      kind: "package",
      package: "@modelcontextprotocol/server-memory",
      version: "2026.8.31",
    });
    const code = join(house.directory, "s", "code");
    const lock: { packages: Record<string, { integrity?: string }> } = JSON.parse(
      await readFile(join(code, "package-lock.json"), "utf8"),
    );
    expect(lock.packages["node_modules/@modelcontextprotocol/server-memory"]?.integrity).toMatch(/^sha512-/);
    expect((await house.upstreams.inspect("s")).tools.length).toBeGreaterThan(3);
    await appendFile(join(code, "node_modules", "zod", "package.json"), "\n");
    await expect(house.upstreams.connect("s", DEAF)).rejects.toMatchObject(CHANGED);
  }, 120_000);

  test("a file that appears beside the code holds it too", async () => {
    await house.add("s", { transport: "stdio", command: ["npx", "--yes", PACKAGE], environment: [] });
    await connectOnce();
    await writeFile(join(house.directory, "s", "code", "node_modules", "extra.js"), "");
    await expect(house.upstreams.connect("s", DEAF)).rejects.toMatchObject(CHANGED);
  }, 120_000);
});

describe("a remote server", () => {
  let server: HostileHttpServer;
  beforeEach(async () => {
    server = await listenHostile((response, id) => reply(response, result(id, "done")));
  });
  afterEach(() => server.close());

  test("that says it is another one is not used", async () => {
    await house.add("s", http(server.url));
    await connectOnce();
    server.serverInfo = { name: "hostile", version: "2.0.0" };
    await expect(house.upstreams.connect("s", DEAF)).rejects.toMatchObject(CHANGED);
    expect(await house.upstreams.verify("s")).toEqual({
      changed: "it was hostile 1.0.0 and now says it is hostile 2.0.0",
    });
  });

  // 2026-07-28: the era is remembered, who stands there is not.
  test("of the modern era is asked anew who it is for every connection", async () => {
    let version = "1.0.0";
    const swapped = createServer((request, response) => {
      request.setEncoding("utf8").once("data", (body: string) => {
        const { id } = JSON.parse(body) as { id: number };
        const meta = { "io.modelcontextprotocol/serverInfo": { name: "swapped", version } };
        const about = {
          supportedVersions: ["2026-07-28"],
          capabilities: {},
          resultType: "complete",
          _meta: meta,
        };
        reply(response, { id, result: { ...about, ttlMs: 0, cacheScope: "private" } });
      });
    });
    await new Promise<void>((resolve) => swapped.listen(0, "127.0.0.1", resolve));
    const address = swapped.address();
    const port = typeof address === "object" ? address?.port : 0;
    try {
      await house.add("s", http(`http://127.0.0.1:${port}/mcp`));
      await connectOnce();
      version = "2.0.0";
      await expect(house.upstreams.connect("s", DEAF)).rejects.toMatchObject(CHANGED);
    } finally {
      swapped.close();
    }
  });
});
