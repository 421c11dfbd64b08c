import type { FlowRole } from "#vocabulary";
import type { ManifestBody } from "./manifest-schema.ts";
import { worded } from "./summaries.table.ts";

/**
 * Manifests for ten MCP servers in wide use, by the npm package that they are: in force only where the server is that
 * package in a version that was looked at, for the shapes in `shapes.table.ts`. What others can write is untrusted, people's
 * names and channels too: whoever is let in as a guest chooses them.
 */
const UNTRUSTED = { integrity: "untrusted" } as const;
const IN_FOLDERS = { integrity: "untrusted", inFolders: true } as const;
const HERE = { integrity: "trusted" } as const;

type Roles = Readonly<Record<string, FlowRole>>;

function all(role: FlowRole, names: string): Roles {
  return Object.fromEntries(names.split(" ").map((name) => [name, role]));
}

function look(queries = "", controls = ""): ManifestBody {
  const roles = {
    ...(queries === "" ? {} : all("query", queries)),
    ...(controls === "" ? {} : all("control", controls)),
  };
  return { effect: "read", roles, output: UNTRUSTED };
}

/** Asks somebody outside: the words of the question are content that leaves. */
function search(words: string, queries = "", controls = ""): ManifestBody {
  const { roles, ...more } = look(queries, controls);
  return { ...more, roles: { ...all("content", words), ...roles } };
}

function change(
  effect: ManifestBody["effect"],
  roles: Roles,
  more: Partial<ManifestBody> = {},
): ManifestBody {
  return { effect, roles, output: UNTRUSTED, ...more };
}

function file(effect: "read" | "write", paths: string, more: Roles = {}): ManifestBody {
  return { effect, roles: { ...all("path", paths), ...more }, output: IN_FOLDERS };
}

/** The owner and name of a repository say who can read what is put there. */
const REPOSITORY: Roles = all("destination", "owner repo");
const PULL: Roles = { ...REPOSITORY, pull_number: "selector" };
const PAGES = "page perPage per_page";
const LOOK_AT_PULL = look("owner repo pull_number");

/** A page of the workspace is read by whoever may read it: texts go there like to a place, not to a person. */
function notionChange(selectors: string, more: Partial<ManifestBody> = {}): ManifestBody {
  return change("write", all("selector", selectors), more);
}

type Shelf = Readonly<Record<string, Readonly<Record<string, ManifestBody>>>>;

