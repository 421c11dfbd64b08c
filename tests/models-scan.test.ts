// `doorward models scan`: what it looks into, what it says, how it ends. Nothing listens, and no server is asked.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXIT } from "#cli";
import { bytesOf, global, proto, reduce, stop, text } from "./samples/pickle-assembler.ts";
import { SMALL, writeGguf } from "./models/gguf-writer.ts";
import { zipOf } from "./models/zip-writer.ts";
import { doorwardAlone, type Ran } from "./support/local-cli.ts";

const BAD = stop(proto(2), reduce(global("posix", "system"), text("id")));
const FINE = stop(proto(2), "}");
const IS_ROOT = process.getuid?.() === 0;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-scan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

const scan = (...args: string[]): Promise<Ran> => doorwardAlone("models", "scan", ...args);

describe("what it says", () => {
  test("of clean files: how many, and nothing else", async () => {
    put("model.gguf", writeGguf(SMALL));
    put("notes.pkl", FINE);
    expect(await scan(folder)).toEqual({ code: EXIT.ok, out: "2 files: 2 clean.\nPassed.\n", error: "" });
  });

  test("of the worst first: its verdict, its gravest finding, and where in it that stands", async () => {
    put("a.7z", Buffer.from("7z\u00bc\u00af'\u001c\0\u0004", "latin1"));
    put("b/model.pt", zipOf([{ name: "model/data.pkl", data: BAD }]));
    put("run.sh", "#!/bin/sh\n");
    const { code, out } = await scan(folder);
    const lines = out.split("\n");
    expect(code).toBe(EXIT.failed);
    expect(lines[0]).toMatch(/^verdict +severity +file +finding$/);
    expect(lines[1]).toMatch(
      /^malicious +critical +\S+\/b\/model\.pt +in model\/data\.pkl: .*posix\.system\('id'\)/,
    );
    expect(lines.slice(2, 4).map((line) => line.split(" ")[0])).toEqual(["unscannable", "suspicious"]);
    expect(out).toContain("3 files: 1 malicious; 1 unscannable; 1 suspicious.\nFailed (--fail-on high).\n");
  });

  test("with --verbose: the rule, the byte, the techniques and what shows it", async () => {
    put("model.pkl", BAD);
    const { out } = await scan("--verbose", folder);
    expect(out).toMatch(/critical: Loading calls posix\.system/);
    expect(out).toMatch(/pickle-call at byte \d+ {2}.*AML\.T0011\.000/);
    expect(out).toMatch(/REDUCE/);
  });

  test("of a file that nothing knows: that it is of no known kind", async () => {
    put("notes.xyz", Buffer.from([1, 2, 3, 254, 255]));
    expect((await scan(folder)).out).toContain("1 file: 1 clean, 1 of them of no known kind.");
  });

  test("names and content that would move a cursor or turn text around are shown as what they are", async () => {
    put("\u001b[31mred\u202e.pkl", BAD);
    put("zip.zip", zipOf([{ name: "\u001b]0;x\u0007/../../y", data: Buffer.from("x") }]));
    for (const args of [[], ["--verbose"], ["--json"], ["--sarif"]]) {
      const { out } = await scan(folder, ...args);
      expect(out.length).toBeGreaterThan(20);
      expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe("how it ends", () => {
  test.each([
    ["low", EXIT.failed],
    ["medium", EXIT.failed],
    ["high", EXIT.failed],
    ["critical", EXIT.ok],
    ["unscannable", EXIT.ok],
  ])("with a suspicious file of severity high and --fail-on %s: %d", async (level, code) => {
    put("run", Buffer.from("\u007fELF\u0002\u0001\u0001", "latin1"));
    expect((await scan(folder, "--fail-on", level)).code).toBe(code);
  });

  test.each(["low", "critical", "unscannable"])(
    "never well with a file that could not be followed: %s",
    async (level) => {
      put("model.safetensors", "");
      expect((await scan(folder, "--fail-on", level)).code).toBe(EXIT.failed);
    },
  );

  test.each([[["--fail-on", "severe"]], [["--json", "--sarif"]], [["--sarif", "model.bin"]], [[]]])(
    "asked wrongly, with 2, and nothing is written: %j",
    async (args) => {
      const path = put("model.bin", FINE);
      const { code } = await scan(...args, ...(args.length === 0 ? [] : [path]));
      expect(code).toBe(EXIT.usage);
      expect(Buffer.from(FINE).equals(readFileSync(path))).toBe(true);
    },
  );
});

describe("what it does not look into, it tells, and does not end well", () => {
  test("a path that is not there", async () => {
    const { code, out } = await scan(join(folder, "gone"));
    expect(code).toBe(EXIT.failed);
    expect(out).toContain("gone: it is not there");
    expect(out).toContain("0 files: 1 not scanned.");
  });

  test("a link within the folder is not followed, and is fine: what it leads to is scanned at its own place", async () => {
    put("model.pkl", FINE);
    symlinkSync("model.pkl", join(folder, "latest.pkl"));
    const { code, out } = await scan(folder);
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/passed over: \S+latest\.pkl: a link to /);
    expect(out).toContain("1 file: 1 clean.");
  });

  test("git's own folder is passed over, and is fine; a file of that name is scanned", async () => {
    put(".git/hooks/pre-commit.sample", "#!/bin/sh\n");
    put("model.pkl", FINE);
    put("sub/.git", "gitdir: ../.git/modules/sub\n");
    const { code, out } = await scan(folder, "--fail-on", "low");
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/passed over: \S+\.git: git's own folder/);
    expect(out).toContain("2 files: 2 clean.");
  });

  test("a link that leads outside, into a circle, or nowhere", async () => {
    put("models/model.pkl", FINE);
    put("secret.pkl", BAD);
    symlinkSync("../secret.pkl", join(folder, "models", "out.pkl"));
    symlinkSync("circle", join(folder, "models", "circle"));
    symlinkSync("nothing", join(folder, "models", "nowhere"));
    symlinkSync("..", join(folder, "models", "up"));
    const { code, out } = await scan(join(folder, "models"));
    expect(code).toBe(EXIT.failed);
    expect(out).not.toContain("posix");
    expect(out.match(/outside of the folder/g)).toHaveLength(2);
    expect(out).toMatch(/not scanned: \S+circle: a link that leads nowhere: its links go round in a circle/);
    expect(out).toMatch(/not scanned: \S+nowhere: a link that leads nowhere: it is not there/);
  });

  test("a link that was asked for by its name is followed", async () => {
    put("model.pkl", BAD);
    symlinkSync("model.pkl", join(folder, "asked"));
    expect((await scan(join(folder, "asked"))).out).toContain("posix.system");
  });

  test("a snapshot of Hugging Face's cache is scanned through its links, and only to its own repository's blobs", async () => {
    put("hub/models--org--name/blobs/0123abcd", BAD);
    put("elsewhere.pkl", BAD);
    const snapshot = join(folder, "hub/models--org--name/snapshots/rev");
    mkdirSync(snapshot, { recursive: true });
    symlinkSync("../../blobs/0123abcd", join(snapshot, "pytorch_model.bin"));
    symlinkSync("../../../../elsewhere.pkl", join(snapshot, "other.bin"));
    const { out } = await scan(snapshot);
    expect(out).toMatch(/malicious +critical +\S+pytorch_model\.bin/);
    expect(out).toMatch(/unscannable +medium +\S+other\.bin/);
  });

  test("sockets and other things that are no files", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, "model.sock"), resolve));
    const { code, out } = await scan(folder);
    server.close();
    expect(code).toBe(EXIT.failed);
    expect(out).toContain("model.sock: it is no file: a pipe, a socket or a device");
  });

  test.skipIf(IS_ROOT)(
    `files and folders that may not be read${IS_ROOT ? " (skipped: root may read all)" : ""}`,
    async () => {
      chmodSync(put("mine.pkl", FINE), 0o000);
      mkdirSync(join(folder, "closed"), { mode: 0o000 });
      const { code, out } = await scan(folder);
      chmodSync(join(folder, "closed"), 0o700);
      expect(code).toBe(EXIT.failed);
      expect(out.match(/you may not read it/g)).toHaveLength(2);
    },
  );
});

