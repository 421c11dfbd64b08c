import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";
import { openTelegram, telegramTraits } from "../support/platforms/telegram.ts";

const row = rowOf("telegram");
await sdkConformance("telegram, polling", row, telegramTraits("polling"), () => openTelegram("polling"));
await sdkConformance("telegram, webhook", row, telegramTraits("webhook"), () => openTelegram("webhook"));
