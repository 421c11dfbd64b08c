import { Fault } from "#base";
import { type Egress, encrypted } from "#egress";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { type Response, Wire } from "./wire.ts";

/** Responses to one command: as many messages as were asked for, and what a busy mailbox says of itself beside them. */
const RESPONSES_MAX = 10_000;
/** One command from its line to its end; what it waits for on purpose is not counted. */
const COMMAND_MS_MAX = 60_000;

export interface ServerAt {
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls";
  readonly user: string;
  readonly password: string;
  readonly ca: string | null;
  readonly allowPrivate: boolean;
}

/** Response codes that say: not now (RFC 5530, 3; RFC 9051, 7.1). */
const FOR_NOW = /^\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|OVERQUOTA)\b/i;
const TLS_REMEDY =
  "Check imapSecurity, imapPort and the certificate; give `ca` where the authority is your own. No password was sent.";
const SIGN_IN_REMEDY =
  "Check imapUser and imapPassword (many providers want a password made for programs alone), then give them: `doorward channels set`.";

/**
 * One connection to an IMAP server (RFC 3501, RFC 9051), encrypted before anything is said, and its commands, one at a time.
 * Everything throws `Fault` alone: `channel_unreachable` where it may go better later, `channel_refused` where it would not.
 */
export class Session {
  readonly #wire: Wire;
  #tag = 0;
  #capabilities: ReadonlySet<string> = new Set();
  readonly #secrets: string[] = [];
  /** The mailbox grew; whoever looks sets it back. */
  hasNews = false;

  private constructor(wire: Wire) {
    this.#wire = wire;
  }

  static async open(at: ServerAt, egress: Egress): Promise<Session> {
    const to = { host: at.host, port: at.port };
    return reaching(async () => {
      const socket = await egress.connect({ allowPrivate: at.allowPrivate }, to);
      if (at.security === "tls") {
        const session = new Session(new Wire(await encrypted(socket, to, at.ca)));
        await session.#greeted();
        return session;
      }
      const bare = new Session(new Wire(socket));
      await bare.#greeted();
      return new Session(new Wire(await encrypted(await bare.#released(), to, at.ca)));
    });
  }

  async #greeted(): Promise<void> {
    try {
      const greeting = textOf(await this.#next());
      // PREAUTH would be a mailbox that nobody signed in to: not on a bare connection, and not as ours.
      if (/^\* OK\b/i.test(greeting)) return;
      throw channelUnreachable(`this is no IMAP server that we can use: ${this.#inert(greeting)}`);
    } catch (cause) {
      this.#wire.close();
      throw cause;
    }
  }

  /** RFC 9051, 6.2.1. What was said in the clear counts for nothing afterwards. */
  async #released(): Promise<ReturnType<Wire["released"]>> {
    try {
      await this.command("STARTTLS");
      return this.#wire.released();
    } catch (cause) {
      this.#wire.close();
      if (cause instanceof Fault && cause.code === "channel_refused")
        throw channelRefused("the mailbox's server offers no encryption that can be trusted", TLS_REMEDY);
      throw cause;
    }
  }

  /** By AUTH=PLAIN (RFC 4616) where there is one, else by LOGIN. `channel_refused` with `isSignIn` where it is not let in. */
  async signIn({ user, password }: ServerAt): Promise<void> {
    const credentials = Buffer.from(`\u0000${user}\u0000${password}`, "utf8").toString("base64");
    this.#secrets.push(password, credentials);
    await this.#learn();
    try {
      if (this.can("AUTH=PLAIN")) await this.#authenticate(credentials);
      else if (this.can("LOGINDISABLED")) throw channelRefused("it takes neither AUTH=PLAIN nor LOGIN");
      else await this.command(`LOGIN ${quoted(user)} ${quoted(password)}`);
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== "channel_refused") throw cause;
      const fault = channelRefused(`the sign-in to the mailbox failed: ${cause.message}`, SIGN_IN_REMEDY);
      throw Object.assign(fault, { isSignIn: true });
    }
    await this.#learn();
  }

  can(capability: string): boolean {
    return this.#capabilities.has(capability);
  }

  async #learn(): Promise<void> {
    const said = await this.command("CAPABILITY");
    const line = said.map(textOf).find((text) => /^\* CAPABILITY /i.test(text)) ?? "";
    this.#capabilities = new Set(line.toUpperCase().split(" ").slice(2));
  }

