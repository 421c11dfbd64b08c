import type { Platform } from "./platform.ts";
import { discord } from "./platforms/discord.ts";
import { email } from "./platforms/email.ts";
import { gchat } from "./platforms/gchat.ts";
import { github } from "./platforms/github.ts";
import { imessage } from "./platforms/imessage.ts";
import { instagram } from "./platforms/instagram.ts";
import { linear } from "./platforms/linear.ts";
import { matrix } from "./platforms/matrix.ts";
import { mattermost } from "./platforms/mattermost.ts";
import { messenger } from "./platforms/messenger.ts";
import { resend } from "./platforms/resend.ts";
import { slack } from "./platforms/slack.ts";
import { teams } from "./platforms/teams.ts";
import { telegram } from "./platforms/telegram.ts";
import { twilio } from "./platforms/twilio.ts";
import { webex } from "./platforms/webex.ts";
import { webhook } from "./platforms/webhook.ts";
import { webpush } from "./platforms/webpush.ts";
import { whatsapp } from "./platforms/whatsapp.ts";
import { x } from "./platforms/x.ts";

/** Every platform that a channel can be on, by name. */
export const PLATFORMS: readonly Platform[] = [
  discord,
  email,
  gchat,
  github,
  imessage,
  instagram,
  linear,
  matrix,
  mattermost,
  messenger,
  resend,
  slack,
  teams,
  telegram,
  twilio,
  webex,
  webhook,
  webpush,
  whatsapp,
  x,
];
