import type { Card } from "#cards";
import { type Driver, setting, TooLong } from "./driver.ts";
import { fenced } from "./fenced.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, at, construct, SILENT, textAt } from "./sdk.ts";

/**
 * GitHub by `@chat-adapter/github`: comments of an issue or pull request, as an account of Doorward's own. Shapes and limits:
 * docs.github.com/rest/issues/comments (65,536 characters), docs.github.com/webhooks (signature over the body, in which a
 * comment has its time).
 */
const TEXT_LENGTH_MAX = 65_536;
const STALE_AFTER_MS = 900_000;

export const githubDriver: Driver = {
  package: "@chat-adapter/github",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["api.github.com"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "GitHubAdapter", {
        token: given.secrets["token"],
        // Without one nothing verifies: no request is believed.
        webhookSecret: given.secrets["webhookSecret"] ?? crypto.randomUUID(),
        logger: SILENT,
        ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
      }),
    ),
  probe: async (adapter) => {
    const said = await ask(at(adapter, "defaultOctokit", "users"), "getAuthenticated");
    const id = textAt(said, "data", "id");
    if (id === null) throw new Error("GitHub named no user for this token");
    return { id, name: textAt(said, "data", "login") ?? id, tenant: null };
  },
  render: (card) => ({ raw: bodyOf(card) }),
  plain: (text) => ({ raw: fenced(text) }),
  // `owner/repository#12`; GitHub takes the comments of a pull request for an issue's.
  room: (id) => `github:${id.replace("#", ":issue:")}`,
  conversation: (thread) =>
    thread.includes(":rc:") || thread.includes(":issue:") ? thread : asIssue(thread),
  roomOf: (thread) => asIssue(thread).slice("github:".length).replace(":issue:", "#"),
  tap: () => {
    throw new Error("there are no buttons");
  },
  words: ({ id, author, metadata, raw }) => ({
    event: `comment.${id}`,
    user: { id: author.userId, tenant: null, name: author.userName },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "comment", "body") ?? "",
  }),
  staleAfterMs: STALE_AFTER_MS,
};

function asIssue(thread: string): string {
  return thread.replace(/^(github:[^:]+):(\d+)(?::rc:\d+)?$/, "$1:issue:$2");
}

function bodyOf(card: Card): string {
  const body = fenced(card);
  if (body.length > TEXT_LENGTH_MAX) throw new TooLong("letters", body.length, TEXT_LENGTH_MAX);
  return body;
}
