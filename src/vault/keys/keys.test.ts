import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProgram } from "./child.ts";
import { keyCommand } from "./command.ts";
import { keyFile } from "./file.ts";
import { keychain } from "./keychain.ts";
import { newKey, textOf } from "./ring.ts";

let folder = "";
const path = process.env["PATH"];
const file = (): string => join(folder, "vault.key");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doorward-vault-keys-"));
});
afterEach(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A program of a few lines of sh, found first. Notes what it was called with. */
function put(name: string, lines: string): string {
  const program = join(folder, name);
  writeFileSync(program, `#!/bin/sh\ncd "${folder}"\nprintf '%s\\n' "$@" >> argv\n${lines}\n`, {
    mode: 0o755,
  });
  process.env["PATH"] = `${folder}:${path}`;
  return program;
}

// What follows is modes, owners and programs as POSIX has them: on Windows it is not run.
describe.runIf(process.platform !== "win32")("a key file", () => {
  const whole = textOf([newKey()]);

  test.each([
    ["empty", ""],
    ["cut off", whole.slice(0, -3)],
    ["of zeroes", "\0".repeat(45)],
    ["with a line more than any rotation leaves", textOf([1, 2, 3, 4, 5].map(newKey))],
    ["too large", `${whole}${"\n".repeat(5_000)}`],
  ])("%s is unreadable, and nothing of it is said", async (_name, text) => {
    writeFileSync(file(), text, { mode: 0o600 });
    const failure: unknown = await keyFile(file())
      .load(null)
      .catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: "vault_key_unreadable" });
    expect(String(failure)).not.toContain(whole.slice(0, 20));
  });

  test("that is a folder, or a pipe that nobody writes to, is refused at once", async () => {
    mkdirSync(file());
    await expect(keyFile(file()).load(null)).rejects.toMatchObject({ code: "vault_key_exposed" });
    rmSync(file(), { recursive: true });
    spawnSync("/bin/sh", ["-c", `mkfifo -m 600 "$0"`, file()]);
    await expect(keyFile(file()).load(null)).rejects.toMatchObject({ code: "vault_key_exposed" });
  });

  test.runIf(process.getuid?.() === 0)(
    "of another user is refused (only root can give a file away)",
    async () => {
      writeFileSync(file(), whole, { mode: 0o600 });
      chownSync(file(), 1, 1);
      await expect(keyFile(file()).load(null)).rejects.toMatchObject({ code: "vault_key_exposed" });
    },
  );
});

// What the programs take and say: secret-tool(1) of libsecret 0.20 (store reads the password from standard input, lookup writes it
// there and ends with 1 where there is none); security(1) of macOS (`-i` reads commands from standard input;
// find-generic-password -w writes the password alone, and ends with 44 where there is none). Neither was run itself.
const SECRET_TOOL = `case "$1" in
store) cat > item ;;
lookup) [ -f item ] || exit 1; cat item ;;
esac`;
const SECURITY = `case "$1" in
-i) sed -n 's/^add-generic-password -U -s "doorward" -a vault-key -w "\\(.*\\)"$/\\1/p' > item ;;
find-generic-password) [ -f item ] || exit 44; cat item ;;
esac`;

describe.runIf(process.platform !== "win32")("a keychain", () => {
  test.each([
    ["linux", "secret-tool", SECRET_TOOL, ["lookup", "service", "doorward", "account", "vault-key"]],
    ["darwin", "security", SECURITY, ["find-generic-password", "-s", "doorward", "-a", "vault-key", "-w"]],
  ] as const)("of %s: kept and found again, never among arguments", async (platform, name, lines, found) => {
    put(name, lines);
    const place = keychain("doorward", platform);
    expect(await place.load(null)).toBeNull();
    expect(readFileSync(join(folder, "argv"), "utf8").trim().split("\n")).toEqual(found);
    const keys = [newKey(), newKey()];
    await place.save(keys);
    expect(textOf((await place.load(null)) ?? [])).toBe(textOf(keys));
    const said = readFileSync(join(folder, "argv"), "utf8");
    for (const { bytes } of keys) expect(said).not.toContain(bytes.toString("base64"));
  });

  test.each([
    ["linux", "secret-tool", "exit 2"],
    ["linux", "secret-tool", '[ "$1" = store ]'],
    ["darwin", "security", "exit 51"],
    ["darwin", "security", '[ "$1" = -i ] || exit 44'],
  ] as const)(
    "of %s that is locked, or keeps nothing, is no place for a key (%s: %s)",
    async (platform, name, lines) => {
      put(name, lines);
      await expect(keychain("doorward", platform).save([newKey()])).rejects.toMatchObject({
        code: "vault_keychain_unavailable",
      });
    },
  );

  test("that is not there says what to install", async () => {
    process.env["PATH"] = folder;
    await expect(keychain("doorward", "linux").load(null)).rejects.toMatchObject({
      code: "vault_keychain_unavailable",
      message: expect.stringContaining("secret-tool is not installed"),
      remedy: expect.stringContaining("libsecret-tools"),
    });
    expect(() => keychain("doorward", "win32")).toThrow(/win32/);
  });
});

describe.runIf(process.platform !== "win32")("a command as a KMS has it", () => {
  const unreadable = { code: "vault_key_unreadable" };

  test("gets keys on standard input, never among arguments", async () => {
    const program = put("kms", "cat");
    const keys = [newKey()];
    const place = keyCommand([program, "--key", "x"]);
    const wrapped = await place.save(keys).catch(() => null);
    expect(wrapped?.length).toBeGreaterThan(0);
    expect(readFileSync(join(folder, "argv"), "utf8")).toBe("--key\nx\nwrap\n--key\nx\nunwrap\n");
  });

  test.each([
    ["that ends with 3", "exit 3", /ended with 3/],
    ["that says no base64", "echo '!!!'", /not base64/],
    ["that says nothing", "cat > /dev/null", /not base64/],
    ["that never stops talking", "yes", /too long, or said too much/],
    ["that wraps to something else", "echo AAAA", /does not come back/],
  ])("%s is no place for a key", async (_name, lines, message) => {
    const program = put("kms", lines);
    await expect(keyCommand([program]).save([newKey()])).rejects.toMatchObject({
      ...unreadable,
      message: expect.stringMatching(message),
    });
  });

  test("that is not there, or may not be run, or takes too long", async () => {
    await expect(keyCommand([join(folder, "none")]).save([newKey()])).rejects.toMatchObject(unreadable);
    const program = put("kms", "cat");
    chmodSync(program, 0o600);
    await expect(keyCommand([program]).save([newKey()])).rejects.toMatchObject(unreadable);
    const slow = put("slow", "sleep 20");
    expect(await runProgram([slow], "", 300)).toMatchObject({
      kind: "failed",
      why: expect.stringContaining("took too long"),
    });
  });
});
