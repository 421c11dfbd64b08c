import { z } from "zod";
import type { Given, Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  mode: z
    .enum(["socket", "webhook"])
    .default("socket")
    .describe("how taps reach Doorward: over a connection that it opens (Socket Mode), or over a webhook"),
  apiUrl: z
    .url()
    .optional()
    .describe("the API's address, for GovSlack (https://slack-gov.com/api/); else leave it out"),
});

const isSocket = ({ settings: given }: Given): boolean => given["mode"] !== "webhook";

export const slack: Platform = {
  name: "slack",
  title: "Slack",
  // Block Kit: 25 elements in one `actions` block; what counts is the length of all blocks (see adapters/slack-driver.ts).
  abilities: {
    buttons: true,
    edits: true,
    buttonsMax: 25,
    textMax: 3_000,
    inbound: "connection",
    tellsAlone: true,
  },
  settings,
  secrets: {
    botToken: "the bot token (xoxb-…): api.slack.com/apps, your app, OAuth & Permissions",
    appToken: "for Socket Mode, the app-level token with connections:write (xapp-…): Basic Information",
    signingSecret: "for webhooks, the signing secret: Basic Information, App Credentials",
  },
  optionalSecrets: ["appToken", "signingSecret"],
  setup: [
    "Make an app at https://api.slack.com/apps (From scratch) in your workspace.",
    "OAuth & Permissions: add the bot scopes chat:write, im:write, im:history, users:read and app_mentions:read, then install it.",
    "Socket Mode: switch it on and make an app-level token with connections:write. Nothing of Doorward has to be reachable.",
    "Interactivity & Shortcuts: switch it on (with webhooks instead of Socket Mode: Request URL {webhook}).",
    "Event Subscriptions: subscribe the bot to message.im (with webhooks: Request URL {webhook}).",
    "Invite the bot to the room that requests go to: /invite @your-bot.",
  ],
  source: "@chat-adapter/slack 4.41.1 (npm); https://docs.slack.dev",
  open: (given) =>
    openSdkChannel(
      {
        ...slack,
        connects: isSocket,
        hears: (mine) => !isSocket(mine),
        needs: (mine) => [isSocket(mine) ? "appToken" : "signingSecret"],
      },
      given,
    ),
};
