import type { ManifestBody } from "./manifest-schema.ts";

type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What each shipped tool that does something does, for whoever decides about it: by client, package or address, then by tool. `{name}` is
 * an argument. Doorward's words: no agent and no server has a say in them.
 */
const SUMMARIES: Words = {
  "claude-code": {
    Bash: "Run {command}",
    Write: "Write the file {file_path}",
    Edit: "Change the file {file_path}",
    MultiEdit: "Change the file {file_path}",
    NotebookEdit: "Change the notebook {notebook_path}",
    WebFetch: "Fetch {url}",
    TaskStop: "Stop the background task {task_id}",
    KillShell: "Stop the shell {shell_id}",
    KillBash: "Stop the shell {shell_id}",
  },
  codex: {
    exec_command: "Run {cmd}",
    write_stdin: "Type {chars} into the running session {session_id}",
  },
  openclaw: {
    exec: "Run {command} on {host}",
    process: "{action} the process {sessionId}, with keys {keys} and text {text}",
    write: "Write the file {path}",
    edit: "Change the file {path}",
  },
  goose: {
    shell: "Run {command}",
    write: "Write the file {path}",
    edit: "Change the file {path}",
  },
  "@modelcontextprotocol/server-filesystem": {
    write_file: "Write the file {path}",
    edit_file: "Change the file {path}",
    create_directory: "Make the folder {path}",
    move_file: "Move {source} to {destination}",
  },
  "@modelcontextprotocol/server-memory": {
    create_entities: "Keep new things in the memory graph: {entities}",
    create_relations: "Keep new relations in the memory graph: {relations}",
    add_observations: "Add to what the memory graph says: {observations}",
    delete_entities: "Delete from the memory graph: {entityNames}",
    delete_observations: "Delete what the memory graph says: {deletions}",
    delete_relations: "Delete relations from the memory graph: {relations}",
  },
  "@modelcontextprotocol/server-github": {
    create_or_update_file: "Put the file {path} into {owner}/{repo} on {branch}",
    push_files: "Push files to {owner}/{repo} on {branch}",
    create_branch: "Make the branch {branch} in {owner}/{repo}",
    create_repository: "Make the repository {name}",
    fork_repository: "Fork {owner}/{repo} to {organization}",
    create_issue: "Open an issue in {owner}/{repo}: {title}",
    update_issue: "Change issue {issue_number} of {owner}/{repo}",
    add_issue_comment: "Comment on issue {issue_number} of {owner}/{repo}",
    create_pull_request: "Open a pull request in {owner}/{repo} from {head}: {title}",
    create_pull_request_review: "Review pull request {pull_number} of {owner}/{repo}: {event}",
    merge_pull_request: "Merge pull request {pull_number} of {owner}/{repo}",
    update_pull_request_branch: "Bring the branch of pull request {pull_number} of {owner}/{repo} up to date",
  },
  "@playwright/mcp": {
    browser_navigate: "Open {url} in the browser",
    browser_tabs: "{action} a browser tab, at {url}",
    browser_snapshot: "Save what the page holds to {filename}",
    browser_find: "Search the page and save what is found to {filename}",
    browser_console_messages: "Save the page's console to {filename}",
    browser_network_requests: "Save the page's requests to {filename}",
    browser_network_request: "Save request {index} of the page to {filename}",
    browser_take_screenshot: "Save a picture of the page to {filename}",
    browser_evaluate: "Run a script in the page: {function}",
    browser_run_code_unsafe: "Run code in the browser's driver: {code} {filename}",
  },
  "@notionhq/notion-mcp-server": {
    "API-patch-block-children": "Add to the Notion block {block_id}",
    "API-update-a-block": "Change the Notion block {block_id}",
    "API-delete-a-block": "Delete the Notion block {block_id}",
    "API-patch-page": "Change the Notion page {page_id}",
    "API-post-page": "Make a Notion page under {parent}",
    "API-update-page-markdown": "Rewrite the Notion page {page_id}",
    "API-update-a-data-source": "Change the Notion data source {data_source_id}",
    "API-create-a-data-source": "Make a Notion data source under {parent}",
    "API-move-page": "Move the Notion page {page_id} to {parent}",
    "API-create-a-comment": "Comment in Notion at {parent}",
  },
  "@modelcontextprotocol/server-postgres": { query: "Run SQL: {sql}" },
  "@modelcontextprotocol/server-slack": {
    slack_post_message: "Post to the Slack channel {channel_id}: {text}",
    slack_reply_to_thread: "Reply in the Slack channel {channel_id}: {text}",
    slack_add_reaction: "React in the Slack channel {channel_id} with {reaction}",
  },
  "https://api.githubcopilot.com/mcp": {
    add_comment_to_pending_review: "Add a comment to a review of pull request {pullNumber} of {owner}/{repo}",
    add_issue_comment: "Comment on issue {issue_number} of {owner}/{repo}",
    add_issue_comment_reaction: "React to comment {comment_id} in {owner}/{repo}",
    add_issue_reaction: "React to issue {issue_number} of {owner}/{repo}",
    add_pull_request_review_comment: "Comment in the review of pull request {pullNumber} of {owner}/{repo}",
    add_pull_request_review_comment_reaction: "React to comment {comment_id} in {owner}/{repo}",
    add_reply_to_pull_request_comment:
      "Reply to comment {commentId} on pull request {pullNumber} of {owner}/{repo}",
    add_sub_issue: "Put issue {sub_issue_id} under issue {issue_number} of {owner}/{repo}",
    create_branch: "Make the branch {branch} in {owner}/{repo}",
    create_gist: "Publish a gist: {description}",
    create_issue: "Open an issue in {owner}/{repo}: {title}",
    create_or_update_file: "Put the file {path} into {owner}/{repo} on {branch}",
    create_pull_request: "Open a pull request in {owner}/{repo} from {head}: {title}",
    create_pull_request_review: "Review pull request {pullNumber} of {owner}/{repo}: {event}",
    create_repository: "Make the repository {name} in {organization}",
    delete_file: "Delete the file {path} of {owner}/{repo}",
    delete_pending_pull_request_review:
      "Drop a pending review of pull request {pullNumber} of {owner}/{repo}",
    delete_repository: "Delete the repository {owner}/{repo}",
    discussion_comment_write: "Write in discussion {discussionNumber} of {owner}/{repo}",
    fork_repository: "Fork {owner}/{repo} to {organization}",
    issue_write: "Write issue {issue_number} of {owner}/{repo}: {title}",
    merge_pull_request: "Merge pull request {pullNumber} of {owner}/{repo}",
    pull_request_review_write: "Write a review of pull request {pullNumber} of {owner}/{repo}: {event}",
    push_files: "Push files to {owner}/{repo} on {branch}",
    remove_sub_issue: "Take issue {sub_issue_id} from under issue {issue_number} of {owner}/{repo}",
    reprioritize_sub_issue: "Move issue {sub_issue_id} under issue {issue_number} of {owner}/{repo}",
    request_pull_request_reviewers: "Ask {reviewers} to review pull request {pullNumber} of {owner}/{repo}",
    resolve_review_thread: "Close the review thread {threadID}",
    star_repository: "Star {owner}/{repo}",
    sub_issue_write: "Change what is under issue {issue_number} of {owner}/{repo}",
    submit_pending_pull_request_review:
      "Send the review of pull request {pullNumber} of {owner}/{repo}: {event}",
    unresolve_review_thread: "Open the review thread {threadID} again",
    unstar_repository: "Take the star off {owner}/{repo}",
    update_gist: "Change the gist {gist_id}",
    update_issue_assignees: "Give issue {issue_number} of {owner}/{repo} to {assignees}",
    update_issue_body: "Rewrite issue {issue_number} of {owner}/{repo}",
    update_issue_labels: "Label issue {issue_number} of {owner}/{repo}",
    update_issue_milestone: "Set the milestone of issue {issue_number} of {owner}/{repo}",
    update_issue_state: "Set issue {issue_number} of {owner}/{repo} to {state}",
    update_issue_title: "Rename issue {issue_number} of {owner}/{repo} to {title}",
    update_issue_type: "Set the type of issue {issue_number} of {owner}/{repo}",
    update_pull_request: "Change pull request {pullNumber} of {owner}/{repo}",
    update_pull_request_body: "Rewrite pull request {pullNumber} of {owner}/{repo}",
    update_pull_request_branch: "Bring the branch of pull request {pullNumber} of {owner}/{repo} up to date",
    update_pull_request_draft_state: "Set whether pull request {pullNumber} of {owner}/{repo} is a draft",
    update_pull_request_state: "Set pull request {pullNumber} of {owner}/{repo} to {state}",
    update_pull_request_title: "Rename pull request {pullNumber} of {owner}/{repo} to {title}",
  },
};

/** Arguments that name what can change between a yes and its use (T11): a file of code, the head of a pull request. */
const MUTABLE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "@modelcontextprotocol/server-github": { merge_pull_request: ["pull_number"] },
  "@playwright/mcp": { browser_run_code_unsafe: ["filename"] },
  "https://api.githubcopilot.com/mcp": { merge_pull_request: ["pullNumber"] },
};

type Shelf = Readonly<Record<string, Readonly<Record<string, ManifestBody>>>>;

/** The manifests with their words, and with what can change. */
export function worded(shelf: Shelf): Shelf {
  return Object.fromEntries(
    Object.entries(shelf).map(([of, tools]) => [
      of,
      Object.fromEntries(Object.entries(tools).map(([tool, body]) => [tool, withWords(of, tool, body)])),
    ]),
  );
}

function withWords(of: string, tool: string, body: ManifestBody): ManifestBody {
  const summary = SUMMARIES[of]?.[tool];
  const mutable = MUTABLE[of]?.[tool];
  return {
    ...body,
    ...(summary === undefined ? {} : { summary }),
    ...(mutable === undefined ? {} : { mutable }),
  };
}
