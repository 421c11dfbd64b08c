import type { Driver } from "./driver.ts";
import { discordDriver } from "./discord-driver.ts";
import { slackDriver } from "./slack-driver.ts";
import { telegramDriver } from "./telegram-driver.ts";

/** What the process of an adapter does differently for each platform, by the platform's name. */
export const DRIVERS: Readonly<Record<string, Driver>> = {
  discord: discordDriver,
  slack: slackDriver,
  telegram: telegramDriver,
};
