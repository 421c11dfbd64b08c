import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  appId: z.string().min(1).describe("the bot's Microsoft App ID: Azure Bot, Configuration"),
  tenantId: z.string().min(1).describe("your directory's id: Azure Bot, Configuration, App Tenant ID"),
  teamId: z
    .string()
    .min(1)
    .describe(
      "the team that the bot is installed in (19:…): in Teams, the team's link, the part after /team/",
    ),
  apiUrl: z.url().optional().describe("the address of a stand-in of Teams, for tests; else leave it out"),
});

export const teams: Platform = {
  name: "teams",
  title: "Microsoft Teams",
  abilities: { buttons: true, edits: true, buttonsMax: 6, textMax: 10_000, inbound: "webhook" },
  settings,
  secrets: { appPassword: "a client secret of the bot's app: Azure Bot, Configuration, Manage Password" },
  setup: [
    "Make an Azure Bot (single tenant) at https://portal.azure.com and a client secret of its app.",
    "Configuration: messaging endpoint {webhook}. Channels: add Microsoft Teams.",
    "Make a Teams app (https://dev.teams.microsoft.com/apps) with that bot, scopes team and personal, and install it in your team.",
    "A room is named by its conversation (19:…@thread.tacv2), a person by their id for this bot (29:…), which the link step shows.",
  ],
  source: "@chat-adapter/teams 4.41.0 (npm); https://learn.microsoft.com/microsoftteams/platform/bots",
  open: (given) => openSdkChannel({ ...teams, hears: () => true }, given),
};
