import type { FlowRole } from "#vocabulary";
import type { ManifestBody } from "./manifest-schema.ts";
import { worded } from "./summaries.table.ts";

/**
 * Manifests for the tools that coding agents bring along: what each does as its client's published code has it. Each is in
 * force only for the shapes in `shapes.table.ts`. What can start other work (sub-agents, schedules, patches whose paths stand
 * inside a text) is not here: a person says what it may be.
 */
const UNTRUSTED = { integrity: "untrusted" } as const;
/** The user's own folders, opened by the user: as trusted as the user's words. Other places are not. */
const IN_FOLDERS = { integrity: "untrusted", inFolders: true } as const;
/** The client's own fixed words. */
const HERE = { integrity: "trusted" } as const;

type Roles = Readonly<Record<string, FlowRole>>;

function all(role: FlowRole, names: string): Roles {
  return Object.fromEntries(names.split(" ").map((name) => [name, role]));
}

function shell(commands: string, controls: string, paths = "workdir"): ManifestBody {
  return {
    effect: "execute",
    roles: { ...all("command", commands), ...all("control", controls), ...all("path", paths) },
    output: IN_FOLDERS,
  };
}

function write(path: string, controls = "replace_all"): ManifestBody {
  return {
    effect: "write",
    roles: { ...all("path", path), ...all("control", controls) },
    output: IN_FOLDERS,
  };
}

function read(path: string, controls = "offset limit"): ManifestBody {
  return { effect: "read", roles: { ...all("path", path), ...all("control", controls) }, output: IN_FOLDERS };
}

const FETCH: ManifestBody = {
  effect: "fetch",
  roles: { url: "destination", prompt: "query" },
  output: UNTRUSTED,
};
/** Its words go to whoever searches the web: content, not a mere question. */
const SEARCH: ManifestBody = {
  effect: "read",
  roles: { query: "content", ...all("query", "allowed_domains blocked_domains") },
  output: UNTRUSTED,
};
/** The agent's own list of what to do: it answers a fixed sentence. */
const PLAN: ManifestBody = { effect: "read", roles: {}, output: HERE };
/** What the agent wrote into its list comes back, from earlier sessions too. */
const RECALL: ManifestBody = { effect: "read", roles: {}, output: UNTRUSTED };
/** Ends what the agent itself started. */
const STOP: ManifestBody = { effect: "write", roles: all("control", "task_id shell_id"), output: HERE };
/** What a program answered that was started earlier, wherever it had its words from. */
const LATER: ManifestBody = {
  effect: "read",
  roles: all("control", "task_id bash_id block timeout filter"),
  output: UNTRUSTED,
};
const GREP: ManifestBody = {
  effect: "read",
  roles: { path: "path", ...all("query", "pattern glob type") },
  output: IN_FOLDERS,
};

type Shelf = Readonly<Record<string, Readonly<Record<string, ManifestBody>>>>;

/** By client, then by tool. */
export const SHIPPED_TOOLS: Shelf = worded({
  "claude-code": {
    Bash: shell("command", "description timeout run_in_background dangerouslyDisableSandbox"),
    Read: read("file_path", "offset limit pages"),
    Write: write("file_path"),
    Edit: write("file_path"),
    MultiEdit: write("file_path"),
    NotebookEdit: write("notebook_path", "cell_id cell_type edit_mode"),
    // A pattern may name a place outside: it is one.
    Glob: read("path pattern"),
    Grep: GREP,
    LS: read("path", "ignore"),
    WebFetch: FETCH,
    WebSearch: SEARCH,
    TodoWrite: PLAN,
    TaskCreate: PLAN,
    TaskUpdate: PLAN,
    TaskGet: RECALL,
    TaskList: RECALL,
    TaskOutput: LATER,
    BashOutput: LATER,
    TaskStop: STOP,
    KillShell: STOP,
    KillBash: STOP,
  },
  codex: {
    // Another shell, or a prefix that is approved for good, is as much a command as the command.
    exec_command: shell(
      "cmd shell prefix_rule",
      "justification login max_output_tokens sandbox_permissions tty yield_time_ms",
    ),
    write_stdin: {
      effect: "read",
      effectIf: { chars: "execute" },
      roles: { chars: "command", ...all("control", "session_id yield_time_ms max_output_tokens") },
      output: UNTRUSTED,
    },
    update_plan: PLAN,
    view_image: read("path"),
  },
  openclaw: {
    // Variables of the environment, and another machine, make another command of it.
    exec: shell("command env host node", "title yieldMs background timeoutSeconds pty elevated ask"),
    process: {
      effect: "read",
      effectIf: { data: "execute", keys: "execute", hex: "execute", literal: "execute", text: "execute" },
      roles: {
        ...all("command", "data keys hex literal text"),
        ...all("control", "action sessionId bracketed eof offset limit timeout"),
      },
      output: UNTRUSTED,
    },
    read: read("path", "offset limit cursor optional"),
    write: write("path"),
    edit: write("path"),
    ls: read("path", "limit after"),
  },
  goose: {
    shell: shell("command", "timeout_secs"),
    write: write("path"),
    edit: write("path"),
    tree: read("path", "depth"),
  },
});
