import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Inspected, openInspector } from "#inspection";
import { ESCAPES } from "../servers/hostile-inspector.ts";

// A parser that a hostile file has taken over gets nothing out and nothing in (T25). Every way is shown to be one outside
// of the child first; then the child tries it, behind bubblewrap where that is there, and without it everywhere.

const MAIN = join(import.meta.dirname, "..", "servers", "hostile-inspector.ts");
const HAS_BUBBLEWRAP = openInspector({ now: Date.now }).wall() === "bubblewrap";
const SECRET = "canary-secret";

const folder = mkdtempSync(join(tmpdir(), "t25-inspection-"));
const model = join(folder, "model.pt");
const secret = join(folder, "secret.txt");
let web: Server;
let names: dgram.Socket;
let arrived = 0;
let given: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  writeFileSync(model, "a model");
  writeFileSync(secret, SECRET);
  process.env["DOORWARD_T25"] = SECRET;
  web = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
  web.on("connection", () => (arrived += 1));
  names = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  names.on("message", () => (arrived += 1));
  await Promise.all([once(web, "listening"), once(names, "listening")]);
  const { port } = web.address() as AddressInfo;
  given = {
    connect: `${port}`,
    fetch: `${port}`,
    datagram: `${names.address().port}`,
    resolve: `${names.address().port}`,
    read: secret,
    write: join(folder, "written"),
    database: join(folder, "database"),
    signal: `${process.pid}`,
  };
});
afterAll(() => {
  delete process.env["DOORWARD_T25"];
  web.close();
  names.close();
  rmSync(folder, { recursive: true, force: true });
});

function left(): readonly string[] {
  return readdirSync(folder).filter((name) => name !== "model.pt" && name !== "secret.txt");
}

test.each(Object.keys(ESCAPES))("outside of a child, %s succeeds", async (name) => {
  // As somebody who started Doorward might have left it open.
  const descriptor = openSync(secret, "r");
  try {
    const tried = Promise.resolve(ESCAPES[name]?.(given[name] ?? ""));
    expect(await tried.then(() => "succeeded")).toBe("succeeded");
  } finally {
    closeSync(descriptor);
    for (const file of left()) rmSync(join(folder, file));
  }
});

const WALLS = [
  { wall: "none", skipped: false },
  { wall: "bubblewrap", skipped: !HAS_BUBBLEWRAP },
] as const;

describe.each(WALLS)("in a child, wall: $wall", ({ wall, skipped }) => {
  const name = skipped ? " (skipped: bubblewrap is not here, or makes no namespaces)" : "";

  async function taken(what: string, fileMs?: number): Promise<Inspected<"scan">> {
    const inspector = openInspector({
      now: Date.now,
      main: MAIN,
      wall,
      ...(fileMs === undefined ? {} : { fileMs }),
    });
    return inspector.inspect({ job: "scan", files: [{ path: model, name: what }] });
  }

  test.skipIf(skipped).each(Object.keys(ESCAPES))(`%s is refused${name}`, async (escape) => {
    const before = arrived;
    const outcome = await taken(`${escape}:${given[escape] ?? ""}`);
    const says = outcome.kind === "answered" ? outcome.answer.findings[0]?.says : outcome.says;
    expect(says).toContain(`${escape} was refused`);
    expect({ arrived, left: left() }).toEqual({ arrived: before, left: [] });
  });

  test.skipIf(skipped).each([
    ["loop", "timeout"],
    ["heap", "memory"],
    ["buffers", "memory"],
    ["exit", "crashed"],
    ["text", "garbage"],
    ["nothing", "garbage"],
    ["other", "garbage"],
    ["more", "garbage"],
    ["flood", "garbage"],
    ["endless", "garbage"],
  ])(
    `an answer that is none (%s) is unscannable: %s${name}`,
    async (what, why) => {
      const isLong = why === "memory" || why === "garbage";
      expect(await taken(what, isLong ? 30_000 : 1_000)).toMatchObject({ kind: "unscannable", why });
    },
    60_000,
  );

  test.skipIf(skipped)(
    `what it says beside an answer ends it, and the next file gets a new one${name}`,
    async () => {
      const inspector = openInspector({ now: Date.now, main: MAIN, wall });
      const files = ["unasked", "priority", "exit", "priority"];
      const requests = files.map((file) => ({ job: "scan" as const, files: [{ path: model, name: file }] }));
      const kinds = [];
      for await (const { outcome } of inspector.inspectAll(requests))
        kinds.push(outcome.kind === "answered" ? "answered" : outcome.why);
      expect(kinds).toEqual(["answered", "garbage", "crashed", "answered"]);
    },
    60_000,
  );

  test.skipIf(skipped)(
    `its findings count whatever verdict it gives, name its own file, and are inert${name}`,
    async () => {
      expect(await taken("liar")).toMatchObject({
        kind: "answered",
        answer: { verdict: "malicious", findings: [{ says: "\\u{1b}[2Jall \\u{202e}fine", path: ["liar"] }] },
      });
    },
  );

  test.skipIf(skipped || process.platform === "win32")(`it stands behind everybody else${name}`, async () => {
    const outcome = await taken("priority");
    expect(JSON.stringify(outcome, (_, value) => (typeof value === "bigint" ? "" : value))).toMatch(
      /niceness 1\d/,
    );
  });

  const HAS_BASH = spawnSync("bash", ["-c", "true"]).status === 0;
  test.skipIf(skipped || !HAS_BASH)(`what whoever started Doorward had open is not open in it${name}`, () => {
    const program = `
      import { readFileSync } from "node:fs";
      import { openInspector } from "#inspection";
      const [main, wall, path] = process.argv.slice(1);
      const inspector = openInspector({ now: Date.now, main, wall });
      const outcome = await inspector.inspect({ job: "scan", files: [{ path, name: "inherited" }] });
      console.log(readFileSync(41, "utf8"), outcome.answer.findings[0].says);`;
    const started = ['exec 41<"$1"; shift; exec "$@"', "bash", secret, process.execPath];
    const args = [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      program,
      MAIN,
      wall,
      model,
    ];
    const { stdout } = spawnSync("bash", ["-c", ...started, ...args], { encoding: "utf8", timeout: 60_000 });
    expect(stdout).toContain(`${SECRET} inherited was refused`);
  });
});

test("the file that it reads is as it was", () => {
  expect(readFileSync(model, "utf8")).toBe("a model");
});
