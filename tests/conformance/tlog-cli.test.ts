import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { consistencyProof, formatReceipt } from "#ledger";
import { draft, openTestLog } from "./tlog-fixture.ts";

const CLI = new URL("../../verifier/src/cli.ts", import.meta.url).pathname;
const log = openTestLog(6);
const other = openTestLog(7);
const dir = mkdtempSync(join(tmpdir(), "ledger-cli-"));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
log.log([draft("intent", "act_1"), draft("outcome", "act_1")]);
const old = file("old", log.checkpoint());
log.log([draft("verdict", "act_2"), draft("tool.seen", "srv\u001b[2J\u202e")]);
const now = file("now", log.checkpoint());
const key = ["--log-key", log.signer.vkey];
const pem = file("receipt.pem", log.receiptKey.export({ format: "pem", type: "spki" }).toString());
const receipt = file("act_1.json", formatReceipt(log.receipt("act_1")));
const hostile = file("hostile.json", formatReceipt(log.receipt("srv\u001b[2J\u202e")));
afterAll(() => {
  [log, other].forEach((each) => each.close());
  rmSync(dir, { recursive: true });
});

/** The real program, as an auditor runs it. */
function verify(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("doorward-verify receipt", () => {
  test("says what it verified, and that no witness vouches (T23)", () => {
    const { status, stdout } = verify("receipt", receipt, ...key, "--receipt-key", pem);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^VERIFIED {2}act_1\n {2}entry 0 .* intent\n {2}entry 1 .* outcome\n {2}log doorward-/u,
    );
    expect(stdout).toContain("4 entries");
    expect(stdout).toContain("UNWITNESSED");
  });

  test("takes the receipt key as base64 too, and several of them", () => {
    const keys = [other.spki, log.spki].flatMap((spki) => ["--receipt-key", spki.toString("base64")]);
    expect(verify("receipt", receipt, ...key, ...keys).status).toBe(0);
  });

  test("with --json says the same to a machine", () => {
    const { status, stdout } = verify("receipt", receipt, ...key, "--receipt-key", pem, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      unwitnessed: true,
      problems: [],
      subject: "act_1",
      entries: [
        { index: 0, kind: "intent" },
        { index: 1, kind: "outcome" },
      ],
      checkpoint: { size: 4, witnesses: [] },
    });
  });

  test("refuses what was changed, with the place", () => {
    const changed = file("changed.json", formatReceipt(log.receipt("act_1")).replace("outcome", "outcomf"));
    const { status, stdout } = verify("receipt", changed, ...key, "--receipt-key", pem);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: "NOT VERIFIED\n  - entry 2 of 2: its leaf is of another record\n",
    });
    const machine = verify("receipt", changed, ...key, "--receipt-key", pem, "--json");
    expect(JSON.parse(machine.stdout)).toMatchObject({ verified: false });
  });

  test("a foreign log key, receipt key, or file is not verified", () => {
    expect(verify("receipt", receipt, "--log-key", other.signer.vkey, "--receipt-key", pem).status).toBe(1);
    const foreign = other.spki.toString("base64");
    expect(verify("receipt", receipt, ...key, "--receipt-key", foreign).stdout).toContain("you did not name");
    expect(verify("receipt", pem, ...key, "--receipt-key", pem).stdout).toContain("not JSON");
    expect(verify("receipt", join(dir, "none"), ...key, "--receipt-key", pem).stdout).toContain(
      "cannot be read",
    );
    expect(verify("receipt", receipt, ...key, "--receipt-key", receipt).stdout).toContain("P-256");
  });

  test("text from the file cannot steer the terminal (T19)", () => {
    const { status, stdout } = verify("receipt", hostile, ...key, "--receipt-key", pem);
    expect(status).toBe(0);
    expect(stdout).toContain("srv\\u{1b}[2J\\u{202e}");
    for (const mark of ["\u001b", "\u202e"]) expect(stdout).not.toContain(mark);
  });
});

describe("doorward-verify log and consistency", () => {
  test("accept our log, with the receipt key and without", () => {
    expect(verify("log", log.dir, ...key)).toMatchObject({ status: 0, stderr: "" });
    expect(verify("log", log.dir, ...key, "--receipt-key", pem).status).toBe(0);
    const foreign = other.spki.toString("base64");
    expect(verify("log", log.dir, ...key, "--receipt-key", foreign).stdout).toContain("at entry 0");
  });

  test("accept growth by the directory or by a proof, and refuse it backwards", () => {
    expect(verify("consistency", old, now, ...key, "--log", log.dir).status).toBe(0);
    expect(verify("consistency", now, old, ...key, "--log", log.dir).stdout).toContain("shrank from 4 to 2");
    const hashes = consistencyProof(2, 4, log.read).map((hash) => hash.toString("base64"));
    const proof = file("proof", `${hashes.join("\n")}\n`);
    expect(verify("consistency", old, now, ...key, "--proof", proof).status).toBe(0);
    expect(verify("consistency", now, old, ...key, "--proof", proof).status).toBe(1);
  });

  test("refuse a missing or damaged log", () => {
    expect(verify("log", dir, ...key).stdout).toContain("cannot be read");
    const damaged = openTestLog(8);
    damaged.add([Buffer.from("a")]);
    appendFileSync(join(damaged.dir, "tile/0/000.p/1"), "x");
    const { status, stdout } = verify("log", damaged.dir, "--log-key", damaged.signer.vkey);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: "NOT VERIFIED\n  - tile/0/000.p/1 is not what the entries make it\n",
    });
    damaged.close();
  });
});

describe("doorward-verify, used wrongly, explains itself with status 2", () => {
  test.each([
    ["nothing", []],
    ["no key", ["log", "dir"]],
    ["two sources of trust", ["log", "dir", "--log-key", "a", "--policy", "b"]],
    ["an unknown command", ["prove", "dir", ...key]],
    ["an unknown option", ["log", "dir", "--frobnicate"]],
    ["no receipt key", ["receipt", receipt, ...key]],
    ["no directory or proof", ["consistency", old, now, ...key]],
    ["too many files", ["log", "a", "b", ...key]],
  ])("%s", (_, args) => {
    const { status, stdout, stderr } = verify(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("doorward-verify receipt FILE");
  });

  test("--help is not an error", () => {
    expect(verify("--help")).toMatchObject({ status: 0, stderr: "" });
  });
});
