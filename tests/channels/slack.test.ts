import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";
import { openSlack, slackTraits } from "../support/platforms/slack.ts";

const row = rowOf("slack");
await sdkConformance("slack, Socket Mode", row, slackTraits("socket"), () => openSlack("socket"));
await sdkConformance("slack, webhook", row, slackTraits("webhook"), () => openSlack("webhook"));
