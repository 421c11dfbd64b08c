import type { Platform } from "./platform.ts";
import { email } from "./platforms/email.ts";
import { matrix } from "./platforms/matrix.ts";
import { mattermost } from "./platforms/mattermost.ts";
import { slack } from "./platforms/slack.ts";
import { webhook } from "./platforms/webhook.ts";
import { telegram } from "./platforms/telegram.ts";
import { discord } from "./platforms/discord.ts";

/** Every platform that a channel can be on, by name. */
export const PLATFORMS: readonly Platform[] = [discord, email, matrix, mattermost, slack, telegram, webhook];
