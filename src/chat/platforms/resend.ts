import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  from: z.email().describe("the address that requests come from, at a domain that Resend has verified"),
  apiUrl: z.url().optional().describe("the API's address; leave it out"),
});

export const resend: Platform = {
  name: "resend",
  title: "E-mail (Resend)",
  abilities: { buttons: false, edits: false, buttonsMax: 0, textMax: 100_000, inbound: "webhook" },
  settings,
  secrets: {
    apiKey: "an API key with full access (what came in is read with it): resend.com/api-keys",
    webhookSecret: "the webhook's signing secret (whsec_…): resend.com/webhooks",
  },
  setup: [
    "Verify a domain at https://resend.com/domains for sending and for receiving (MX record).",
    "Make an API key with full access.",
    "Webhooks: add {webhook} with the event email.received, and keep its signing secret.",
  ],
  source: "@resend/chat-sdk-adapter 0.2.2 (npm); https://resend.com/docs",
  open: (given) => openSdkChannel({ ...resend, hears: () => true }, given),
};
