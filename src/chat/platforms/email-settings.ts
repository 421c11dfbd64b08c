import { z } from "zod";
import type { MailboxAt } from "../imap/imap.ts";
import type { Given } from "../platform.ts";

export const emailSettings = z.object({
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
  imapHost: z
    .string()
    .default("")
    .describe("The mail server whose mailbox gets what is sent to `from`; empty: cards carry a link alone"),
  imapPort: z.int().min(1).max(65_535).default(993).describe("993 with tls, 143 with starttls"),
  imapSecurity: z.enum(["tls", "starttls"]).default("tls").describe("How that connection is encrypted"),
  imapUser: z.string().default("").describe("Whom to sign in as there; empty: the same user"),
  mailbox: z
    .string()
    .regex(/^[\u0020-\u007e]{1,200}$/)
    .default("INBOX")
    .describe("The mailbox that is read, as the server lists it; nothing in it is changed"),
  authserv: z
    .string()
    .default("")
    .describe(
      "Name of your server in Authentication-Results (RFC 8601): only mail that it found to be of the sender's domain counts; empty: not looked at",
    ),
  allowPrivate: z.boolean().default(false).describe("The servers are on this machine or a private network"),
});
export type EmailSettings = z.infer<typeof emailSettings>;

/** Null where none is given. */
export function mailboxOf(at: EmailSettings, { secrets }: Given): MailboxAt | null {
  if (at.imapHost === "") return null;
  const { password = "", imapPassword = "" } = secrets;
  return {
    host: at.imapHost,
    port: at.imapPort,
    security: at.imapSecurity,
    user: at.imapUser === "" ? at.user : at.imapUser,
    password: imapPassword === "" ? password : imapPassword,
    mailbox: at.mailbox,
    ca: at.ca === "" ? null : at.ca,
    allowPrivate: at.allowPrivate,
  };
}
