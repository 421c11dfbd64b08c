import type { ToolManifest } from "./manifest.ts";

/**
 * Manifests for the tools that coding agents bring along, as their definitions name tools and arguments. Unverified: written
 * from the published tool lists as known in November 2026 and not yet pinned by fingerprint; a person reviews them like any
 * proposal.
 */
type Shipped = Omit<ToolManifest, "tool">;

const UNTRUSTED = { integrity: "untrusted" } as const;
/** The user's own folder, opened by the user: as trusted as the user's words. Other places are not. */
function filesUnder(argument: string, roots: readonly string[]): ToolManifest["output"] {
  return {
    integrity: "untrusted",
    resources: roots.map((under) => ({ argument, under, integrity: "trusted" as const })),
  };
}

const PLAN: Shipped = { effect: "read", roles: {}, output: { integrity: "trusted" } };

const HERE = { integrity: "trusted" } as const;
const FETCH: Shipped = {
  effect: "fetch",
  roles: { url: "destination", prompt: "query" },
  output: UNTRUSTED,
};
const SEARCH: Shipped = { effect: "read", roles: { query: "query" }, output: UNTRUSTED };

function shell(argument: string): Shipped {
  const roles = {
    [argument]: "command",
    description: "control",
    timeout: "control",
    workdir: "path",
    cwd: "path",
  } as const;
  return { effect: "execute", roles, output: HERE };
}

function write(argument: string): Shipped {
  return { effect: "write", roles: { [argument]: "path" }, output: HERE };
}

function read(argument: string, roots: readonly string[]): Shipped {
  return { effect: "read", roles: { [argument]: "path" }, output: filesUnder(argument, roots) };
}

function look(...roles: string[]): Shipped {
  return { effect: "read", roles: Object.fromEntries(roles.map((role) => [role, "query"])), output: HERE };
}

type Shelf = Readonly<Record<string, Readonly<Record<string, Shipped>>>>;

/** By client, then by tool. `roots` are the folders that the user opened to the session. */
export function shippedManifests(roots: readonly string[]): Shelf {
  return {
    "claude-code": {
      Bash: shell("command"),
      Read: read("file_path", roots),
      Write: write("file_path"),
      Edit: write("file_path"),
      MultiEdit: write("file_path"),
      NotebookEdit: write("notebook_path"),
      Glob: look("path", "pattern"),
      Grep: look("path", "pattern"),
      LS: look("path"),
      WebFetch: FETCH,
      WebSearch: SEARCH,
      TodoWrite: PLAN,
    },
    codex: {
      shell: shell("command"),
      exec_command: shell("cmd"),
      update_plan: PLAN,
      view_image: read("path", roots),
      web_search: SEARCH,
    },
    openclaw: {
      exec: shell("command"),
      read: read("path", roots),
      write: write("path"),
      edit: write("path"),
      web_fetch: FETCH,
      web_search: SEARCH,
    },
    goose: { developer__shell: shell("command"), developer__text_editor: write("path") },
  };
}
