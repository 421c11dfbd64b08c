import { z } from "zod";
import type { Given, Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  mode: z
    .enum(["polling", "webhook"])
    .default("polling")
    .describe("how taps reach Doorward: it asks for them (polling), or Telegram calls a webhook"),
  apiUrl: z.url().optional().describe("the address of a Bot API server of your own; else leave it out"),
});

const isPolling = ({ settings: given }: Given): boolean => given["mode"] !== "webhook";

export const telegram: Platform = {
  name: "telegram",
  title: "Telegram",
  abilities: {
    buttons: true,
    edits: true,
    buttonsMax: 100,
    textMax: 4_096,
    inbound: "connection",
    tellsAlone: true,
  },
  settings,
  secrets: {
    botToken: "the bot's token, from @BotFather after /newbot",
    secretToken:
      "for a webhook, a word of your own (1 to 256 of A-Z a-z 0-9 _ -), the secret_token of setWebhook",
  },
  optionalSecrets: ["secretToken"],
  setup: [
    "Write /newbot to @BotFather in Telegram, choose a name, and keep the token that it answers.",
    "For a room: add the bot to the group. Its id (-100…) stands in the address of the group at https://web.telegram.org.",
    "For a person: they write to the bot once; Telegram lets no bot begin.",
    "With polling nothing of Doorward has to be reachable.",
    "With a webhook: call https://api.telegram.org/bot<token>/setWebhook with url={webhook} and secret_token=<your word>.",
  ],
  source: "@chat-adapter/telegram 4.41.1 (npm); https://core.telegram.org/bots/api",
  open: (given) =>
    openSdkChannel(
      {
        ...telegram,
        connects: isPolling,
        hears: (mine) => !isPolling(mine),
        needs: (mine) => (isPolling(mine) ? [] : ["secretToken"]),
      },
      given,
    ),
};
