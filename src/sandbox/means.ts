import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { cgroupOf } from "./cgroup.ts";
import { macMeans } from "./means-mac.ts";
import type { SandboxMeans, SandboxReady } from "./port.ts";

/** What is asked of the machine; handed in by tests. */
export interface Machine {
  readonly platform: string;
  readonly architecture: string;
  /** Runs a program to its end; null: it is not there. */
  readonly run: (
    program: string,
    args: readonly string[],
  ) => { readonly status: number | null; readonly text: string } | null;
  readonly isProgram: (path: string) => boolean;
  /** Text of a file; null: it cannot be read. */
  readonly read: (path: string) => string | null;
  readonly isRoot: boolean;
  /** Why limits of a control group cannot be had; null: they can. */
  readonly noCgroup: () => string | null;
}

const FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin", "/run/current-system/sw/bin"];
const RUN_MS = 10_000;

/** How each family of distributions installs bubblewrap, by ID and ID_LIKE of os-release(5). */
const INSTALLS: readonly (readonly [ids: readonly string[], command: string])[] = [
  [["debian", "ubuntu"], "apt-get install bubblewrap"],
  [["fedora", "rhel", "centos"], "dnf install bubblewrap"],
  [["alpine"], "apk add bubblewrap util-linux-misc"],
  [["arch"], "pacman -S bubblewrap"],
  [["suse", "opensuse"], "zypper install bubblewrap"],
  [["nixos"], "nix-env -iA nixos.bubblewrap"],
];

/** Looks what a sandbox can be made of here, and tries it. Never throws. */
export function findMeans(machine: Machine = thisMachine()): SandboxMeans {
  const { platform } = machine;
  if (platform === "linux") return linuxMeans(machine);
  if (platform === "darwin") return macMeans(machine);
  return {
    kind: "missing",
    missing: [`there is no sandbox for ${platform}`],
    remedy:
      "Run the agent in a container (docs/guide/sandbox.md), or on Linux; on Windows that can be WSL 2.",
  };
}

function linuxMeans(machine: Machine): SandboxMeans {
  const install = installOf(machine.read("/etc/os-release") ?? "");
  if (machine.architecture !== "x64" && machine.architecture !== "arm64") {
    return missing(
      `no filter of system calls for ${machine.architecture}`,
      "Run the agent on x86-64 or arm64.",
    );
  }
  const tool = programOf(machine, "bwrap");
  if (tool === null) return missing("bubblewrap (bwrap) is not installed", `Install it: \`${install}\`.`);
  if (programOf(machine, "prlimit") === null) {
    return missing("prlimit is not installed", "Install util-linux with the system's package manager.");
  }
  const help = machine.run(tool, ["--help"])?.text ?? "";
  if (["--seccomp", "--perms"].every((option) => help.includes(option))) return tried(machine, tool, help);
  return missing("this bubblewrap is too old", `Version 0.5.0 or newer is needed: \`${install}\`.`);
}

function tried(machine: Machine, tool: string, help: string): SandboxMeans {
  const { status, text } = machine.run(tool, [...TRIAL, "--", "/proc/self/exe", "--version"]) ?? {
    status: null,
    text: "",
  };
  if (status !== 0) return refused(text, machine);
  const options = { size: help.includes("--size"), disableUserns: help.includes("--disable-userns") };
  return readyWith(machine, { tool, version: /\d+\.\d+\.\d+/.exec(text)?.[0] ?? "unknown", options });
}

function readyWith(
  machine: Machine,
  found: Pick<SandboxReady, "tool" | "version" | "options">,
): SandboxReady {
  const noCgroup = machine.noCgroup();
  return {
    kind: "ready",
    backend: "bubblewrap",
    ...found,
    limitsBy: noCgroup === null ? "cgroup" : "rlimit",
    notes: notesOf(found.options, noCgroup, machine.isRoot),
  };
}

function programOf(machine: Machine, name: string): string | null {
  return FOLDERS.map((folder) => `${folder}/${name}`).find(machine.isProgram) ?? null;
}

/** Bubblewrap inside bubblewrap: it says its version there when namespaces may be made. */
const TRIAL = [
  "--unshare-all",
  "--unshare-user",
  "--die-with-parent",
  "--ro-bind",
  "/",
  "/",
  "--dev",
  "/dev",
  "--proc",
  "/proc",
];

function notesOf(
  options: { size: boolean; disableUserns: boolean },
  noCgroup: string | null,
  isRoot: boolean,
): string[] {
  return [
    ...(noCgroup === null
      ? []
      : [
          `limits are per process and by rlimit, since there is no control group of ours: ${noCgroup}`,
          "CPU time is not limited, only given others first",
          ...(isRoot
            ? [
                "the number of processes is not limited: rlimits do not bind root; run Doorward as another user",
              ]
            : []),
        ]),
    ...(options.size
      ? []
      : ["the private home and /tmp are bounded by memory alone: this bubblewrap has no --size"]),
    ...(options.disableUserns
      ? []
      : ["user namespaces inside are refused by the filter of system calls alone"]),
  ];
}

/** Why the kernel refused, as far as is known from what others met. */
function refused(text: string, { read }: Machine): SandboxMeans {
  const said = text.trim().split("\n").at(-1) ?? "";
  if (read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.trim() === "1") {
    return missing(
      `AppArmor lets bubblewrap make no user namespace (${said})`,
      "Give bwrap a profile that allows `userns` (Ubuntu 24.04: `apt-get install apparmor-profiles`, then `ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/` and `systemctl reload apparmor`).",
    );
  }
  if (read("/proc/sys/kernel/unprivileged_userns_clone")?.trim() === "0") {
    return missing(
      `user namespaces are off (${said})`,
      "Switch them on: `sysctl -w kernel.unprivileged_userns_clone=1`.",
    );
  }
  if (read("/proc/sys/user/max_user_namespaces")?.trim() === "0") {
    return missing(
      `user namespaces are off (${said})`,
      "Switch them on: `sysctl -w user.max_user_namespaces=15000`.",
    );
  }
  return missing(
    `bubblewrap cannot make namespaces here (${said})`,
    "In a container, allow it user namespaces and an unmasked /proc (docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined), or run the agent in a container of its own (docs/guide/sandbox.md).",
  );
}

function installOf(release: string): string {
  const ids = [...release.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value = ""]) =>
    value.replaceAll('"', "").split(/[\s-]/),
  );
  return (
    INSTALLS.find(([known]) => known.some((id) => ids.includes(id)))?.[1] ??
    "the package `bubblewrap` of your distribution"
  );
}

function missing(what: string, remedy: string): SandboxMeans {
  return { kind: "missing", missing: [what], remedy };
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    architecture: process.arch,
    isRoot: process.getuid?.() === 0,
    run: (program, args) => {
      const { status, stdout, stderr, error } = spawnSync(program, [...args], {
        encoding: "utf8",
        timeout: RUN_MS,
        env: { PATH: "/usr/bin:/bin" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      return error === undefined ? { status, text: `${stdout}${stderr}` } : null;
    },
    isProgram: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    read: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return null;
      }
    },
    noCgroup: () => {
      const found = cgroupOf();
      return typeof found === "string" ? found : null;
    },
  };
}
