import { createHash } from "node:crypto";
import { z } from "zod";
import type { Card } from "#cards";
import { buttonsOf } from "../buttons.ts";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { type Caller, createCaller, textAt } from "../http.ts";
import { inCode, markdownCard } from "../markdown.ts";
import { fitting } from "../plain.ts";
import type { Given, Platform } from "../platform.ts";
import type { Channel, Place, PlatformAbilities } from "../port.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { proofOf, receive } from "./mattermost-answers.ts";

const ABILITIES: PlatformAbilities = {
  buttons: true,
  edits: true,
  // Ours; none is documented.
  buttonsMax: 20,
  // A post holds 16,383 letters, but clients fold what is higher than about 600 pixels behind "Show more".
  textMax: 3_000,
  inbound: "webhook",
};

const settings = z.object({
  url: z.url().describe("Address of the Mattermost server: https://chat.example.org"),
  allowPrivate: z.boolean().default(false).describe("The server is on this machine or a private network"),
});

const PART_MS_MAX = CHANNEL_CALL_MS_MAX / 2;

/**
 * Mattermost, REST API v4: posts with interactive buttons, changed by patch; taps and the slash command come to our webhook.
 * Shapes: developers.mattermost.com (interactive messages, slash commands) and `PostActionIntegrationRequest` of its model.
 */
export const mattermost: Platform = {
  name: "mattermost",
  title: "Mattermost",
  abilities: ABILITIES,
  settings,
  secrets: {
    token: "Access token of Doorward's bot account (Integrations > Bot Accounts)",
    commandToken: "Token of the slash command: Mattermost shows it when the command is made",
  },
  setup: [
    "Make a bot account for Doorward and get its access token; add it to the team and the channels it posts to.",
    "Make a slash command (Integrations > Slash Commands), say /doorward: request address {webhook}, method POST. Keep its token.",
    "If Mattermost reaches Doorward over a private address, list that in ServiceSettings.AllowedUntrustedInternalConnections.",
    "Use a channel's id as the room to post to, or a user's id as the person.",
  ],
  source: "developers.mattermost.com: REST API v4, interactive messages, custom slash commands",
  open: async (given) => openMattermost(given),
};

function openMattermost({ settings: given, secrets, outside, webhook }: Given): Channel {
  const { url, allowPrivate } = settingsOf(settings, given);
  const [token, commandToken] = [secretOf(secrets, "token"), secretOf(secrets, "commandToken")];
  const call = createCaller({
    egress: outside.egress,
    title: "Mattermost",
    base: `${url.replace(/\/+$/, "")}/api/v4`,
    allowPrivate,
    headers: { authorization: `Bearer ${token}` },
    secrets: [token, commandToken],
    // "X-Ratelimit-Reset: the remaining number of seconds before the limit resets".
    pauseOf: ({ headers }) => secondsOf(headers["x-ratelimit-reset"]),
  });
  const key = createHash("sha256").update(`doorward buttons ${commandToken}`).digest();
  const shown = (card: Card) => ({
    message: markdownCard(card, ABILITIES.textMax),
    props: { attachments: attachments(card, webhook, key) },
  });
  return {
    probe: async () => whoAmI(call),
    post: async (to, card, postKey) => {
      const body = JSON.stringify({
        ...shown(card),
        channel_id: await channelOf(call, to),
        pending_post_id: digest(postKey),
      });
      return {
        place: to,
        id: await idOf(call({ method: "POST", path: "/posts", body, timeoutMs: PART_MS_MAX })),
      };
    },
    edit: async (message, card) => {
      const path = `/posts/${encodeURIComponent(message.id)}/patch`;
      await idOf(call({ method: "PUT", path, body: JSON.stringify(shown(card)) }));
    },
    say: async (to, text, replyTo) => {
      const message = fitting(inCode(text), ABILITIES.textMax);
      const root = replyTo === null ? {} : { root_id: replyTo.id };
      const body = JSON.stringify({ message, channel_id: await channelOf(call, to), ...root });
      await idOf(call({ method: "POST", path: "/posts", body, timeoutMs: PART_MS_MAX }));
    },
    listen: async (inbox) => inbox.state("up", null),
    receive: (request, inbox) => receive(request, inbox, { key, commandToken, now: outside.ambient.now() }),
    close: async () => {},
  };
}

const STYLES = { approve: "good", deny: "danger", plain: "default" } as const;

/** What is under `integration` stays on the server: nobody who sees the post sees the token or its proof. */
function attachments(card: Card, webhook: string | null, key: Uint8Array): readonly object[] {
  const buttons = buttonsOf(card, ABILITIES.buttonsMax);
  if (buttons.length === 0) return [];
  if (webhook === null)
    throw channelRefused(
      "Mattermost could not reach our webhook, so that buttons would do nothing",
      "Set up the webhook listener (docs/guide/channels.md), then run `doorward channels test`.",
    );
  const actions = buttons.map(({ label, style, token }, at) => ({
    id: `b${at}`,
    type: "button",
    name: label,
    style: STYLES[style],
    integration: { url: `${webhook}?proof=${proofOf(key, token)}`, context: { token } },
  }));
  return [{ fallback: "", actions }];
}

const digest = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);

function secondsOf(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : null;
}

async function idOf(answer: ReturnType<Caller>): Promise<string> {
  const id = textAt((await answer).json, "id");
  if (id === null) throw channelUnreachable("Mattermost names no post for what it took");
  return id;
}

async function whoAmI(call: Caller): Promise<{ id: string; name: string; tenant: null }> {
  const { json } = await call({ method: "GET", path: "/users/me", timeoutMs: PART_MS_MAX });
  const [id, name] = [textAt(json, "id"), textAt(json, "username")];
  if (id === null || name === null) throw channelUnreachable("Mattermost does not say who we are");
  return { id, name, tenant: null };
}

/** A person's channel is the one that the two of us have: asking for it again gives the same. */
async function channelOf(call: Caller, { kind, id }: Place): Promise<string> {
  if (kind === "room") return id;
  const { id: self } = await whoAmI(call);
  return idOf(call({ method: "POST", path: "/channels/direct", json: [self, id], timeoutMs: PART_MS_MAX }));
}
