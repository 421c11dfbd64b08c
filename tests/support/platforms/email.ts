// A real SMTP server: npm `smtp-server`, by the makers of nodemailer; RFC 5321 as they read it.
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import { PLATFORMS } from "#chat";
import type { Failing, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "email");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const emailTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: false,
  webhook: false,
  words: false,
  idempotent: false,
  namedByUs: true,
  pausesUnsaid: true,
  autolinks: true,
};

export interface Mail {
  readonly headers: Readonly<Record<string, string>>;
  readonly recipients: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly isEncrypted: boolean;
}

export interface EmailRig extends Rig {
  readonly mails: readonly Mail[];
}

const PASSWORD = "correct-horse-battery";

interface Differently {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The server knows no STARTTLS. */
  readonly isPlain?: boolean;
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
  const outside = openOutside();
  const settings = {
    host: "127.0.0.1",
    port,
    user: "doorward",
    from: "doorward@mail.example",
    ca: TEST_CERTIFICATE,
    allowPrivate: true,
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
    close: async () => {
      await channel.close();
      await outside.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    platform: {
      shown: async () => mails.map(rendered),
      writes: () => writes,
      failNext: (how) => void failing.push(how),
      does: async () => null,
      again: async () => null,
      answered: () => {},
      forget: () => {},
    },
  };
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
    return Buffer.from(part?.body ?? "", "base64").toString("utf8");
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
