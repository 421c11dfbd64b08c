/** Folders in a workspace whose contents a program of the host runs, or an agent outside the sandbox obeys, later (T26). */
export const GUARDED_FOLDERS: ReadonlySet<string> = new Set([
  // Editors: tasks, run configurations, recommended settings that name programs.
  ".vscode",
  ".idea",
  ".vs",
  ".zed",
  ".fleet",
  ".devcontainer",
  // Agents: hooks, commands, MCP servers, permissions.
  ".claude",
  ".codex",
  ".cursor",
  ".gemini",
  ".goose",
  ".opencode",
  ".openclaw",
  ".windsurf",
  ".kiro",
  ".roo",
  ".continue",
  ".amazonq",
  // Hooks of git that are kept beside the code.
  ".husky",
  ".githooks",
  ".lefthook",
]);

/** Those that are put there, empty and unchangeable, for the time of a run where a workspace has none. */
export const MADE_FOLDERS: readonly string[] = [
  ".vscode",
  ".idea",
  ".claude",
  ".codex",
  ".cursor",
  ".gemini",
];

export const GUARDED_FILES: ReadonlySet<string> = new Set([
  ".envrc",
  ".mise.toml",
  "mise.toml",
  ".mcp.json",
  "opencode.json",
  "opencode.jsonc",
  ".aider.conf.yml",
  ".pre-commit-config.yaml",
  "lefthook.yml",
  "lefthook.yaml",
  ".lefthook.yml",
  ".nvim.lua",
  ".nvimrc",
  ".exrc",
  ".vimrc",
  ".dir-locals.el",
  ".gdbinit",
  ".lldbinit",
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  ".pnpmfile.cjs",
  ".gitmodules",
  // What agents take for their user's standing words.
  "CLAUDE.md",
  "CLAUDE.local.md",
  "AGENTS.md",
  "GEMINI.md",
  ".cursorrules",
  ".windsurfrules",
  ".goosehints",
  ".clinerules",
]);

export const GUARDED_SUFFIXES: readonly string[] = [".code-workspace"];

/** Files of a workspace that hold secrets. `.env.example` and its like do not. */
export const SECRET_FILES =
  /^(?:\.env(?:\.(?!example$|sample$|template$|dist$|defaults$)[\w.-]+)?|\.netrc|\.git-credentials|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ovpn)|service-account.*\.json|credentials\.json)$/;

/** Read by programs of every kind, and without secrets. All else of `/etc` is not there. */
export const SHOWN_ETC: readonly string[] = [
  "alternatives",
  "bash.bashrc",
  "ca-certificates",
  "ca-certificates.conf",
  "debian_version",
  "fonts",
  "gitconfig",
  "inputrc",
  "java",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "locale.alias",
  "locale.conf",
  "magic",
  "mime.types",
  "nsswitch.conf",
  "os-release",
  "perl",
  "pki/ca-trust",
  "pki/tls/certs",
  "profile",
  "protocols",
  "python3",
  "python3.11",
  "python3.12",
  "python3.13",
  "rpc",
  "services",
  "shells",
  "ssl/certs",
  "ssl/openssl.cnf",
  "terminfo",
  "timezone",
];

/** Where the system keeps programs and what they need. */
export const SYSTEM_FOLDERS: readonly string[] = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix/store",
  "/gnu/store",
];

/** Of /proc, besides what bubblewrap itself covers (`sys`, `sysrq-trigger`, `irq`, `bus`). */
export const HIDDEN_PROC: readonly string[] = [
  "/proc/keys",
  "/proc/key-users",
  "/proc/kcore",
  "/proc/kmsg",
  "/proc/timer_list",
  "/proc/sched_debug",
  "/proc/latency_stats",
];
