import { z } from "zod";
import type { Platform } from "../platform.ts";
import { openSdkChannel } from "../sdk-channel.ts";

const settings = z.object({
  apiUrl: z.url().optional().describe("for GitHub Enterprise Server, https://HOST/api/v3; else leave it out"),
});

export const github: Platform = {
  name: "github",
  title: "GitHub",
  abilities: { buttons: false, edits: true, buttonsMax: 0, textMax: 60_000, inbound: "webhook" },
  settings,
  secrets: {
    token:
      "a fine-grained token of an account of Doorward's own, with Issues: read and write on that one repository",
    webhookSecret: "a word of your own, the same as in the repository's webhook",
  },
  setup: [
    "Make an account for Doorward (not one that an agent uses), and give it access to one private repository that agents cannot read.",
    "Make a fine-grained token for it: that repository alone, Issues: read and write.",
    "The repository's Settings, Webhooks: payload URL {webhook}, content type application/json, the secret, event Issue comments.",
    "A place is named owner/repository#12: the issue under which requests are written.",
  ],
  source: "@chat-adapter/github 4.39.0 (npm); https://docs.github.com/rest/issues/comments",
  open: (given) => openSdkChannel({ ...github, hears: () => true }, given),
};
