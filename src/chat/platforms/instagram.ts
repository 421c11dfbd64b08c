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
    .default("https://graph.instagram.com/v23.0")
    .describe(
      "Address of the Instagram API with its version; another one only in tests or behind a gateway of yours",
    ),
  allowPrivate: z.boolean().default(false).describe("That address is on this machine or a private network"),
});

/** Instagram messages by the Instagram API with Instagram login. Shapes: developers.facebook.com/docs/instagram-platform. */
export const instagram: Platform = {
  name: "instagram",
  title: "Instagram",
  abilities: ABILITIES,
  settings,
  secrets: META_SECRETS,
  setup: [
    "Make a professional Instagram account and an app with the Instagram API for Doorward; get an access token with instagram_business_manage_messages.",
    "In the app's Instagram settings, set the webhook to {webhook} with your verify token; subscribe to messages and messaging_postbacks.",
    "Each person writes to the account once: their id there is the place to post to, and 24 hours run from what they wrote last.",
  ],
  source: "developers.facebook.com/docs/instagram-platform: Messaging API, Button template, Webhooks",
  open: async (given) => {
    const { api, allowPrivate } = settingsOf(settings, given.settings);
    return openMeta(
      {
        title: "Instagram",
        object: "instagram",
        api,
        allowPrivate,
        abilities: ABILITIES,
        // "Must be UTF-8 and be 1000 bytes or less" (Send a text message).
        wordsBytesMax: 1_000,
        kindOf: () => ({}),
        whoAmI: async (call) => {
          const { json } = await call({ method: "GET", path: "/me?fields=user_id,username" });
          const [id, name] = [textAt(json, "user_id"), textAt(json, "username")];
          if (id === null || name === null) throw channelUnreachable("Instagram does not say who we are");
          return { id, name, tenant: id };
        },
      },
      given,
    );
  },
};
