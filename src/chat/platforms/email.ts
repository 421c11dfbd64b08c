import { createHash } from "node:crypto";
import type { Card } from "#cards";
import { CHANNEL_CALL_MS_MAX, channelRefused } from "../faults.ts";
import { openMailbox } from "../imap/imap.ts";
import { listenToMailbox } from "../imap/listening.ts";
import { plainCard } from "../plain.ts";
import type { Given, Platform } from "../platform.ts";
import type { Poll } from "../poll.ts";
import type { Channel, MessageRef, Place, PlatformAbilities } from "../port.ts";
import { settingsOf } from "../settings.ts";
import { noWebhook } from "../webhook.ts";
import { htmlOf } from "./email-html.ts";
import { type Delivering, delivering } from "./email-sending.ts";
import { emailSettings, mailboxOf } from "./email-settings.ts";

const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: false,
  buttonsMax: 0,
  // Ours: mail has no limit of this kind; clients such as Gmail cut what they show at about 100 KiB of HTML.
  textMax: 16_000,
  inbound: "connection",
};
/** Without a mailbox of ours nothing that is answered reaches us. */
const SENDING_ONLY: PlatformAbilities = { ...ABILITIES, inbound: "none" };

/**
 * Mail by SMTP (RFC 5321), always encrypted (RFC 3207 or 8314), with nodemailer over our own connection. Where a mailbox is given,
 * it is read by IMAP for typed codes: a sender's address proves nobody, the code that stands in that person's mail alone does.
 */
export const email: Platform = {
  name: "email",
  title: "E-mail",
  abilities: ABILITIES,
  abilitiesWith: ({ imapHost = "" }) => (imapHost === "" ? SENDING_ONLY : ABILITIES),
  settings: emailSettings,
  secrets: {
    password: "Of the user at the mail server; left out where it asks for no sign-in",
    imapPassword:
      "Of the user of the mailbox; left out where it is the same password, or there is none to read",
    dkimKey: "Private key in PEM for DKIM; left out where the mail server signs",
  },
  optionalSecrets: ["password", "imapPassword", "dkimKey"],
  setup: [
    "Get an address for Doorward at your mail server, used by nothing else, with a password for programs.",
    "See that the server's DKIM and SPF cover that address, or give a DKIM selector and key here.",
    "For answers by mail, have the server offer that address's mailbox by IMAP and give imapHost; without it cards carry a link alone.",
    "Have people's mail clients show mail of that address: cards arrive there.",
  ],
  source: "RFC 5321, RFC 3207, RFC 8314, RFC 3834; nodemailer 10; RFC 3501, RFC 9051, RFC 2177, RFC 8601",
  open: async (given) => openEmail(given),
};

function openEmail(given: Given): Channel {
  const at = settingsOf(emailSettings, given.settings);
  const { outside } = given;
  const deliver = delivering(at, given);
  const mailbox = mailboxOf(at, given);
  const typed = mailbox !== null;
  const [, domain = "localhost"] = at.from.split("@");
  let poll: Poll | null = null;
  const channel: Channel = {
    probe: async () => {
      await deliver.verify();
      if (mailbox !== null) (await openMailbox(mailbox, outside.egress, limitOf())).close();
      return { id: at.from, name: typed ? at.from : at.fromName, tenant: null };
    },
    post: async (to, card, key) => {
      const id = `${createHash("sha256").update(key).digest("hex").slice(0, 32)}@${domain}`;
      const text = plainCard(card, { typed, textMax: ABILITIES.textMax });
      const hint = typed && card.typed !== null ? HOW : "";
      await deliver.send(to, {
        id,
        subject: subjectOf(card),
        text: hint === "" ? text : `${text}\n\n${hint}`,
        html: htmlOf(card, typed ? hint : null),
      });
      return { place: to, id };
    },
    edit: async () => {
      throw channelRefused(
        "a mail that was sent cannot be changed",
        "Nothing to do: its link shows what became of it.",
      );
    },
    say: async (to, text, replyTo) =>
      deliver.send(to, {
        ...answerTo(replyTo),
        text,
        html: htmlOf(text),
        id: `${outside.ambient.id("say")}@${domain}`,
      }),
    listen: async (inbox) => {
      await poll?.close();
      poll = null;
      if (mailbox === null) return inbox.state("up", null);
      const { authserv, from } = at;
      poll = listenToMailbox({
        at: mailbox,
        self: from.toLowerCase(),
        authserv,
        inbox,
        outside,
        say: channel.say,
        askBack: (to, id) => askBack(deliver, to, id),
      });
    },
    receive: noWebhook,
    close: async () => poll?.close(),
  };
  return channel;
}

const HOW = "Answer this mail with that line alone, above everything else.";
const ASK =
  "Somebody, you perhaps, asked to link this address with a user of Doorward. If it was you: answer this mail with the same line (link and the code), above everything else. If not, do nothing: nothing was linked.";

async function askBack(deliver: Delivering, to: Place, id: string): Promise<void> {
  await deliver.send(to, { id, subject: "Doorward: is this your address?", text: ASK, html: htmlOf(ASK) });
}

const limitOf = (): AbortSignal => AbortSignal.timeout(CHANNEL_CALL_MS_MAX);

/** No word of the request: subjects stand in notifications, and on locked screens. */
function subjectOf({ status }: Card): string {
  return status.kind === "open" ? "Doorward: a request waits for you" : "Doorward: about a request";
}

function answerTo(replyTo: MessageRef | null): { subject: string; replyTo?: string } {
  return { subject: "Doorward: about a request", ...(replyTo === null ? {} : { replyTo: replyTo.id }) };
}
