import type { ManifestBody } from "./manifest-schema.ts";

/**
 * Manifests for the tools that coding agents bring along. Each is in force only for the shapes in `shapes.table.ts`, which
 * are taken from the clients' own published definitions.
 */
const UNTRUSTED = { integrity: "untrusted" } as const;
/** The user's own folders, opened by the user: as trusted as the user's words. Other places are not. */
const IN_FOLDERS = { integrity: "untrusted", inFolders: true } as const;
/** Doorward and the client write it themselves. */
const HERE = { integrity: "trusted" } as const;

const PLAN: ManifestBody = { effect: "read", roles: {}, output: HERE };

const FETCH: ManifestBody = {
  effect: "fetch",
  roles: { url: "destination", prompt: "query" },
  output: UNTRUSTED,
};
const SEARCH: ManifestBody = { effect: "read", roles: { query: "query" }, output: UNTRUSTED };

function shell(argument: string): ManifestBody {
  const roles = {
    [argument]: "command",
    description: "control",
    timeout: "control",
    workdir: "path",
    cwd: "path",
  } as const;
  return { effect: "execute", roles, output: IN_FOLDERS };
}

function write(argument: string): ManifestBody {
  return { effect: "write", roles: { [argument]: "path" }, output: IN_FOLDERS };
}

function read(argument: string): ManifestBody {
  return { effect: "read", roles: { [argument]: "path" }, output: IN_FOLDERS };
}

function look(pattern: string): ManifestBody {
  return { effect: "read", roles: { path: "path", [pattern]: "query" }, output: IN_FOLDERS };
}

type Shelf = Readonly<Record<string, Readonly<Record<string, ManifestBody>>>>;

/** By client, then by tool. */
export const SHIPPED_TOOLS: Shelf = {
  "claude-code": {
    Bash: shell("command"),
    Read: read("file_path"),
    Write: write("file_path"),
    Edit: write("file_path"),
    MultiEdit: write("file_path"),
    NotebookEdit: write("notebook_path"),
    Glob: look("pattern"),
    Grep: look("pattern"),
    LS: read("path"),
    WebFetch: FETCH,
    WebSearch: SEARCH,
    TodoWrite: PLAN,
  },
  codex: {
    shell: shell("command"),
    exec_command: shell("cmd"),
    update_plan: PLAN,
    view_image: read("path"),
    web_search: SEARCH,
  },
  openclaw: {
    exec: shell("command"),
    read: read("path"),
    write: write("path"),
    edit: write("path"),
    web_fetch: FETCH,
    web_search: SEARCH,
  },
  goose: { developer__shell: shell("command"), developer__text_editor: write("path") },
};

/** By npm package, then by tool. */
export const SHIPPED_PACKAGES: Shelf = {};
