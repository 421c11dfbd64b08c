// A real SMTP server: npm `smtp-server`, by the makers of nodemailer; RFC 5321 as they read it. For answers, the mailbox of imap.ts.
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import { PLATFORMS } from "#chat";
import type { Egress } from "#egress";
import type { Failing, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";
import { type ImapServer, openImap } from "./imap.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "email");
if (row === undefined) throw new Error("no such platform");
const platform = row;

const abilities = row.abilitiesWith?.({}) ?? row.abilities;

export const emailTraits: Traits = {
  abilities,
  tenants: false,
  dated: false,
  webhook: false,
  words: false,
  idempotent: false,
  namedByUs: true,
  pausesUnsaid: true,
  autolinks: true,
};

export const mailboxTraits: Traits = { ...emailTraits, abilities: row.abilities, words: true };

export interface Mail {
  readonly headers: Readonly<Record<string, string>>;
  readonly recipients: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly isEncrypted: boolean;
}

export interface EmailRig extends Rig {
  readonly mails: readonly Mail[];
  /** Null where the rig has none. */
  readonly imap: ImapServer | null;
  /** For another channel on the same servers. */
  readonly given: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly secrets: Readonly<Record<string, string>>;
    readonly egress: Egress;
  };
}

const PASSWORD = "correct-horse-battery";

interface Differently {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The server knows no STARTTLS. */
  readonly isPlain?: boolean;
  /** What is sent to Doorward can be read by IMAP. */
  readonly mailbox?: "tls" | "starttls";
  /** Another mailbox than the tests' own. */
  readonly box?: Box;
}

/** Where what is sent to Doorward lies. */
interface Box {
  readonly port: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly put: (raw: string) => void;
}

const REPLIES: Partial<Record<Failing, readonly [number, string]>> = {
  rate: [450, "4.7.1 too much mail, come back later"],
  error: [451, "4.3.0 internal error"],
  revoked: [535, "5.7.8 that is not your password"],
};

