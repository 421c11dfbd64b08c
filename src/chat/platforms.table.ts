import type { Platform } from "./platform.ts";
import { discord } from "./platforms/discord.ts";
import { email } from "./platforms/email.ts";
import { matrix } from "./platforms/matrix.ts";
import { mattermost } from "./platforms/mattermost.ts";
import { slack } from "./platforms/slack.ts";
import { telegram } from "./platforms/telegram.ts";
import { webex } from "./platforms/webex.ts";
import { webhook } from "./platforms/webhook.ts";

/** Every platform that a channel can be on, by name. */
export const PLATFORMS: readonly Platform[] = [
  discord,
  email,
  matrix,
  mattermost,
  slack,
  telegram,
  webex,
  webhook,
];
