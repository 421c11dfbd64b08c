import type { Card } from "#cards";
import { type Driver, setting, TooLong } from "./driver.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, at, construct, type SdkAdapter, textAt } from "./sdk.ts";
import { type Line, linesOf, runsOn } from "./written.ts";

/**
 * E-mail by Resend, with `@resend/chat-sdk-adapter`: text and HTML of the same letters, nobody's mark-up in either. Shapes:
 * resend.com/docs/api-reference/emails/send-email (an idempotency key counts for 24 hours), resend.com/docs/webhooks (Svix's
 * signature, which covers a time; its client refuses five minutes and more).
 */
const TEXT_LENGTH_MAX = 100_000;

export const resendDriver: Driver = {
  package: "@resend/chat-sdk-adapter",
  prepare: (given) => {
    const url = setting(given, "apiUrl");
    // Resend's client takes its address from here alone, when it is loaded.
    if (url !== null) process.env["RESEND_BASE_URL"] = url;
  },
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["api.resend.com"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "ResendAdapter", {
        apiKey: given.secrets["apiKey"],
        fromAddress: setting(given, "from"),
        // Without one nothing verifies: no request is believed.
        webhookSecret: given.secrets["webhookSecret"] ?? `whsec_${btoa(crypto.randomUUID())}`,
      }),
    ),
  probe: async (adapter, given) => {
    await asked(adapter, "domains", "list");
    const id = setting(given, "from") ?? "";
    return { id, name: id, tenant: null };
  },
  render: (card) => mailOf(subjectOf(card), linesOf(card, true)),
  plain: (text) => mailOf("Doorward has written to you", [{ kind: "text", text }]),
  room: () => {
    throw new Error("there are no rooms: name a person's address");
  },
  roomOf: (thread) => thread,
  conversation: (thread) => thread.split(":").slice(0, 2).join(":"),
  post: async (adapter, thread, message, key) => {
    const [, to = ""] = thread.split(":");
    const mail = { from: textAt(adapter, "userName"), to: [to], ...Object(message) };
    const said = await asked(adapter, "emails", "send", mail, key === null ? {} : { idempotencyKey: key });
    return textAt(said, "id");
  },
  tap: () => {
    throw new Error("there are no buttons");
  },
  words: ({ id, author, metadata, raw }) => ({
    event: `mail.${id}`,
    user: { id: author.userId, tenant: null, name: author.fullName },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "text") ?? "",
    place: { kind: "person", id: author.userId },
  }),
};

async function asked(
  adapter: SdkAdapter,
  part: string,
  method: string,
  ...args: unknown[]
): Promise<unknown> {
  const client = await ask(adapter, "getResend");
  const said = await ask(at(client, part), method, ...args);
  const error = at(said, "error");
  if (error === null || error === undefined) return at(said, "data");
  const words = `Resend says ${textAt(error, "name")}: ${textAt(error, "message")}`;
  throw Object.assign(new Error(words), { statusCode: at(error, "statusCode") });
}

/** What a phone shows of it: nothing of the request. */
function subjectOf({ status }: Card): string {
  return status.kind === "open" ? "Doorward: a request waits for you" : "Doorward: a request was answered";
}

function mailOf(subject: string, lines: readonly Line[]): object {
  const text = lines.map((line) => (runsOn(line) ? line.text : `${line.text}\n`)).join("");
  if (text.length > TEXT_LENGTH_MAX) throw new TooLong("letters", text.length, TEXT_LENGTH_MAX);
  const rows = lines.map((line) => {
    const letters = line.kind === "title" ? `<b>${escaped(line.text)}</b>` : linked(line);
    return runsOn(line) ? letters : `${letters}<br>\n`;
  });
  const html = `<div style="white-space:pre-wrap;font-family:sans-serif">${rows.join("")}</div>`;
  return { subject, text: text.trimEnd(), html };
}

function linked({ kind, text }: Line): string {
  const [, label = "", url = ""] = /^(.*): (https?:\/\/\S+)$/s.exec(text) ?? [];
  return kind === "link" && url !== "" ? `<a href="${escaped(url)}">${escaped(label)}</a>` : escaped(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
