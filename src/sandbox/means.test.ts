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
    ["a Mac", { platform: "darwin" }, /container/],
    ["Windows", { platform: "win32" }, /WSL/],
    ["another processor", { architecture: "riscv64" }, /arm64/],
  ])("%s: it is missing, and the remedy says what to do", (_, over, remedy) => {
    const means = findMeans(machine(over));
    expect(means).toMatchObject({ kind: "missing", remedy: expect.stringMatching(remedy) });
  });
});
