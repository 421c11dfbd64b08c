import type { Driver } from "./driver.ts";
import { discordDriver } from "./discord-driver.ts";
import { gchatDriver } from "./gchat-driver.ts";
import { githubDriver } from "./github-driver.ts";
import { linearDriver } from "./linear-driver.ts";
import { resendDriver } from "./resend-driver.ts";
import { slackDriver } from "./slack-driver.ts";
import { teamsDriver } from "./teams-driver.ts";
import { telegramDriver } from "./telegram-driver.ts";
import { twilioDriver } from "./twilio-driver.ts";
import { whatsappDriver } from "./whatsapp-driver.ts";

/** What the process of an adapter does differently for each platform, by the platform's name. */
export const DRIVERS: Readonly<Record<string, Driver>> = {
  discord: discordDriver,
  gchat: gchatDriver,
  github: githubDriver,
  linear: linearDriver,
  resend: resendDriver,
  slack: slackDriver,
  teams: teamsDriver,
  telegram: telegramDriver,
  twilio: twilioDriver,
  whatsapp: whatsappDriver,
};
