import { describe, expect, test } from "vitest";
import { findMeans, type Machine } from "./means.ts";

const HELP = "--seccomp FD --perms OCTAL --size BYTES --disable-userns";

function machine(over: Partial<Machine> & { readonly files?: Record<string, string> } = {}): Machine {
  const { files = {}, ...rest } = over;
  return {
    platform: "linux",
    architecture: "x64",
    isRoot: false,
    isProgram: (path) => path.startsWith("/usr/bin/"),
    run: (_, [first]) => ({ status: 0, text: first === "--help" ? HELP : "bubblewrap 0.9.0" }),
    read: (path) => files[path] ?? null,
    noCgroup: () => "cgroup v2 is not mounted",
    ...rest,
  };
}

describe("a Mac", () => {
  const runs: (readonly string[])[] = [];
  const mac = machine({
    platform: "darwin",
    architecture: "arm64",
    run: (program, args) => {
      runs.push([program, ...args]);
      return { status: 0, text: program.endsWith("sw_vers") ? "26.1\n" : "" };
    },
  });

  test("has Seatbelt once it took our words, and says what that does not hold", () => {
    const means = findMeans(mac);
    expect(means).toMatchObject({ kind: "ready", backend: "seatbelt", version: "26.1", limitsBy: "rlimit" });
    const notes = means.kind === "ready" ? means.notes.join("\n") : "";
    for (const word of [/never run on a Mac/, /memory/, /listen/, /process/, /\/tmp/, /CPU/])
      expect(notes).toMatch(word);
  });

  test("is tried with the whole profile, by the program of the system's alone", () => {
    const [tried] = runs.filter(([program]) => program === "/usr/bin/sandbox-exec");
    expect(tried?.[1]).toBe("-p");
    expect(tried?.[2]).toContain("(deny default)");
    expect(tried?.at(-1)).toBe("/usr/bin/true");
  });
});

const release = (id: string, like = "") => ({
  "/etc/os-release": `NAME="X"\nID=${id}\nID_LIKE="${like}"\n`,
});

describe("what a sandbox can be made of", () => {
  test("a machine that has it all", () => {
    expect(findMeans(machine())).toMatchObject({
      kind: "ready",
      backend: "bubblewrap",
      version: "0.9.0",
      limitsBy: "rlimit",
    });
    expect(findMeans(machine({ noCgroup: () => null }))).toMatchObject({ limitsBy: "cgroup", notes: [] });
    expect(JSON.stringify(findMeans(machine({ isRoot: true })))).toContain("rlimits do not bind root");
  });

  const without = { isProgram: (path: string) => !path.endsWith("bwrap") };
  const fails = {
    run: (_: string, [first]: readonly string[]) =>
      first === "--help" ? { status: 0, text: HELP } : { status: 1, text: "bwrap: No permissions" },
  };
  test.each<[string, Parameters<typeof machine>[0], RegExp]>([
    ["no bubblewrap on Debian", { ...without, files: release("debian") }, /apt-get install bubblewrap/],
    ["on Mint", { ...without, files: release("linuxmint", "ubuntu debian") }, /apt-get/],
    ["on Rocky", { ...without, files: release("rocky", "rhel centos fedora") }, /dnf/],
    ["on openSUSE", { ...without, files: release("opensuse-leap", "suse opensuse") }, /zypper/],
    ["on something else", without, /your distribution/],
    ["no prlimit", { isProgram: (path) => path === "/usr/bin/bwrap" }, /util-linux/],
    ["an old bubblewrap", { run: () => ({ status: 0, text: "--seccomp FD" }) }, /0\.5\.0/],
    [
      "AppArmor",
      { ...fails, files: { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n" } },
      /profile/,
    ],
    [
      "namespaces off, Debian's way",
      { ...fails, files: { "/proc/sys/kernel/unprivileged_userns_clone": "0\n" } },
      /unprivileged_userns_clone=1/,
    ],
    [
      "namespaces off",
      { ...fails, files: { "/proc/sys/user/max_user_namespaces": "0\n" } },
      /max_user_namespaces/,
    ],
    ["a container", fails, /container/],
    ["a Mac without sandbox-exec", { platform: "darwin", isProgram: () => false }, /container/],
    [
      "a Mac in a sandbox already",
      { platform: "darwin", run: () => ({ status: 71, text: "sandbox_apply: Operation not permitted" }) },
      /terminal of its own/,
    ],
    [
      "a Mac whose Seatbelt knows other words",
      { platform: "darwin", run: () => ({ status: 65, text: "sandbox-exec: unbound variable: file-clone" }) },
      /report it/,
    ],
    ["a Mac where it does not answer", { platform: "darwin", run: () => null }, /report it/],
    ["Windows", { platform: "win32" }, /WSL/],
    ["another processor", { architecture: "riscv64" }, /arm64/],
  ])("%s: it is missing, and the remedy says what to do", (_, over, remedy) => {
    const means = findMeans(machine(over));
    expect(means).toMatchObject({ kind: "missing", remedy: expect.stringMatching(remedy) });
  });
});
