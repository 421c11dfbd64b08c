import type { Question } from "./sbpl.ts";

/** Where things are around a sandbox, for the questions about it. */
export interface Around {
  readonly root: string;
  readonly home: string;
  readonly work: string;
  readonly data: string;
}

const reading = (path: string): Question[] =>
  ["file-read-data", "file-read-metadata", "file-map-executable"].map((operation) => ({ operation, path }));
const writing = (path: string): Question[] =>
  ["file-write-create", "file-write-data", "file-write-unlink", "file-write-mode", "file-write-xattr"].map(
    (operation) => ({ operation, path }),
  );
const linking = (path: string): Question[] =>
  ["file-link", "file-clone"].map((operation) => ({ operation, path }));
const socket = (path: string): Question[] => [{ operation: "network-outbound", socket: path }];
const connecting = (host: string, port = 5432, kind: "tcp" | "udp" = "tcp"): Question[] => [
  { operation: "network-outbound", remote: { kind, host, port } },
];
const looking = (...names: string[]): Question[] => names.map((name) => ({ operation: "mach-lookup", name }));
const others = (...operations: string[]): Question[] =>
  operations.map((operation) => ({ operation, target: "others" as const }));

const NO_PROC = "a Mac has no /proc";
const NO_CALL = "Linux's own call: a Mac has none";

/**
 * Every case of the escape suite (tests/escape), as what a Mac's kernel would be asked for it: all of it is to be denied. A text says
 * why there is nothing to ask.
 */
