import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { createTransport, type Transporter } from "nodemailer";
import { z } from "zod";
import { Fault } from "#base";
import type { Card } from "#cards";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { plainCard } from "../plain.ts";
import type { ChatOutside, Given, Platform } from "../platform.ts";
import type { Channel, MessageRef, Place, PlatformAbilities } from "../port.ts";
import { settingsOf } from "../settings.ts";
import { noWebhook } from "../webhook.ts";
import { htmlOf } from "./email-html.ts";

const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: false,
  buttonsMax: 0,
  // Ours: mail has no limit of this kind; clients such as Gmail cut what they show at about 100 KiB of HTML.
  textMax: 16_000,
  inbound: "none",
};

const settings = z.object({
  host: z.string().min(1).describe("The mail server that takes our mail: mail.example.org"),
  port: z.int().min(1).max(65_535).default(587).describe("587 with starttls, 465 with tls"),
  security: z
    .enum(["starttls", "tls"])
    .default("starttls")
    .describe("How the connection is encrypted; without encryption nothing is sent"),
  user: z.string().default("").describe("Whom to sign in as; empty: the server asks for no sign-in"),
  from: z.email().describe("The sender's address: doorward@example.org"),
  fromName: z.string().max(80).default("Doorward").describe("The sender's name"),
  ca: z
    .string()
    .default("")
    .describe("PEM of the certificate authority, where the server's is not a public one"),
  dkimSelector: z
    .string()
    .default("")
    .describe("Selector of the DKIM key, where Doorward signs and not the mail server"),
  allowPrivate: z.boolean().default(false).describe("The server is on this machine or a private network"),
});
type Settings = z.infer<typeof settings>;

/**
 * Mail by SMTP (RFC 5321), always encrypted (RFC 3207 or 8314), with nodemailer over our own connection. Answers come only
 * through the link, behind a sign-in: a sender's address proves nobody, so no answer is taken from mail.
 */
export const email: Platform = {
  name: "email",
  title: "E-mail",
  abilities: ABILITIES,
  settings,
  secrets: {
    password: "Of the user at the mail server; left out where it asks for no sign-in",
    dkimKey: "Private key in PEM for DKIM; left out where the mail server signs",
  },
  optionalSecrets: ["password", "dkimKey"],
  setup: [
    "Get an address for Doorward at your mail server, with a password that can send and nothing more.",
    "See that the server's DKIM and SPF cover that address, or give a DKIM selector and key here.",
    "Have people's mail clients show mail of that address: cards arrive there with a link to answer.",
  ],
  source: "RFC 5321, RFC 3207, RFC 8314, RFC 3834; nodemailer 10",
  open: async (given) => openEmail(given),
};

function openEmail(given: Given): Channel {
  const at = settingsOf(settings, given.settings);
  const mail = postman(at, given);
  const from = { name: at.fromName, address: at.from };
  const [, domain = "localhost"] = at.from.split("@");
  const deliver = async (
    to: Place,
    message: { subject: string; text: string; html: string; id: string; replyTo?: string },
  ) => {
    const { id, replyTo, subject, text, html } = message;
    const address = addressOf(to);
    await mail(async (transport) =>
      transport.sendMail({
        from,
        to: { name: "", address },
        subject,
        text,
        html,
        messageId: `<${id}>`,
        ...(replyTo === undefined ? {} : { inReplyTo: `<${replyTo}>`, references: `<${replyTo}>` }),
        // RFC 3834: out-of-office programs do not answer; RFC 2919: people can sort by it.
        headers: {
          "Auto-Submitted": "auto-generated",
          "List-Id": `Doorward approvals <approvals.${domain}>`,
        },
        textEncoding: "base64",
      }),
    );
  };
  return {
    probe: async () => {
      await mail(async (transport) => transport.verify());
      return { id: at.from, name: at.fromName, tenant: null };
    },
    post: async (to, card, key) => {
      const id = `${createHash("sha256").update(key).digest("hex").slice(0, 32)}@${domain}`;
      const shown = {
        text: plainCard(card, { typed: false, textMax: ABILITIES.textMax }),
        html: htmlOf(card),
      };
      await deliver(to, { id, subject: subjectOf(card), ...shown });
      return { place: to, id };
    },
    edit: async () => {
      throw channelRefused(
        "a mail that was sent cannot be changed",
        "Nothing to do: its link shows what became of it.",
      );
    },
    say: async (to, text, replyTo) =>
      deliver(to, {
        ...answerTo(replyTo),
        text,
        html: htmlOf(text),
        id: `${given.outside.ambient.id("say")}@${domain}`,
      }),
    listen: async (inbox) => inbox.state("up", null),
    receive: noWebhook,
    close: async () => {},
  };
}

