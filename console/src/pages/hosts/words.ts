import type { Item } from "../../api/client.ts";

export type Host = Item<"/hosts">;

/** What a grant may give besides reading and sending: what the form offers, and the word of the list. */
export const OPTIONS = [
  {
    name: "private",
    word: "private addresses",
    label: "It is on this machine or a private network",
    hint: "Then it is reached there, and nowhere else.",
  },
  {
    name: "passThrough",
    word: "passed through",
    label: "Pass its connections through unread",
    hint: "Nothing in them is decided, injected or recorded but their size. Only for a single host.",
  },
  {
    name: "largeUploads",
    word: "large uploads",
    label: "Send on bodies that are too large to be read",
    hint: "What is in them is not looked at.",
  },
  {
    name: "ownCredentials",
    word: "its own credentials",
    label: "Let credentials through that the agent brings itself",
    hint: "Otherwise only what the vault injects goes there.",
  },
  {
    name: "trusted",
    word: "trusted answers",
    label: "Take its answers for the organisation’s own words",
    hint: "Only where nobody outside can write there.",
  },
] as const;

export type Option = (typeof OPTIONS)[number]["name"];

/** The words of what a grant gives besides, in the form's order. */
export function besides(host: Pick<Host, Option>): readonly string[] {
  return OPTIONS.filter(({ name }) => host[name]).map(({ word }) => word);
}