  /** With an initial response where the server knows them (RFC 4959). */
  async #authenticate(credentials: string): Promise<void> {
    if (this.can("SASL-IR")) await this.command(`AUTHENTICATE PLAIN ${credentials}`);
    else await this.command("AUTHENTICATE PLAIN", () => this.#wire.write(credentials));
  }

  /** All untagged responses up to the command's own. NO and BAD are a refusal, unless they pass. `goOn` answers a `+`. */
  async command(line: string, goOn?: () => void | Promise<void>): Promise<readonly Response[]> {
    this.#tag += 1;
    const tag = `dw${this.#tag}`;
    this.#wire.write(`${tag} ${line}`);
    const said: Response[] = [];
    const over = (): void => this.#wire.close();
    let limit = setTimeout(over, COMMAND_MS_MAX);
    try {
      for (;;) {
        const response = await this.#next();
        const text = textOf(response);
        if (text.startsWith(`${tag} `)) return this.#over(text.slice(tag.length + 1), said);
        if (text.startsWith("+") && goOn !== undefined) {
          clearTimeout(limit);
          await goOn();
          limit = setTimeout(over, COMMAND_MS_MAX);
        } else said.push(response);
        if (said.length > RESPONSES_MAX) throw channelUnreachable("the mailbox's server says too much");
      }
    } finally {
      clearTimeout(limit);
    }
  }

  #over(ending: string, said: readonly Response[]): readonly Response[] {
    if (/^OK\b/i.test(ending)) return said;
    const why = ending.replace(/^(?:NO|BAD) ?/i, "");
    if (FOR_NOW.test(why))
      throw channelUnreachable(`the mailbox's server asks to come back: ${this.#inert(why)}`);
    throw channelRefused(`the mailbox's server refuses: ${this.#inert(why)}`);
  }

  /**
   * RFC 2177, until the mailbox grows or `withinMs` are over. DONE has to be answered: a connection that died without a word is
   * found out that way. A server without IDLE is asked after `pollMs`.
   */
  async wait(withinMs: number, pollMs: number): Promise<void> {
    if (this.hasNews) return;
    if (this.can("IDLE")) {
      await this.command("IDLE", async () => {
        await this.#silence(withinMs);
        this.#wire.write("DONE");
      });
      return;
    }
    await this.#silence(pollMs);
    await this.command("NOOP");
  }

  async #silence(ms: number): Promise<void> {
    const limit = this.#wire.limitOf(ms);
    try {
      while (!this.hasNews && (await this.#wire.saysSomething(limit))) await this.#next();
    } finally {
      limit.end();
    }
  }

  async #next(): Promise<Response> {
    const response = await this.#wire.next(CHANNEL_CALL_MS_MAX);
    const text = textOf(response);
    if (/^\* \d+ EXISTS\b/i.test(text)) this.hasNews = true;
    if (/^\* BYE\b/i.test(text))
      throw channelUnreachable(`the mailbox's server ends the connection: ${this.#inert(text.slice(5))}`);
    return response;
  }

  /** A server's words, without our secrets and on one line. */
  #inert(words: string): string {
    const without = this.#secrets
      .filter((one) => one !== "")
      .reduce((text, one) => text.replaceAll(one, "(secret)"), words);
    return without
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
      .trim()
      .slice(0, 200);
  }

  close(): void {
    this.#wire.write("bye LOGOUT");
    this.#wire.close();
  }
}

export const textOf = ({ pieces }: Response): string => pieces[0] ?? "";

/** A quoted string holds seven-bit letters and no line break (RFC 9051, 4.3): what has others is not put on the wire. */
export function quoted(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text)) return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  throw channelRefused(
    "its names and passwords have plain letters alone",
    "Use a user, password and mailbox of ASCII letters, digits and signs for it.",
  );
}

async function reaching<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Fault) || !cause.code.startsWith("egress_")) throw cause;
    if (/^egress_(?:unreachable|lost)$/.test(cause.code))
      throw channelUnreachable(`the mailbox's server: ${cause.message}`, cause);
    if (cause.code.startsWith("egress_certificate_"))
      throw channelRefused(`the mailbox's server: ${cause.message}`, TLS_REMEDY);
    throw channelRefused(
      `the mailbox's server: ${cause.message}`,
      "Correct imapHost and imapPort; if it really is on a private network, set allowPrivate.",
    );
  }
}