/** No word of the request: subjects stand in notifications, and on locked screens. */
function subjectOf({ status }: Card): string {
  return status.kind === "open" ? "Doorward: a request waits for you" : "Doorward: about a request";
}

function answerTo(replyTo: MessageRef | null): { subject: string; replyTo?: string } {
  return { subject: "Doorward: about a request", ...(replyTo === null ? {} : { replyTo: replyTo.id }) };
}

/** One address, and nothing that a header could take for more (RFC 5321, 4.1.2, without quoted local parts). */
function addressOf({ id }: Place): string {
  if (/^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@[\p{L}\p{N}.-]{1,255}$/u.test(id)) return id;
  throw channelRefused("this is no single mail address", "Give it as name@example.org.");
}

type Mail = <T>(act: (transport: Transporter) => Promise<T>) => Promise<T>;

/** A connection for each mail: mails are few, and nothing is left open that could die unseen. */
function postman(at: Settings, { secrets, outside }: Given): Mail {
  return async (act) => {
    const socket = await reached(at, outside);
    const limit = setTimeout(() => socket.destroy(new Error("no answer in time")), CHANNEL_CALL_MS_MAX);
    const { password = "", dkimKey = "" } = secrets;
    const [, domainName = ""] = at.from.split("@");
    const transport = createTransport({
      host: at.host,
      port: at.port,
      secure: at.security === "tls",
      requireTLS: true,
      tls: {
        minVersion: "TLSv1.2",
        ...(isIP(at.host) === 0 ? { servername: at.host } : {}),
        ...(at.ca === "" ? {} : { ca: at.ca }),
      },
      ...(at.user === "" ? {} : { auth: { user: at.user, pass: password } }),
      ...(dkimKey === "" ? {} : { dkim: { domainName, keySelector: at.dkimSelector, privateKey: dkimKey } }),
      getSocket: (_options: unknown, done: (cause: Error | null, made: object) => void) =>
        done(null, { connection: socket }),
      greetingTimeout: CHANNEL_CALL_MS_MAX,
      socketTimeout: CHANNEL_CALL_MS_MAX,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      return await act(transport);
    } catch (cause) {
      throw refusalOf(cause, Object.values(secrets));
    } finally {
      clearTimeout(limit);
      transport.close();
      socket.destroy();
    }
  };
}

async function reached(at: Settings, { egress }: ChatOutside): ReturnType<ChatOutside["egress"]["connect"]> {
  try {
    return await egress.connect({ allowPrivate: at.allowPrivate }, { host: at.host, port: at.port });
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    if (/^egress_(?:unreachable|lost)$/.test(cause.code))
      throw channelUnreachable(`the mail server: ${cause.message}`, cause);
    throw channelRefused(
      `the mail server: ${cause.message}`,
      "Correct the channel's host and port; if it really is on a private network, set allowPrivate there.",
    );
  }
}

/** RFC 5321, 4.2.1: 4yz is for now, 5yz for good. What has no reply code is a connection that failed. */
function refusalOf(cause: unknown, secrets: readonly string[]): Fault {
  const field = (name: string): unknown => (cause instanceof Error ? Reflect.get(cause, name) : undefined);
  const [code, said] = [field("responseCode"), field("response")];
  const words = secrets
    .filter((one) => one !== "")
    .reduce((text, one) => text.replaceAll(one, "(secret)"), typeof said === "string" ? said : "");
  const what = words.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").slice(0, 200);
  if (typeof code === "number" && code >= 500) return channelRefused(`the mail server refuses: ${what}`);
  if (typeof code === "number") return channelUnreachable(`the mail server asks to come back: ${what}`);
  if (
    field("code") === "ETLS" ||
    (cause instanceof Error && /certificate|\btls\b|\bssl\b/i.test(cause.message))
  )
    return channelRefused("the mail server offers no encryption that can be trusted", TLS_REMEDY);
  return channelUnreachable("the connection to the mail server failed", cause);
}

const TLS_REMEDY =
  "Check security, port and certificate; give `ca` where the authority is your own. Nothing was sent.";