export async function openEmailRig(different: Differently = {}): Promise<EmailRig> {
  const mails: Mail[] = [];
  const failing: Failing[] = [];
  let writes = 0;
  let last = "";
  const server = new SMTPServer({
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    logger: false,
    closeTimeout: 10,
    ...(different.isPlain === true ? { disabledCommands: ["STARTTLS"], allowInsecureAuth: true } : {}),
    onAuth: (auth, _session, done) => {
      const how = failing[0] === "lost" ? undefined : failing.shift();
      if (how === "hang") return;
      const reply = how === undefined ? undefined : REPLIES[how];
      if (reply !== undefined) return done(replying(reply));
      if (auth.password !== PASSWORD)
        return done(replying([535, `5.7.8 ${auth.password} is not your password`]));
      return done(null, { user: auth.username ?? "" });
    },
    onData: (stream, session, done) => {
      writes += 1;
      const how = failing.shift();
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      const finish = (raw: string): void => {
        mails.push({ ...parsed(raw), recipients, isEncrypted: session.secure });
        if (how === "lost") stream.destroy(new Error("gone"));
        if (how === "lost") for (const connection of server.connections) connection.close();
        else done();
      };
      collected(stream).then(finish, () => {});
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const imap = different.mailbox === undefined ? null : await openImap(PASSWORD, different.mailbox === "tls");
  const box = different.box ?? (imap === null ? null : boxOf(imap, different.mailbox ?? "tls"));
  const outside = openOutside((to) => to === box?.port);
  const settings = {
    host: "127.0.0.1",
    port,
    user: "doorward",
    from: "doorward@mail.example",
    ca: TEST_CERTIFICATE,
    allowPrivate: true,
    ...box?.settings,
    ...different.settings,
  };
  const secrets = { password: PASSWORD, dkimKey: "", ...different.secrets };
  const channel = await platform.open({ settings, secrets, webhook: null, outside });
  return {
    channel,
    place: { kind: "person", id: "ada@mail.example" },
    user: "ada@mail.example",
    secrets: [secrets.password],
    mails,
    imap,
    given: { settings, secrets, egress: outside.egress },
    close: async () => {
      await channel.close();
      await outside.close();
      await imap?.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    platform: {
      shown: async () => mails.map(rendered),
      writes: () => writes,
      failNext: (how) => void failing.push(how),
      does: async (deed) => {
        if (deed.kind === "words")
          box?.put((last = letter({ from: deed.user, text: deed.text, quoted: mails.at(-1) })));
        return null;
      },
      again: async () => {
        box?.put(last);
        return null;
      },
      answered: () => {},
      forget: () => {},
    },
  };
}

function boxOf({ port, put }: ImapServer, imapSecurity: "tls" | "starttls"): Box {
  return { port, put, settings: { imapHost: "127.0.0.1", imapPort: port, imapSecurity } };
}

interface Written {
  readonly from: string;
  readonly text: string;
  /** The mail of ours that stands under it, as programs quote it: with its code. */
  readonly quoted?: Mail | undefined;
  readonly headers?: readonly string[];
}

let written = 0;

/** A person's mail (RFC 5322), as common programs write an answer. */
export function letter({ from, text, quoted, headers = [] }: Written): string {
  written += 1;
  const id = quoted?.headers["message-id"];
  const below = quoted === undefined ? "" : quote(quoted.text);
  return [
    `Return-Path: <${from}>`,
    `From: "Somebody's name" <${from}>`,
    "To: doorward@mail.example",
    "Subject: Re: Doorward: a request waits for you",
    `Message-ID: <letter-${written}@mail.example>`,
    ...(id === undefined ? [] : [`In-Reply-To: ${id}`, `References: ${id}`]),
    "MIME-Version: 1.0",
    ...(headers.some((line) => /^content-type:/i.test(line))
      ? []
      : ["Content-Type: text/plain; charset=utf-8"]),
    ...headers,
    "",
    `${text}${below}`,
  ].join("\r\n");
}

function quote(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => `> ${line}`);
  return `\r\n\r\nOn Sun, 22 Nov 2026 at 04:11, Doorward <doorward@mail.example> wrote:\r\n\r\n${lines.join("\r\n")}\r\n`;
}

const replying = ([responseCode, words]: readonly [number, string]): Error =>
  Object.assign(new Error(words), { responseCode });

async function collected(stream: SMTPServerDataStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** RFC 5322 and 2045: headers unfolded; the parts of multipart/alternative decoded. */
function parsed(raw: string): Pick<Mail, "headers" | "text" | "html"> {
  const { headers, body } = split(raw);
  const [, boundary = ""] = /boundary="?([^";]+)"?/.exec(headers["content-type"] ?? "") ?? [];
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.replace(/^\r\n/, "")));
  const of = (type: string): string => {
    const part = parts.find((one) => one.headers["content-type"]?.startsWith(type));
    const isBase64 = part?.headers["content-transfer-encoding"] === "base64";
    return isBase64 ? Buffer.from(part.body, "base64").toString("utf8") : (part?.body ?? "");
  };
  return { headers, text: of("text/plain"), html: of("text/html") };
}

function split(raw: string): { readonly headers: Record<string, string>; readonly body: string } {
  const at = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, at)
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  return { headers: Object.fromEntries(headers) as Record<string, string>, body: raw.slice(at + 4) };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decoded = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => ENTITIES[name] ?? "");

/** As a mail client shows it: tags gone, entities as their letters. Whatever tag came from a value would be gone too. */
function rendered({ html, headers, recipients }: Mail): Shown {
  const links = [...html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, url = "", text = ""]) => ({
    url: decoded(url),
    text: decoded(text),
  }));
  return {
    ref: {
      place: { kind: "person", id: recipients[0] ?? "" },
      id: (headers["message-id"] ?? "").replaceAll(/[<>]/g, ""),
    },
    text: decoded(html.replaceAll(/<[^>]*>/g, "\n")),
    buttons: [],
    links,
    mentions: [],
  };
}
