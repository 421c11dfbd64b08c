// A Mattermost server as a bot sees it. Shapes: developers.mattermost.com (REST API v4 /posts, interactive messages, custom
// slash commands); `PostActionIntegrationRequest` and `PostActionIntegrationResponse` of mattermost/server/public/model;
// `pending_post_id` as `deduplicateCreatePost` of its app layer takes it (30 seconds there).
import { randomBytes } from "node:crypto";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { renderMarkdown } from "./markdown.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "mattermost");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const mattermostTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: false,
  webhook: true,
  words: true,
  idempotent: true,
  autolinks: false,
};

interface Action {
  readonly id: string;
  readonly name: string;
  readonly integration: { readonly url: string; readonly context: { readonly token: string } };
}

interface Post {
  readonly id: string;
  readonly channel_id: string;
  message: string;
  props?: { readonly attachments?: readonly { readonly actions?: readonly Action[] }[] };
  readonly pending_post_id?: string;
}

export interface MattermostRig extends Rig {
  /** As clients get it: without `integration`. */
  readonly seen: () => string;
}

const WEBHOOK = "https://doorward.example/hooks/mm";
const NOT_FOUND: Reply = {
  status: 404,
  json: { id: "app.post.get.app_error", message: "Unable to get the post.", status_code: 404 },
};

export async function openMattermostRig(webhook: string | null = WEBHOOK): Promise<MattermostRig> {
  const secrets = { token: randomBytes(13).toString("hex"), commandToken: randomBytes(13).toString("hex") };
  const posts: Post[] = [];
  const ephemeral: Shown[] = [];
  let triggers = 0;
  let last: WebhookRequest | null = null;

  const create = ({ json }: Call): Reply => {
    const given = json as unknown as Omit<Post, "id">;
    if (given.message.length > 16_383) return { status: 400, json: { message: "too long" } };
    const same = posts.find(
      (one) => given.pending_post_id !== undefined && one.pending_post_id === given.pending_post_id,
    );
    if (same !== undefined) return { status: 201, json: same };
    const post = { ...given, id: `post${posts.length}` };
    posts.push(post);
    return { status: 201, json: post };
  };
  const route = (call: Call): Reply => {
    const { pathname } = call.url;
    if (call.headers["authorization"] !== `Bearer ${secrets.token}`)
      return { status: 401, json: { message: "no" } };
    if (pathname === "/sub/api/v4/users/me")
      return { status: 200, json: { id: "bot", username: "doorward" } };
    if (pathname === "/sub/api/v4/channels/direct")
      return { status: 201, json: { id: (call.json as unknown as string[]).join("__") } };
    if (pathname === "/sub/api/v4/posts") return create(call);
    const post = posts.find(({ id }) => pathname === `/sub/api/v4/posts/${id}/patch`);
    if (post === undefined) return NOT_FOUND;
    Object.assign(post, call.json);
    return { status: 200, json: post };
  };
  const server = await openLocal({
    route,
    writes: ({ method }) => method !== "GET",
    replies: {
      rate: {
        status: 429,
        headers: { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "7" },
      },
      revoked: {
        status: 401,
        json: { id: "api.context.session_expired.app_error", message: `Invalid session ${secrets.token}` },
      },
    },
  });
  const outside = openOutside();
  const settings = { url: `${server.origin}/sub/`, allowPrivate: true };
  const channel = await platform.open({ settings, secrets, webhook, outside });
  const does = (deed: Deed, how: Circumstances): WebhookRequest => {
    triggers += 1;
    const common = {
      user_id: deed.user,
      user_name: "ada",
      channel_id: "hall",
      team_id: "team",
      trigger_id: `trigger${triggers}`,
    };
    if (deed.kind === "words")
      return commanded({ ...common, text: deed.text }, how.forged === true ? "other" : secrets.commandToken);
    const actions = posts.find(({ id }) => id === deed.on.id)?.props?.attachments?.[0]?.actions ?? [];
    const action = actions.find(({ integration }) => integration.context.token === deed.token);
    const url = new URL(action?.integration.url ?? WEBHOOK);
    if (how.forged === true) url.searchParams.set("proof", "0".repeat(64));
    const body = JSON.stringify({
      ...common,
      post_id: deed.on.id,
      type: "button",
      context: action?.integration.context,
    });
    const headers = { "content-type": "application/json" };
    return { method: "POST", url: `${url.pathname}${url.search}`, headers, body: Buffer.from(body) };
  };
  return {
    channel,
    place: { kind: "room", id: "hall" },
    user: "user-ada",
    secrets: Object.values(secrets),
    seen: () => JSON.stringify(posts, (name, value: unknown) => (name === "integration" ? undefined : value)),
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => [...posts.map(rendered), ...ephemeral],
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        last = does(deed, how);
        return last;
      },
      again: async () => last,
      answered: ({ status, body }) => {
        if (status !== 200) return;
        const said = JSON.parse(body) as { readonly ephemeral_text?: string; readonly text?: string };
        const words = said.ephemeral_text ?? said.text;
        if (words !== undefined)
          ephemeral.push({ ...rendered({ id: "e", channel_id: "hall", message: words }) });
      },
      forget: ({ id }) => {
        posts.splice(
          posts.findIndex((one) => one.id === id),
          1,
        );
      },
    },
  };
}

function commanded(fields: Record<string, string>, token: string): WebhookRequest {
  const form = new URLSearchParams({ ...fields, command: "/doorward", token }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", authorization: `Token ${token}` };
  return { method: "POST", url: "/hooks/mm", headers, body: Buffer.from(form) };
}

function rendered({ id, channel_id, message, props }: Post): Shown {
  const actions = props?.attachments?.flatMap((one) => one.actions ?? []) ?? [];
  return {
    ref: { place: { kind: "room", id: channel_id }, id },
    ...renderMarkdown(message),
    buttons: actions.map(({ name, integration }) => ({ label: name, token: integration.context.token })),
  };
}
