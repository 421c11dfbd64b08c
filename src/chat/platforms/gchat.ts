import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  projectNumber: z
    .string()
    .regex(/^\d+$/)
    .describe("the number of the Google Cloud project: its Dashboard, Project number"),
  apiUrl: z
    .url()
    .optional()
    .describe("the address of a stand-in of Google Chat, for tests; else leave it out"),
});

export const gchat: Platform = {
  name: "gchat",
  title: "Google Chat",
  abilities: { buttons: true, edits: true, buttonsMax: 10, textMax: 10_000, inbound: "webhook" },
  settings,
  secrets: {
    serviceAccount: "the JSON key of the app's service account: IAM & Admin, Service Accounts, Keys",
  },
  setup: [
    "Make a project at https://console.cloud.google.com, enable the Google Chat API, and make a service account with a JSON key.",
    "Google Chat API, Configuration: name the app, switch on interactive features and joining spaces.",
    "Connection settings: HTTP endpoint URL {webhook}, authentication audience: project number.",
    "Add the app to the space, or write to it once. A room is named spaces/AAAA (the space's link), a person users/123.",
  ],
  source: "@chat-adapter/gchat 4.41.0 (npm); https://developers.google.com/workspace/chat",
  open: (given) => openSdkChannel({ ...gchat, hears: () => true }, given),
};
