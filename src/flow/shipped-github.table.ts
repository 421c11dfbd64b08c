import type { FlowRole } from "#vocabulary";
import type { ManifestBody } from "./manifest-schema.ts";
import { worded } from "./summaries.table.ts";

/**
 * Manifests for GitHub's own hosted server, by its address: GitHub itself answers there. What it answers is what people and
 * outsiders wrote. Starting workflows, agents and projects' many changes at once are not here: a person says what they may be.
 */
const UNTRUSTED = { integrity: "untrusted" } as const;
const LOOK: ManifestBody = { effect: "read", roles: {}, output: UNTRUSTED };

/** What an argument of this name is for, wherever it stands; the others are content. */
const ROLES: Readonly<Record<string, FlowRole>> = {
  // The owner and name of a repository say who can read what is put there.
  ...all("destination", "owner repo organization assignees reviewers"),
  ...all("selector", "issue_number pullNumber comment_id commentId commentNodeID discussionNumber"),
  ...all("selector", "sub_issue_id after_id before_id threadID threadId gist_id duplicate_of"),
  ...all("control", "method event state state_reason reaction side startSide line startLine subjectType"),
  ...all("control", "draft public private autoInit merge_method maintainer_can_modify replace_parent"),
  ...all("control", "allow_symlink_write confidence is_suggestion issue_type"),
};

function all(role: FlowRole, names: string): Readonly<Record<string, FlowRole>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, role]));
}

function each(names: string, manifest: ManifestBody): Readonly<Record<string, ManifestBody>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, manifest]));
}

/** A change whose arguments have these names. */
function change(effect: ManifestBody["effect"], names: string): ManifestBody {
  const roles = names.split(" ").flatMap((name) => {
    const role = ROLES[name];
    return role === undefined ? [] : [[name, role] as const];
  });
  return { effect, roles: Object.fromEntries(roles), output: UNTRUSTED };
}

const ON_ISSUE = change("send", "owner repo issue_number");
const ON_PULL = change("send", "owner repo pullNumber");
const ON_COMMENT = change("send", "owner repo comment_id");

/** By address, without a slash at its end, then by tool. */
export const SHIPPED_REMOTES: Readonly<Record<string, Readonly<Record<string, ManifestBody>>>> = worded({
  "https://api.githubcopilot.com/mcp": {
    ...each(
      "actions_get actions_list find_duplicate get_code_quality_finding get_code_scanning_alert get_commit get_dependabot_alert " +
        "get_discussion get_discussion_comments get_file_blame get_file_contents get_gist get_global_security_advisory get_job_logs " +
        "get_label get_latest_release get_me get_notification_details get_release_by_tag get_repository_tree get_secret_scanning_alert " +
        "get_tag get_team_members get_teams issue_dependency_read issue_read list_branches list_code_scanning_alerts list_commits " +
        "list_dependabot_alerts list_discussion_categories list_discussions list_gists list_global_security_advisories " +
        "list_issue_fields list_issue_types list_issues list_label list_notifications list_org_repository_security_advisories " +
        "list_pull_requests list_releases list_repository_collaborators list_repository_security_advisories " +
        "list_secret_scanning_alerts list_starred_repositories list_tags projects_get projects_list pull_request_read search_code " +
        "search_commits search_issues search_orgs search_pull_requests search_repositories search_users",
      LOOK,
    ),
    ...each("update_issue_body update_issue_labels update_issue_milestone update_issue_title", ON_ISSUE),
    ...each("update_pull_request_body update_pull_request_title update_pull_request_branch", ON_PULL),
    add_issue_comment: change("send", "owner repo issue_number comment_id reaction"),
    add_issue_comment_reaction: ON_COMMENT,
    add_pull_request_review_comment_reaction: ON_COMMENT,
    add_issue_reaction: ON_ISSUE,
    add_comment_to_pending_review: change(
      "send",
      "owner repo pullNumber line side startLine startSide subjectType",
    ),
    add_pull_request_review_comment: change(
      "send",
      "owner repo pullNumber line side startLine startSide subjectType",
    ),
    add_reply_to_pull_request_comment: change("send", "owner repo pullNumber commentId reaction"),
    add_sub_issue: change("send", "owner repo issue_number sub_issue_id replace_parent"),
    create_branch: change("write", "owner repo"),
    create_gist: change("send", "public"),
    update_gist: change("send", "gist_id"),
    create_issue: change("send", "owner repo"),
    create_or_update_file: change("send", "owner repo allow_symlink_write"),
    push_files: change("send", "owner repo"),
    create_pull_request: change("send", "owner repo reviewers draft maintainer_can_modify"),
    create_pull_request_review: change("send", "owner repo pullNumber event"),
    create_repository: change("write", "organization private autoInit"),
    fork_repository: change("send", "owner repo organization"),
    delete_file: {
      ...change("destroy", "owner repo"),
      roles: { owner: "selector", repo: "selector", path: "selector" },
    },
    delete_repository: { ...change("destroy", "owner"), roles: { owner: "selector", repo: "selector" } },
    delete_pending_pull_request_review: change("destroy", "owner repo pullNumber"),
    remove_sub_issue: change("destroy", "owner repo issue_number sub_issue_id"),
    discussion_comment_write: change("send", "owner repo discussionNumber commentNodeID method"),
    issue_write: change("send", "owner repo issue_number assignees method state state_reason duplicate_of"),
    update_issue_assignees: change("send", "owner repo issue_number assignees"),
    update_issue_state: change(
      "send",
      "owner repo issue_number state state_reason duplicate_of confidence is_suggestion",
    ),
    update_issue_type: change("send", "owner repo issue_number issue_type confidence is_suggestion"),
    sub_issue_write: change("send", "owner repo issue_number sub_issue_id after_id before_id replace_parent"),
    reprioritize_sub_issue: change("write", "owner repo issue_number sub_issue_id after_id before_id"),
    pull_request_review_write: change("send", "owner repo pullNumber event method threadId"),
    submit_pending_pull_request_review: change("send", "owner repo pullNumber event"),
    request_pull_request_reviewers: change("send", "owner repo pullNumber reviewers"),
    resolve_review_thread: change("write", "threadID"),
    unresolve_review_thread: change("write", "threadID"),
    merge_pull_request: change("send", "owner repo pullNumber merge_method"),
    update_pull_request: change("send", "owner repo pullNumber reviewers draft state maintainer_can_modify"),
    update_pull_request_draft_state: change("send", "owner repo pullNumber draft"),
    update_pull_request_state: change("send", "owner repo pullNumber state"),
    star_repository: change("write", "owner repo"),
    unstar_repository: change("write", "owner repo"),
  },
});