test("as JSON: every file with all of its findings, what was passed over, and whether it fails", async () => {
  put("model.pkl", BAD);
  put("fine.pkl", FINE);
  const answer = JSON.parse((await scan(folder, "--json")).out);
  expect(answer.counts).toEqual({
    clean: 1,
    suspicious: 0,
    unscannable: 0,
    malicious: 1,
    unknown: 0,
    unread: 0,
  });
  expect(answer.fails).toBe(true);
  const model = answer.files.find(({ name }: { name: string }) => name.endsWith("model.pkl"));
  expect(model).toMatchObject({ verdict: "malicious", kinds: ["pickle"], parts: 1 });
  expect(model.findings[0]).toMatchObject({
    rule: "pickle-call",
    severity: "critical",
    path: [join(folder, "model.pkl")],
  });
});

test("what it prints is bounded, however much there is", async () => {
  const many = Array.from({ length: 400 }, (_, at) => ({ name: `${at}.sh`, data: bytesOf("#!/bin/sh\n") }));
  put("a/many.zip", zipOf(many));
  for (let at = 0; at < 300; at += 1) put(`s/${at}.sh`, "#!/bin/sh\n");
  const { out } = await scan(folder, "--verbose");
  expect(out).toContain("and 101 more files with findings");
  expect(out).toContain("  and 350 more\n");
  expect(out.split("\n").length).toBeLessThan(2000);
});

test("it stands in the help of models beside what asks the server, and in completions", async () => {
  const { out: help } = await doorwardAlone("models", "--help");
  const [bash = "", zsh = "", fish = ""] = await Promise.all(
    ["bash", "zsh", "fish"].map(async (shell) => (await doorwardAlone("completion", shell)).out),
  );
  expect(help).toMatch(/^ {2}list .*\n[^]*^ {2}scan /m);
  for (const script of [bash, zsh]) {
    expect(script).toMatch(/models\) words="list [^"]*\bscan\b/);
    expect(script).toMatch(/"models scan"\) words="--fail-on [^"]*--sarif [^"]*--help"/);
  }
  expect(fish).toContain("-l fail-on");
});
