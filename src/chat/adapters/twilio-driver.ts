import type { Card } from "#cards";
import { type Driver, type HostGiven, setting, TooLong } from "./driver.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, construct, SILENT, textAt } from "./sdk.ts";
import { linesOf, runsOn } from "./written.ts";

/**
 * SMS by `@chat-adapter/twilio`: plain text, no buttons, no edits. Shapes and limits: twilio.com/docs/messaging/api/message-resource
 * (1,600 characters), .../usage/webhooks/webhooks-security (the signature covers the address and every field, and no time).
 */
const TEXT_LENGTH_MAX = 1_600;

export const twilioDriver: Driver = {
  package: "@chat-adapter/twilio",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["api.twilio.com"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "TwilioAdapter", {
        accountSid: setting(given, "accountSid"),
        authToken: given.secrets["authToken"],
        logger: SILENT,
        ...senderOf(given),
        // What Twilio signs is the address that it calls, not the one that a proxy makes of it.
        ...(given.webhook === null ? {} : { webhookUrl: given.webhook }),
        ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
      }),
    ),
  probe: async (adapter, given) => {
    const id = setting(given, "from") ?? "";
    const own = encodeURIComponent(id);
    await ask(adapter, "fetchMessages", `twilio:${own}:${own}`, { limit: 1 });
    return { id, name: id, tenant: null };
  },
  render: (card) => ({ raw: textOf(card) }),
  plain: (text) => ({ raw: bounded(text) }),
  room: () => {
    throw new Error("there are no rooms: name a person's number");
  },
  roomOf: (thread) => thread,
  // The SDK names the message's thread anew from what Twilio answers; ours stays as it was.
  post: async (adapter, thread, message) => (await adapter.postMessage(thread, message)).id ?? null,
  tap: () => {
    throw new Error("there are no buttons");
  },
  words: ({ id, author, metadata, raw }) => ({
    event: `sms.${id}`,
    user: { id: author.userId, tenant: null, name: author.userId },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "body") ?? "",
  }),
};

function senderOf(given: HostGiven): object {
  const from = setting(given, "from") ?? "";
  return from.startsWith("MG") ? { messagingServiceSid: from } : { phoneNumber: from };
}

function textOf(card: Card): string {
  const lines = linesOf(card, true).map((line) => (runsOn(line) ? line.text : `${line.text}\n`));
  return bounded(lines.join("").trimEnd());
}

function bounded(text: string): string {
  if (text.length > TEXT_LENGTH_MAX) throw new TooLong("letters", text.length, TEXT_LENGTH_MAX);
  return text;
}
