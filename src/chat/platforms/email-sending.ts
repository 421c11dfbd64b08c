import { isIP } from "node:net";
import { createTransport, type Transporter } from "nodemailer";
import { Fault } from "#base";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { ADDRESS } from "../imap/letter.ts";
import type { ChatOutside, Given } from "../platform.ts";
import type { Place } from "../port.ts";
import type { EmailSettings } from "./email-settings.ts";

interface Written {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly id: string;
  readonly replyTo?: string;
}

export interface Delivering {
  readonly verify: () => Promise<void>;
  readonly send: (to: Place, message: Written) => Promise<void>;
}

export function delivering(at: EmailSettings, given: Given): Delivering {
  const mail = postman(at, given);
  const [, domain = "localhost"] = at.from.split("@");
  return {
    verify: async () => void (await mail(async (transport) => transport.verify())),
    send: async (to, { id, replyTo, subject, text, html }) => {
      const address = addressOf(to);
      await mail(async (transport) =>
        transport.sendMail({
          from: { name: at.fromName, address: at.from },
          to: { name: "", address },
          subject,
          text,
          html,
          messageId: `<${id}>`,
          ...(replyTo === undefined ? {} : { inReplyTo: `<${replyTo}>`, references: `<${replyTo}>` }),
          // RFC 3834: out-of-office programs do not answer; RFC 2919: people can sort by it.
          headers: {
            "Auto-Submitted": replyTo === undefined ? "auto-generated" : "auto-replied",
            "List-Id": `Doorward approvals <approvals.${domain}>`,
          },
          textEncoding: "base64",
        }),
      );
    },
  };
}

function addressOf({ id }: Place): string {
  if (ADDRESS.test(id)) return id;
  throw channelRefused("this is no single mail address", "Give it as name@example.org.");
}

type Mail = <T>(act: (transport: Transporter) => Promise<T>) => Promise<T>;

/** A connection for each mail: mails are few, and nothing is left open that could die unseen. */
function postman(at: EmailSettings, { secrets, outside }: Given): Mail {
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

async function reached(
  at: EmailSettings,
  { egress }: ChatOutside,
): ReturnType<ChatOutside["egress"]["connect"]> {
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

/** RFC 5321, 4.2.1: 4yz passes, 5yz is for good. What has no reply code is a connection that failed. */
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