/** By npm package, then by tool. */
export const SHIPPED_PACKAGES: Shelf = worded({
  "@modelcontextprotocol/server-filesystem": {
    read_file: file("read", "path", all("control", "head tail")),
    read_text_file: file("read", "path", all("control", "head tail")),
    read_media_file: file("read", "path"),
    read_multiple_files: file("read", "paths"),
    write_file: file("write", "path"),
    edit_file: file("write", "path", all("control", "dryRun")),
    create_directory: file("write", "path"),
    list_directory: file("read", "path"),
    list_directory_with_sizes: file("read", "path", all("control", "sortBy")),
    directory_tree: file("read", "path", all("query", "excludePatterns")),
    move_file: file("write", "source destination"),
    search_files: file("read", "path", all("query", "pattern excludePatterns")),
    get_file_info: file("read", "path"),
    list_allowed_directories: { effect: "read", roles: {}, output: HERE },
  },
  "@modelcontextprotocol/server-memory": {
    create_entities: change("write", all("content", "entities")),
    create_relations: change("write", all("content", "relations")),
    add_observations: change("write", all("content", "observations")),
    delete_entities: change("destroy", all("selector", "entityNames")),
    delete_observations: change("destroy", all("selector", "deletions")),
    delete_relations: change("destroy", all("selector", "relations")),
    read_graph: look(),
    search_nodes: look("query"),
    open_nodes: look("names"),
  },
  "@modelcontextprotocol/server-sequential-thinking": {
    // It answers counters.
    sequentialthinking: {
      effect: "read",
      roles: all(
        "control",
        "nextThoughtNeeded thoughtNumber totalThoughts isRevision revisesThought branchFromThought needsMoreThoughts",
      ),
      output: HERE,
    },
  },
  "@modelcontextprotocol/server-github": {
    search_repositories: look("query", PAGES),
    search_code: look("q", `order ${PAGES}`),
    search_issues: look("q", `order sort ${PAGES}`),
    search_users: look("q", `order sort ${PAGES}`),
    get_file_contents: look("owner repo path branch"),
    list_commits: look("owner repo sha", PAGES),
    list_issues: look("owner repo labels", `direction since sort state ${PAGES}`),
    get_issue: look("owner repo issue_number"),
    get_pull_request: LOOK_AT_PULL,
    list_pull_requests: look("owner repo head base", `state sort direction ${PAGES}`),
    get_pull_request_files: LOOK_AT_PULL,
    get_pull_request_status: LOOK_AT_PULL,
    get_pull_request_comments: LOOK_AT_PULL,
    get_pull_request_reviews: LOOK_AT_PULL,
    create_or_update_file: change("send", REPOSITORY),
    push_files: change("send", REPOSITORY),
    create_branch: change("write", REPOSITORY),
    create_repository: change("write", all("control", "private autoInit")),
    fork_repository: change("send", { ...REPOSITORY, organization: "destination" }),
    create_issue: change("send", { ...REPOSITORY, assignees: "destination" }),
    update_issue: change("send", {
      ...REPOSITORY,
      issue_number: "selector",
      assignees: "destination",
      state: "control",
    }),
    add_issue_comment: change("send", { ...REPOSITORY, issue_number: "selector" }),
    create_pull_request: change("send", { ...REPOSITORY, ...all("control", "draft maintainer_can_modify") }),
    create_pull_request_review: change("send", { ...PULL, event: "control" }),
    merge_pull_request: change("send", { ...PULL, merge_method: "control" }),
    update_pull_request_branch: change("write", PULL),
  },
  "@playwright/mcp": {
    // What a click, a key or a form does is the page's: a person says where that may be.
    browser_navigate: { effect: "fetch", roles: all("destination", "url"), output: UNTRUSTED },
    browser_tabs: {
      effect: "read",
      effectIf: { url: "fetch" },
      roles: { url: "destination", ...all("control", "action index") },
      output: UNTRUSTED,
    },
    browser_navigate_back: look(),
    browser_snapshot: { ...look("target", "depth boxes"), ...savedAs("target") },
    browser_find: { ...look("text regex"), ...savedAs("text regex") },
    browser_console_messages: { ...look("", "level all"), ...savedAs("", "level all") },
    browser_network_requests: { ...look("filter", "static"), ...savedAs("filter", "static") },
    browser_network_request: { ...look("", "index part"), ...savedAs("", "index part") },
    browser_take_screenshot: {
      ...look("element target", "type fullPage scale"),
      ...savedAs("element target", "type fullPage scale"),
    },
    browser_wait_for: look("text textGone", "time"),
    browser_hover: look("element target"),
    browser_resize: look("", "width height"),
    browser_emulate_media: look("", "colorScheme reducedMotion forcedColors contrast media"),
    browser_close: look(),
    browser_evaluate: change("execute", {
      function: "command",
      filename: "path",
      ...all("query", "element target"),
    }),
    browser_run_code_unsafe: change("execute", { code: "command", filename: "command" }),
  },
  "@notionhq/notion-mcp-server": {
    "API-get-user": look("user_id"),
    "API-get-users": look("", "start_cursor page_size"),
    "API-get-self": look(),
    "API-post-search": look("query sort filter", "start_cursor page_size"),
    "API-get-block-children": look("block_id", "start_cursor page_size"),
    "API-retrieve-a-block": look("block_id"),
    "API-retrieve-a-page": look("page_id filter_properties"),
    "API-retrieve-a-page-property": look("page_id property_id", "page_size start_cursor"),
    "API-retrieve-a-comment": look("block_id", "start_cursor page_size"),
    "API-query-data-source": look(
      "data_source_id filter_properties filter sorts",
      "start_cursor page_size archived in_trash",
    ),
    "API-retrieve-a-data-source": look("data_source_id"),
    "API-list-data-source-templates": look("data_source_id", "start_cursor page_size"),
    "API-retrieve-a-database": look("database_id"),
    "API-retrieve-page-markdown": look("page_id", "include_transcript"),
    "API-patch-block-children": notionChange("block_id after"),
    "API-update-a-block": notionChange("block_id", { effectIf: { archived: "destroy" } }),
    "API-delete-a-block": change("destroy", all("selector", "block_id")),
    "API-patch-page": notionChange("page_id", { effectIf: { archived: "destroy", in_trash: "destroy" } }),
    "API-post-page": notionChange("parent"),
    "API-update-page-markdown": notionChange("page_id"),
    "API-update-a-data-source": notionChange("data_source_id"),
    "API-create-a-data-source": notionChange("parent"),
    "API-move-page": notionChange("page_id parent"),
    "API-create-a-comment": change("send", all("selector", "parent")),
  },
  "@upstash/context7-mcp": {
    "resolve-library-id": search("query", "libraryName"),
    "query-docs": search("query", "libraryId"),
  },
  // Its transaction is read-only in name: a text of several statements ends it.
  "@modelcontextprotocol/server-postgres": { query: change("execute", all("command", "sql")) },
  "@modelcontextprotocol/server-slack": {
    slack_list_channels: look("", "limit cursor"),
    slack_get_channel_history: look("channel_id", "limit"),
    slack_get_thread_replies: look("channel_id thread_ts"),
    slack_get_users: look("", "cursor limit"),
    slack_get_user_profile: look("user_id"),
    slack_post_message: change("send", all("destination", "channel_id")),
    slack_reply_to_thread: change("send", { channel_id: "destination", thread_ts: "selector" }),
    slack_add_reaction: change("send", { channel_id: "destination", timestamp: "selector" }),
  },
  "@modelcontextprotocol/server-brave-search": {
    brave_web_search: search("query", "", "count offset"),
    brave_local_search: search("query", "", "count"),
  },
});

/** A file name makes a look write one. */
function savedAs(queries: string, controls = ""): Partial<ManifestBody> {
  const { roles } = look(queries, controls);
  return { effectIf: { filename: "write" }, roles: { ...roles, filename: "path" } };
}
