import { discordTraits, openDiscord } from "../support/platforms/discord.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

const row = rowOf("discord");
await sdkConformance("discord, gateway", row, discordTraits("gateway"), () => openDiscord("gateway"));
await sdkConformance("discord, webhook", row, discordTraits("webhook"), () => openDiscord("webhook"));
