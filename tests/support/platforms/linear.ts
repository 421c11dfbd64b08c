// Linear as a user's API key sees it: linear.app/developers/graphql (commentCreate, commentUpdate, viewer, errors by
// `extensions`), linear.app/developers/rate-limiting; the webhook Comment and its signature: linear.app/developers/webhooks;
// fields of a comment: @linear/sdk 76, CommentFragment.
import { createHmac } from "node:crypto";
import type { Shown, Traits } from "../../conformance/channel-rig.ts";
import { readFenced } from "./fenced.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [ORGANISATION, ISSUE, ADA, OURS] = [
  "b1c5a9a0-0000-4000-8000-000000000001",
  "b1c5a9a0-0000-4000-8000-000000000002",
  "b1c5a9a0-0000-4000-8000-000000000003",
  "b1c5a9a0-0000-4000-8000-000000000004",
];
const SECRETS = { apiKey: "lin_api_secret_secret_secret", webhookSecret: "lin_wh_secret" };

export const linearTraits: Traits = {
  abilities: rowOf("linear").abilities,
  tenants: true,
  dated: true,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: false,
};

export function openLinear(): Promise<SdkPlatform> {
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, call),
      // Of the two requests that a write takes, the first one writes.
      fails: ({ json }) => !/query comment\b/.test(String(json?.["query"])),
      writes: ({ json }) => /^\s*mutation/.test(String(json?.["query"])),
      replies: {
        rate: {
          status: 429,
          headers: { "retry-after": "7" },
          json: failed("Rate limit exceeded", "ratelimited"),
        },
        error: { status: 500, json: failed("Internal server error", "internal error") },
        revoked: {
          status: 401,
          json: failed("Authentication required, not authenticated", "authentication error"),
        },
        hollow: { status: 200, json: { data: {} } },
      },
    },
    settings: (origin) => ({ apiUrl: `${origin}/graphql` }),
    secrets: SECRETS,
    place: { kind: "room", id: ISSUE },
    user: ADA,
    request: (deed, how, count) => {
      const id = `b1c5a9a0-0000-4000-9000-${String(count).padStart(12, "0")}`;
      const when = new Date().toISOString();
      const user = {
        id: ADA,
        name: "Ada",
        email: "ada@house.example",
        url: "https://linear.app/house/profiles/ada",
      };
      const text = deed.kind === "words" ? deed.text : "";
      const body = JSON.stringify({
        action: "create",
        type: "Comment",
        createdAt: when,
        organizationId: how.elsewhere === true ? "b1c5a9a0-0000-4000-8000-000000000009" : ORGANISATION,
        webhookTimestamp: Date.now() - (how.agoMs ?? 0),
        webhookId: "b1c5a9a0-0000-4000-8000-000000000008",
        url: "https://linear.app/house/issue/HOU-1",
        actor: { ...user, type: "user" },
        data: { id, body: text, issueId: ISSUE, userId: ADA, user, createdAt: when, updatedAt: when },
      });
      const key = how.forged === true ? "another" : SECRETS.webhookSecret;
      const signature = createHmac("sha256", key).update(body).digest("hex");
      // Nobody signs this header: an old request with a fresh one is as old as its body says.
      const headers = {
        "content-type": "application/json",
        "linear-signature": signature,
        "linear-timestamp": String(Date.now()),
      };
      return { method: "POST", url: "/hooks/linear", headers, body: Buffer.from(body) };
    },
  }));
}

const failed = (message: string, type: string): object => ({
  errors: [{ message, extensions: { type, userPresentableMessage: message } }],
});

function answer(board: Board, { json }: Call): Reply {
  const query = String(json?.["query"]);
  const { input, id } = (json?.["variables"] ?? {}) as { input?: { body?: string }; id?: string };
  if (query.includes("viewer"))
    return {
      status: 200,
      json: { data: { viewer: { id: OURS, displayName: "doorward", organization: { id: ORGANISATION } } } },
    };
  const body = input?.body ?? "";
  if (/mutation createComment\b/.test(query)) {
    const made = `b1c5a9a0-0000-4000-a000-${String(board.next()).padStart(12, "0")}`;
    board.shown.push(shownAs(body, made));
    return payload("commentCreate", made);
  }
  const at = board.shown.findIndex(({ ref }) => ref.id.endsWith(` ${id}`));
  return at < 0
    ? { status: 400, json: failed("Entity not found: Comment", "invalid input") }
    : existing(board, at, query, body);
}

function existing(board: Board, at: number, query: string, body: string): Reply {
  const id = board.shown[at]?.ref.id.split(" ")[1] ?? "";
  if (/mutation updateComment\b/.test(query)) {
    board.shown[at] = shownAs(body, id);
    return payload("commentUpdate", id);
  }
  const when = new Date().toISOString();
  const fields = {
    id,
    body: "",
    url: "https://linear.app/c",
    createdAt: when,
    updatedAt: when,
    reactionData: {},
    reactions: [],
  };
  return { status: 200, json: { data: { comment: fields } } };
}

const payload = (name: string, id: string): Reply => ({
  status: 200,
  json: { data: { [name]: { success: true, lastSyncId: 1, comment: { id } } } },
});

function shownAs(body: string, id: string): Shown {
  return { ref: { place: { kind: "room", id: ISSUE }, id: `linear:${ISSUE} ${id}` }, ...readFenced(body) };
}
