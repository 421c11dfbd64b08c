import { z } from "zod";
import { channelUnreachable } from "../faults.ts";
import { textAt } from "../http.ts";
import { META_SECRETS, openMeta } from "../meta.ts";
import type { Platform } from "../platform.ts";
import type { PlatformAbilities } from "../port.ts";
import { settingsOf } from "../settings.ts";

const ABILITIES: PlatformAbilities = {
  buttons: true,
  edits: false,
  // Button template: "up to 3 buttons", "640 character limit".
  buttonsMax: 3,
  textMax: 640,
  inbound: "webhook",
};

const settings = z.object({
  api: z
    .url()
    .default("https://graph.facebook.com/v21.0")
    .describe(
      "Address of the Graph API with its version; another one only in tests or behind a gateway of yours",
    ),
  allowPrivate: z.boolean().default(false).describe("That address is on this machine or a private network"),
});

/** Facebook Messenger by the Send API. Shapes: developers.facebook.com/docs/messenger-platform (send-messages, webhooks). */
export const messenger: Platform = {
  name: "messenger",
  title: "Messenger",
  abilities: ABILITIES,
  settings,
  secrets: META_SECRETS,
  setup: [
    "Make a Facebook page and an app with Messenger for Doorward; get a page access token with pages_messaging.",
    "In the app's Messenger settings, set the webhook to {webhook} with your verify token; subscribe to messages and messaging_postbacks.",
    "Each person writes to the page once: their id there is the place to post to, and 24 hours run from what they wrote last.",
  ],
  source: "developers.facebook.com/docs/messenger-platform: Send API, Button template, Webhooks",
  open: async (given) => {
    const { api, allowPrivate } = settingsOf(settings, given.settings);
    return openMeta(
      {
        title: "Messenger",
        object: "page",
        api,
        allowPrivate,
        abilities: ABILITIES,
        // "2000 characters", of whatever kind: a byte is never more than one.
        wordsBytesMax: 2_000,
        kindOf: (kind) => ({ messaging_type: kind === "update" ? "UPDATE" : "RESPONSE" }),
        whoAmI: async (call) => {
          const { json } = await call({ method: "GET", path: "/me?fields=id,name" });
          const [id, name] = [textAt(json, "id"), textAt(json, "name")];
          if (id === null || name === null) throw channelUnreachable("Messenger does not say who we are");
          return { id, name, tenant: id };
        },
      },
      given,
    );
  },
};
