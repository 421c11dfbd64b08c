import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  accountSid: z.string().min(1).describe("the account's SID (AC…): Twilio Console, Account Info"),
  from: z
    .string()
    .min(1)
    .describe("your number with its country (+15550001111), or a messaging service's SID (MG…)"),
  apiUrl: z.url().optional().describe("the API's address, for another region; else leave it out"),
});

export const twilio: Platform = {
  name: "twilio",
  title: "SMS (Twilio)",
  abilities: { buttons: false, edits: false, buttonsMax: 0, textMax: 1_600, inbound: "webhook" },
  settings,
  secrets: {
    authToken: "the account's auth token: Twilio Console, Account Info; it sends, and it signs what comes in",
  },
  setup: [
    "Buy a number that can send and receive SMS in the Twilio Console, and note the account's SID and auth token.",
    "Phone Numbers, your number, Messaging: A message comes in, Webhook {webhook}, HTTP POST.",
    "Answers are typed codes: a sender's number can be forged on the way, the code cannot be guessed.",
  ],
  source: "@chat-adapter/twilio 4.31.0 (npm); https://www.twilio.com/docs/messaging",
  open: (given) => openSdkChannel({ ...twilio, hears: () => true }, given),
};
