import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  phoneNumberId: z.string().min(1).describe("the id of your number: WhatsApp, API Setup, Phone number ID"),
  apiUrl: z.url().optional().describe("the Graph API's address; leave it out"),
});

export const whatsapp: Platform = {
  name: "whatsapp",
  title: "WhatsApp",
  abilities: { buttons: true, edits: false, buttonsMax: 3, textMax: 1_024, inbound: "webhook" },
  settings,
  secrets: {
    accessToken:
      "a permanent token of a system user with whatsapp_business_messaging: Meta Business Suite, System users",
    appSecret: "the app's secret: App Dashboard, App settings, Basic",
    verifyToken: "a word of your own, the same as in Meta's webhook set-up",
  },
  setup: [
    "Make an app of type Business at https://developers.facebook.com/apps and add WhatsApp to it; register your number.",
    "Make a system user with a permanent token, and keep the app's secret.",
    "WhatsApp, Configuration: callback URL {webhook}, verify token as given here; subscribe to the field messages.",
    "Everybody who is to be asked writes to the number once; WhatsApp lets a business answer for 24 hours after a person's last message.",
  ],
  source: "@chat-adapter/whatsapp 4.41.1 (npm); https://developers.facebook.com/docs/whatsapp/cloud-api",
  open: (given) => openSdkChannel({ ...whatsapp, hears: () => true, asksByGet: true }, given),
};
