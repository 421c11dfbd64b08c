// GitHub as an account sees it: docs.github.com/rest/issues/comments (create, update), .../rest/users/users, .../rest/using-the-rest-api/
// rate-limits-for-the-rest-api; the event issue_comment and its signature: docs.github.com/webhooks.
import { createHmac } from "node:crypto";
import type { Shown, Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { readFenced } from "./fenced.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [REPOSITORY, ISSUE, ADA, OURS] = ["house/requests", 12, "583231", 9_999];
const SECRETS = { token: "github_pat_secret_secret_secret", webhookSecret: "word-of-ours" };

export const githubTraits: Traits = {
  abilities: rowOf("github").abilities,
  tenants: false,
  dated: false,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: false,
};

export function openGithub(): Promise<SdkPlatform> {
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, call),
      writes: ({ method }) => method !== "GET",
      replies: {
        rate: {
          status: 429,
          headers: { "retry-after": "7" },
          json: { message: "You have exceeded a secondary rate limit" },
        },
        error: { status: 500, json: { message: "Server Error" } },
        revoked: { status: 401, json: { message: "Bad credentials", status: "401" } },
      },
    },
    settings: (origin) => ({ apiUrl: origin }),
    secrets: SECRETS,
    place: { kind: "room", id: `${REPOSITORY}#${ISSUE}` },
    user: ADA,
    request: (deed, how, count) => {
      const when = new Date(Date.now() - (how.agoMs ?? 0)).toISOString();
      const user = { login: "ada", id: Number(ADA), type: "User" };
      const body = JSON.stringify({
        action: "created",
        issue: { number: ISSUE, title: "Requests", user },
        comment: {
          id: count,
          user,
          body: deed.kind === "words" ? deed.text : "",
          created_at: when,
          updated_at: when,
        },
        repository: {
          id: 1,
          name: "requests",
          full_name: REPOSITORY,
          owner: { login: "house", id: 2, type: "Organization" },
        },
        sender: user,
      });
      const key = how.forged === true ? "another" : SECRETS.webhookSecret;
      const headers = {
        "content-type": "application/json",
        "x-github-event": "issue_comment",
        "x-github-delivery": `72d3162e-cc78-11e3-81ab-${count}`,
        "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}`,
      };
      return { method: "POST", url: "/hooks/github", headers, body: Buffer.from(body) };
    },
  }));
}

function answer(board: Board, { method, url, json }: Call): Reply {
  if (url.pathname === "/user")
    return { status: 200, json: { login: "doorward-bot", id: OURS, type: "User" } };
  const body = String(json?.["body"]);
  const said = (id: number): Reply => ({
    status: method === "POST" ? 201 : 200,
    json: { id, body, user: { login: "doorward-bot", id: OURS, type: "User" } },
  });
  if (method === "POST" && url.pathname === `/repos/${REPOSITORY}/issues/${ISSUE}/comments`) {
    const id = board.next();
    board.shown.push(shownAs(body, id));
    return said(id);
  }
  const id = Number(url.pathname.split("/").at(-1));
  const at = board.shown.findIndex(({ ref }) => ref.id.endsWith(` ${id}`));
  if (at < 0) return { status: 404, json: { message: "Not Found" } };
  board.shown[at] = shownAs(body, id);
  return said(id);
}

function shownAs(body: string, id: number): Shown {
  const place = { kind: "room", id: `${REPOSITORY}#${ISSUE}` } as const;
  return { ref: { place, id: `github:${REPOSITORY}:issue:${ISSUE} ${id}` }, ...readFenced(body) };
}
