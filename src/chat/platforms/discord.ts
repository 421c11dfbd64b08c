import { z } from "zod";
import type { Given, Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  applicationId: z.string().min(1).describe("the application's id: Developer Portal, General Information"),
  guildId: z
    .string()
    .min(1)
    .describe(
      "the server's id: in Discord with developer mode on, right click on the server, Copy Server ID",
    ),
  mode: z
    .enum(["gateway", "webhook"])
    .default("gateway")
    .describe("how taps reach Doorward: over a connection that it opens (gateway), or over a webhook"),
  publicKey: z
    .string()
    .length(64)
    .optional()
    .describe("for a webhook, the application's public key: General Information"),
  apiUrl: z.url().optional().describe("the API's address with its version; leave it out"),
});

const isGateway = ({ settings: given }: Given): boolean => given["mode"] !== "webhook";

export const discord: Platform = {
  name: "discord",
  title: "Discord",
  abilities: {
    buttons: true,
    edits: true,
    buttonsMax: 25,
    textMax: 4_096,
    inbound: "connection",
    tellsAlone: true,
  },
  settings,
  secrets: { botToken: "the bot's token: Developer Portal, your application, Bot, Reset Token" },
  setup: [
    "Make an application at https://discord.com/developers/applications and copy its application id.",
    "Bot: reset the token and keep it; switch on the Message Content Intent (for typed codes and the link step).",
    "OAuth2, URL Generator: scope bot; permissions View Channels, Send Messages and Embed Links; open the address, choose your server.",
    "With the gateway nothing of Doorward has to be reachable, and the Interactions Endpoint URL stays empty.",
    "With a webhook: General Information, Interactions Endpoint URL {webhook}; typed words do not reach Doorward then.",
  ],
  source: "@chat-adapter/discord 4.41.0 (npm); https://docs.discord.com/developers",
  open: (given) =>
    openSdkChannel(
      {
        ...discord,
        connects: isGateway,
        hears: (mine) => !isGateway(mine),
        needs: (mine) => (isGateway(mine) ? [] : ["publicKey"]),
      },
      given,
    ),
};
