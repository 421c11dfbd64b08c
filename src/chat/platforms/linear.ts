import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  apiUrl: z.url().optional().describe("the GraphQL API's address; leave it out"),
});

export const linear: Platform = {
  name: "linear",
  title: "Linear",
  abilities: { buttons: false, edits: true, buttonsMax: 0, textMax: 50_000, inbound: "webhook" },
  settings,
  secrets: {
    apiKey: "a personal API key of a user of Doorward's own: Settings, Security & access, Personal API keys",
    webhookSecret: "the webhook's signing secret: Settings, API, Webhooks",
  },
  setup: [
    "Make a user for Doorward in your workspace (not one that an agent uses) and an API key of it that may read and write.",
    "Settings, API, Webhooks: URL {webhook}, event Comments; keep the signing secret.",
    "A place is an issue's id (a UUID: in Linear, Cmd/Ctrl+K, Copy model UUID): the issue under which requests are written.",
  ],
  source: "@chat-adapter/linear 4.41.0 (npm); https://linear.app/developers",
  open: (given) => openSdkChannel({ ...linear, hears: () => true }, given),
};