export const QUESTIONS: Readonly<Record<string, (around: Around) => readonly Question[] | string>> = {
  "home-key": ({ home }) => reading(`${home}/.ssh/id_rsa`),
  "home-list": ({ home }) => [{ operation: "file-read-data", path: home }],
  "home-dotfile": ({ home }) => [
    ...writing(`${home}/.bashrc`),
    ...writing(`${home}/Library/LaunchAgents/x.plist`),
  ],
  "doorward-data": ({ data }) => reading(`${data}/keys/data.key`),
  shadow: () => [
    ...reading("/private/etc/master.passwd"),
    ...reading("/private/var/db/dslocal/nodes/Default/users/me.plist"),
    ...reading("/private/etc/sudoers"),
  ],
  "write-beside": ({ root }) => writing(`${root}/beside`),
  "write-parent": ({ home }) => writing(`${home}/beside`),
  "write-system": () => [
    ...writing("/usr/local/bin/doorward-escape"),
    ...writing("/opt/homebrew/bin/doorward-escape"),
    ...writing("/private/tmp/doorward-escape"),
    ...writing("/Applications/x.app"),
  ],
  "env-file": ({ work }) => [...reading(`${work}/.env`), ...writing(`${work}/.env`)],
  // The kernel asks about the path that a link leads to.
  "symlink-read": ({ home }) => reading(`${home}/.ssh/id_rsa`),
  "symlink-write": ({ root }) => writing(`${root}/beside`),
  "hard-link": ({ home, work }) => [
    ...linking(`${home}/.ssh/id_rsa`),
    ...linking(`${work}/hard`),
    ...linking(`${work}/.env`),
  ],
  "symlink-race": ({ home }) => reading(`${home}/.ssh/id_rsa`),
  "proc-root": () => NO_PROC,
  "proc-cwd": () => NO_PROC,
  "block-device": ({ work }) => [
    ...reading("/dev/disk0"),
    ...reading("/dev/rdisk1"),
    { operation: "file-mknod", path: `${work}/disk` },
  ],
  "file-handle": () => [{ operation: "system-fsctl" }, { operation: "fs-snapshot-mount" }],
  setuid: ({ work }) => [{ operation: "file-write-setugid", path: `${work}/root` }],

  "git-hook": ({ work }) => [...writing(`${work}/.git/hooks/pre-commit`), ...writing(`${work}/.git/hooks`)],
  "git-config": ({ work }) => writing(`${work}/.git/config`),
  "git-rename": ({ work }) => [
    { operation: "file-write-unlink", path: `${work}/moved/.git` },
    { operation: "file-write-unlink", path: `${work}/moved` },
  ],
  "git-commondir": ({ work }) => writing(`${work}/.git/commondir`),
  "git-nested": ({ work }) => writing(`${work}/lib/.git/hooks/pre-commit`),
  "git-nested-rename": ({ work }) => [
    { operation: "file-write-unlink", path: `${work}/anew` },
    { operation: "file-write-unlink", path: `${work}/anew/.git` },
    { operation: "file-write-unlink", path: work },
  ],
  "editor-task": ({ work }) => [
    ...writing(`${work}/.vscode/tasks.json`),
    ...writing(`${work}/.VSCode/tasks.json`),
    ...writing(`${work}/x.code-workspace`),
  ],
  "editor-run": ({ work }) => [...writing(`${work}/.idea/workspace.xml`), ...writing(`${work}/.zed`)],
  "agent-settings": ({ work }) => [
    ...writing(`${work}/.claude/settings.json`),
    ...writing(`${work}/.codex/config.toml`),
    ...writing(`${work}/.kiro/hooks`),
  ],
  "agent-words": ({ work }) => [...writing(`${work}/CLAUDE.md`), ...writing(`${work}/agents.md`)],
  direnv: ({ work }) => [...writing(`${work}/.envrc`), ...writing(`${work}/.ENVRC`)],
  "mcp-settings": ({ work }) => writing(`${work}/.mcp.json`),
  outlive: () =>
    "what a Mac has instead of a namespace is tried for itself (src/sandbox/process-tree.test.ts)",

  "docker-socket": ({ home }) => [
    ...socket("/private/var/run/docker.sock"),
    ...socket(`${home}/.docker/run/docker.sock`),
  ],
  "dbus-socket": () => [
    ...socket("/private/tmp/com.apple.launchd.x/Listeners"),
    ...looking(
      "com.apple.coreservices.launchservicesd",
      "com.apple.CoreServices.coreservicesd",
      "com.apple.lsd.mapdb",
    ),
    ...looking("com.apple.coreservices.appleevents", "com.apple.pasteboard.1", "xpc:com.apple.any"),
    { operation: "appleevent-send" },
    { operation: "lsopen" },
    { operation: "job-creation" },
    { operation: "mach-register", name: "com.example.own" },
    { operation: "user-preference-write" },
    { operation: "user-preference-read" },
  ],
  "ssh-agent": () => socket("/private/tmp/com.apple.launchd.y/Listeners"),
  "x11-socket": () => [...socket("/private/tmp/.X11-unix/X7"), ...looking("com.apple.windowserver.active")],
  "wayland-socket": () => looking("com.apple.CARenderServer", "com.apple.screencapture.interactive"),
  "abstract-socket": () => [{ operation: "ipc-posix-shm-read-data", name: "apple.shm.cfprefsd" }],

  "tcp-loopback": () => connecting("127.0.0.1"),
  "tcp-loopback6": () => connecting("::1"),
  "tcp-host": () => connecting("own"),
  "tcp-host6": () => [...connecting("fe80::1"), ...connecting("2001:db8::1")],
  dns: () => [
    ...connecting("192.0.2.53", 53, "udp"),
    ...connecting("127.0.0.1", 53, "udp"),
    ...socket("/private/var/run/mDNSResponder"),
    ...looking("com.apple.dnssd.service", "com.apple.networkd", "com.apple.SystemConfiguration.configd"),
  ],
  icmp: () => [{ operation: "system-socket" }, ...connecting("192.0.2.1", 1, "udp")],
  "proxy-past": () => [...connecting("192.0.2.80", 80), ...connecting("169.254.169.254", 80)],
  "proxy-private": () => "the http door decides over what goes through it (tests/threats)",
  "tls-address": () => connecting("192.0.2.80", 443),
  "listen-host": () => [
    { operation: "network-bind", local: { kind: "tcp", host: "own", port: 8080 } },
    { operation: "network-bind", local: { kind: "tcp", host: "127.0.0.1", port: 0 } },
    { operation: "network-inbound", local: { kind: "tcp", host: "127.0.0.1", port: 8080 } },
    { operation: "network-bind", socket: "/private/tmp/x.sock" },
  ],

  "environment-secret": () => "the environment is made, not inherited (seatbelt-start.test.ts)",
  "environment-parent": () => [
    ...others("process-info-pidinfo", "process-info-dirtycontrol"),
    { operation: "sysctl-read", name: "kern.procargs2" },
    { operation: "sysctl-read", name: "kern.procargs" },
  ],
  "proxy-credential": () => "a secret of the run, worth nothing anywhere else (decision 15)",
  "library-preload": () => "the environment is made, not inherited (seatbelt-start.test.ts)",
  "file-size": () => "a limit of the shell that starts it (seatbelt-start.test.ts)",
  "disk-fill": () => "not held on a Mac (docs/limitations.md)",
  "shared-fill": () => [{ operation: "ipc-posix-shm-write-create", name: "/doorward-escape" }],
  memory: () => "not held on a Mac (docs/limitations.md)",
  descriptors: () => "a limit of the shell that starts it (seatbelt-start.test.ts)",
  "fork-bomb": () => "a limit of the shell that starts it (seatbelt-start.test.ts)",

  "see-process": () => [
    ...others("process-info-listpids", "process-info-pidinfo", "process-info-pidfdinfo"),
    { operation: "sysctl-read", name: "kern.proc.all" },
    { operation: "sysctl-read", name: "kern.proc.pid.1" },
    ...looking("com.apple.sysmond"),
  ],
  "process-environment": () => [
    ...others("process-info-pidinfo"),
    { operation: "sysctl-read", name: "kern.procargs2" },
  ],
  "kill-process": () => others("signal"),
  "read-memory": () => others("mach-priv-task-port", "mach-task-name", "process-codesigning-status-set"),
  "host-sysctl": () => [
    { operation: "sysctl-write", name: "kern.hostname" },
    { operation: "nvram-set" },
    { operation: "nvram-get" },
    { operation: "system-set-time" },
  ],
  sysrq: () => [{ operation: "system-reboot" }, { operation: "system-kext-load" }],
  "shared-memory": () => [
    { operation: "ipc-sysv-shm" },
    { operation: "ipc-sysv-sem" },
    { operation: "ipc-sysv-msg" },
    { operation: "ipc-posix-shm-read-data", name: "/psm_0a1b2c3d" },
    { operation: "ipc-posix-sem", name: "/others" },
  ],
  "inherited-descriptor": () =>
    "libuv has the kernel close what is not handed on (POSIX_SPAWN_CLOEXEC_DEFAULT, libuv src/unix/process.c)",
  ptrace: () => others("mach-priv-task-port", "process-info-setcontrol"),
  "process-vm": () => NO_CALL,
  "io-uring": () => NO_CALL,
  "user-namespace": () => NO_CALL,
  "mount-namespace": () => NO_CALL,
  "clone-namespace": () => NO_CALL,
  "clone3-namespace": () => NO_CALL,
  setns: () => NO_CALL,
  mount: ({ work }) => [
    { operation: "file-mount", path: `${work}/m` },
    { operation: "file-unmount", path: "/" },
  ],
  "open-tree": () => NO_CALL,
  chroot: ({ work }) => [{ operation: "file-chroot", path: work }],
  bpf: () => [...reading("/dev/bpf0"), ...writing("/dev/bpf0")],
  "perf-event": () => [{ operation: "system-kas-info" }, ...reading("/dev/dtrace")],
  userfaultfd: () => NO_CALL,
  "keyring-read": ({ home }) => [
    ...looking(
      "com.apple.SecurityServer",
      "com.apple.securityd.xpc",
      "com.apple.secd",
      "com.apple.trustd.agent",
    ),
    ...reading(`${home}/Library/Keychains/login.keychain-db`),
    ...reading("/Library/Keychains/System.keychain"),
  ],
  "keyring-write": ({ home }) => writing(`${home}/Library/Keychains/login.keychain-db`),
  "terminal-input": () => [
    { operation: "file-write-data", path: "/dev/ttys004" },
    { operation: "file-read-data", path: "/dev/ttys004" },
  ],
  x32: () => NO_CALL,
  "packet-socket": () => [{ operation: "system-socket" }, ...reading("/dev/bpf1")],
  "raw-socket": () => [{ operation: "system-socket" }],
  "netfilter-socket": () => [{ operation: "system-socket" }, ...reading("/dev/pf")],
  "crypto-socket": () => NO_CALL,
  "vsock-socket": () => [{ operation: "system-socket" }, { operation: "iokit-open", name: "AppleKeyStore" }],
};
