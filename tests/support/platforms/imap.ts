// A mailbox server of the tests: as much of RFC 3501 and RFC 9051 as a client of one mailbox meets (6.1.1, 6.2, 6.3.3, 6.4.4,
// 6.4.5, 6.4.8, 7.4.1), RFC 2177 (IDLE) and RFC 4959 (SASL-IR), and every way in which it can go wrong on command. The shapes of
// its answers are those of the examples in these documents; tests/channels/dovecot.test.ts asks a real server.
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";

/** How the server goes wrong; `n`: so often, then it is well again. */
export interface ImapWrongs {
  /** Ends the connection in the middle of the next so many messages. */
  dropsInFetch: number;
  /** Answers `NO` to the next so many sign-ins, with these words. */
  refusesSignIn: { n: number; words: string };
  /** Says BYE instead of the greeting, so often. */
  bye: number;
  /** Takes IDLE, and is never heard of again. */
  diesInIdle: number;
  /** Announces a literal larger than was asked for. */
  floods: boolean;
  /** Knows no STARTTLS, or adds words of its own to the answer before it is encrypted. */
  startTls: "yes" | "no" | "injects";
  noIdle: boolean;
  /** Answers a search as rev2 does. */
  rev2: boolean;
  noSaslIr: boolean;
  loginOnly: boolean;
}

export interface ImapServer {
  readonly port: number;
  readonly wrongs: ImapWrongs;
  /** Puts a mail into the mailbox, and tells whoever waits. Answers its UID. */
  readonly put: (raw: string | Buffer) => number;
  /** Mails are numbered anew from 1 on, in their order, under another UIDVALIDITY, unless the server lies about that. */
  readonly renumber: (isSaid?: boolean) => void;
  readonly forget: (own: number) => void;
  /** Every line that came, without tags; passwords too. */
  readonly lines: readonly string[];
  readonly signIns: () => number;
  readonly cutAll: () => void;
  readonly close: () => Promise<void>;
}

interface Kept {
  uid: number;
  readonly bytes: Buffer;
}

interface House {
  readonly wrongs: ImapWrongs;
  mails: Kept[];
  uidValidity: number;
  uidNext: number;
  readonly lines: string[];
  signIns: number;
  readonly idling: Map<Socket, () => void>;
  readonly sockets: Set<Socket>;
  readonly password: string;
}

const CONTEXT = createSecureContext({ cert: TEST_CERTIFICATE, key: TEST_KEY });

export async function openImap(password: string, isTls = true): Promise<ImapServer> {
  const house: House = {
    wrongs: {
      dropsInFetch: 0,
      refusesSignIn: { n: 0, words: "" },
      bye: 0,
      diesInIdle: 0,
      floods: false,
      startTls: "yes",
      noIdle: false,
      rev2: false,
      noSaslIr: false,
      loginOnly: false,
    },
    mails: [],
    uidValidity: 3_857_529_045,
    uidNext: 4_392,
    lines: [],
    signIns: 0,
    idling: new Map(),
    sockets: new Set(),
    password,
  };
  const server = createServer((bare) => {
    house.sockets.add(bare.setNoDelay(true));
    bare.on("error", () => {}).on("close", () => house.sockets.delete(bare));
    serve(house, isTls ? secured(bare) : bare, isTls);
  });
  const port = await listening(server);
  return {
    port,
    wrongs: house.wrongs,
    put: (raw) => {
      const own = house.uidNext;
      house.uidNext += 1;
      house.mails.push({ uid: own, bytes: Buffer.from(raw) });
      for (const tell of house.idling.values()) tell();
      return own;
    },
    renumber: (isSaid = true) => {
      if (isSaid) house.uidValidity += 1;
      house.mails = house.mails.map(({ bytes }, at) => ({ uid: at + 1, bytes }));
      house.uidNext = house.mails.length + 1;
    },
    forget: (own) => {
      house.mails = house.mails.filter((mail) => mail.uid !== own);
    },
    lines: house.lines,
    signIns: () => house.signIns,
    cutAll: () => {
      for (const socket of house.sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of house.sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function secured(socket: Socket): Socket {
  const over = new TLSSocket(socket, { isServer: true, secureContext: CONTEXT });
  return over.on("error", () => {});
}

function serve(house: House, socket: Socket, isSecure: boolean): void {
  const talk = talkOver(house, socket, isSecure);
  if (house.wrongs.bye > 0) {
    house.wrongs.bye -= 1;
    talk.say("* BYE Autologout; idle for too long");
    socket.end();
  } else talk.say("* OK IMAP4rev1 Service Ready");
}

function talkOver(house: House, socket: Socket, isSecure: boolean): Talk {
  let held = "";
  const hear = (chunk: Buffer): void => {
    held += chunk.toString("latin1");
    for (let end = held.indexOf("\r\n"); end >= 0; end = held.indexOf("\r\n")) {
      const line = held.slice(0, end);
      held = held.slice(end + 2);
      heard(talk, line);
    }
  };
  const talk: Talk = {
    house,
    socket,
    isSecure,
    say: (text) => void socket.write(`${text}\r\n`, "latin1"),
    stop: () => void socket.off("data", hear),
    expects: null,
    told: 0,
  };
  socket.on("data", hear);
  return talk;
}

function heard(talk: Talk, line: string): void {
  if (talk.expects !== null) return talk.expects(line);
  const [tag = "", ...words] = line.split(" ");
  talk.house.lines.push(words.join(" "));
  return answer(talk, tag, words);
}

interface Talk {
  readonly house: House;
  readonly socket: Socket;
  readonly say: (text: string) => void;
  readonly isSecure: boolean;
  readonly stop: () => void;
  expects: ((line: string) => void) | null;
  /** How many messages the client knows of. */
  told: number;
}

type Answer = (talk: Talk, tag: string, rest: string) => void;

const ANSWERS: Readonly<Record<string, Answer>> = {
  CAPABILITY: (talk, tag) => {
    talk.say(`* CAPABILITY ${capabilitiesOf(talk)}`);
    talk.say(`${tag} OK CAPABILITY completed`);
  },
  STARTTLS: (talk, tag) => startTls(talk, tag),
  AUTHENTICATE: (talk, tag, rest) => authenticate(talk, tag, rest.split(" ")[1] ?? null),
  LOGIN: (talk, tag, rest) => {
    const [, user = "", password = ""] = /^"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/.exec(rest) ?? [];
    signIn(talk, tag, `${user}:${password.replaceAll(/\\(["\\])/g, "$1")}`);
  },
  EXAMINE: (talk, tag, rest) => examine(talk, tag, rest),
  UID: (talk, tag, rest) =>
    rest.startsWith("SEARCH") ? search(talk, tag, rest) : fetchMails(talk, tag, rest),
  IDLE: (talk, tag) => idle(talk, tag),
  NOOP: ({ house, say }, tag) => {
    say(`* ${house.mails.length} EXISTS`);
    say(`${tag} OK NOOP completed`);
  },
  LOGOUT: ({ socket }, tag) =>
    void socket.end(`* BYE IMAP4rev1 Server logging out\r\n${tag} OK LOGOUT completed\r\n`),
};

function answer(talk: Talk, tag: string, words: readonly string[]): void {
  const [command = "", ...rest] = words;
  const own = ANSWERS[command.toUpperCase()];
  if (own === undefined) talk.say(`${tag} BAD command unknown`);
  else own(talk, tag, rest.join(" "));
}

function capabilitiesOf({ house: { wrongs }, isSecure }: Talk): string {
  return [
    wrongs.rev2 ? "IMAP4rev2" : "IMAP4rev1",
    ...(wrongs.noIdle ? [] : ["IDLE"]),
    ...(isSecure ? [] : ["STARTTLS", "LOGINDISABLED"]),
    ...(isSecure && !wrongs.loginOnly ? ["AUTH=PLAIN", ...(wrongs.noSaslIr ? [] : ["SASL-IR"])] : []),
  ].join(" ");
}

function startTls(talk: Talk, tag: string): void {
  const { house, say, socket } = talk;
  if (house.wrongs.startTls === "no") return say(`${tag} NO STARTTLS is not available`);
  // CVE-2011-0411 and its kin: what is put before the handshake must not be read as if it came after.
  const more = house.wrongs.startTls === "injects" ? `dw1 OK injected\r\n` : "";
  talk.stop();
  socket.write(`${tag} OK Begin TLS negotiation now\r\n${more}`);
  // There is no second greeting.
  talkOver(house, secured(socket), true);
}

function authenticate(talk: Talk, tag: string, initial: string | null): void {
  const given = (text: string): void => {
    talk.expects = null;
    const [, user = "", password = ""] = Buffer.from(text, "base64").toString("utf8").split("\u0000");
    signIn(talk, tag, `${user}:${password}`);
  };
  if (initial !== null) return given(initial);
  talk.expects = given;
  talk.say("+ ");
}

function signIn({ house, say }: Talk, tag: string, credentials: string): void {
  house.signIns += 1;
  const { refusesSignIn } = house.wrongs;
  if (refusesSignIn.n > 0) {
    refusesSignIn.n -= 1;
    return say(`${tag} NO ${refusesSignIn.words}`);
  }
  if (credentials === `doorward:${house.password}`) return say(`${tag} OK LOGIN completed`);
  return say(`${tag} NO [AUTHENTICATIONFAILED] ${credentials} is not known`);
}

/** RFC 3501, 6.3.2: the same as SELECT's, read-only. */
function examine(talk: Talk, tag: string, name: string): void {
  const { house, say } = talk;
  if (name !== '"INBOX"') return say(`${tag} NO [NONEXISTENT] no such mailbox`);
  talk.told = house.mails.length;
  say(`* ${house.mails.length} EXISTS`);
  say("* 2 RECENT");
  say(`* OK [UIDVALIDITY ${house.uidValidity}] UIDs valid`);
  say(`* OK [UIDNEXT ${house.uidNext}] Predicted next UID`);
  say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
  say("* OK [PERMANENTFLAGS ()] No permanent flags permitted");
  return say(`${tag} OK [READ-ONLY] EXAMINE completed`);
}

function search({ house, say }: Talk, tag: string, rest: string): void {
  const from = Number(/^SEARCH UID (\d+):\*$/.exec(rest)?.[1]);
  const all = house.mails.map((mail) => mail.uid);
  const found = all.filter((one) => one >= from);
  // `n:*` names the last one even where it is below n.
  const uids = found.length === 0 ? all.slice(-1) : found;
  const none = uids.length === 0 ? "" : ` ALL ${ranged(uids)}`;
  say(house.wrongs.rev2 ? `* ESEARCH (TAG "${tag}") UID${none}` : `* SEARCH ${uids.join(" ")}`);
  say(`${tag} OK SEARCH completed`);
}

function fetchMails(talk: Talk, tag: string, rest: string): void {
  const { house, say } = talk;
  const [, uids, max] = /^FETCH ([\d,]+) \(UID INTERNALDATE BODY\.PEEK\[\]<0\.(\d+)>\)$/.exec(rest) ?? [];
  if (uids === undefined) return say(`${tag} BAD not in these tests: ${rest}`);
  const asked = new Set(uids.split(",").map(Number));
  for (const [at, mail] of house.mails.entries())
    if (asked.has(mail.uid) && !give(talk, at + 1, mail, Number(max))) return;
  return say(`${tag} OK FETCH completed`);
}

function ranged(uids: readonly number[]): string {
  const isRun = uids.every((one, at) => at === 0 || one === (uids[at - 1] ?? 0) + 1);
  return isRun && uids.length > 1 ? `${uids[0]}:${uids.at(-1)}` : uids.join(",");
}

/** RFC 3501, 7.4.2; flags change in between without being asked for, as they do. */
function give({ house, socket }: Talk, number: number, { uid: own, bytes }: Kept, max: number): boolean {
  const part = bytes.subarray(0, max);
  const head = `* ${number} FETCH (UID ${own} INTERNALDATE "${internalDate()}" BODY[]<0> `;
  if (house.wrongs.floods) {
    socket.write(`${head}{99999999}\r\n${"x".repeat(1_000)}`);
    return false;
  }
  if (house.wrongs.dropsInFetch > 0) {
    house.wrongs.dropsInFetch -= 1;
    socket.write(`${head}{${part.length}}\r\n`);
    socket.write(part.subarray(0, Math.floor(part.length / 2)), () => socket.destroy());
    return false;
  }
  const flags = `* ${number} FETCH (FLAGS (\\Seen $Forwarded))\r\n`;
  socket.write(
    Buffer.concat([Buffer.from(`${flags}${head}{${part.length}}\r\n`), part, Buffer.from(")\r\n")]),
  );
  return true;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function internalDate(): string {
  const now = new Date();
  const day = String(now.getUTCDate()).padStart(2, " ");
  return `${day}-${MONTHS[now.getUTCMonth()]}-${now.getUTCFullYear()} ${now.toISOString().slice(11, 19)} +0000`;
}

function idle(talk: Talk, tag: string): void {
  const { house, say, socket } = talk;
  say("+ idling");
  if (house.wrongs.diesInIdle > 0) {
    house.wrongs.diesInIdle -= 1;
    talk.expects = () => {};
    return;
  }
  const tell = (): void => say(`* ${house.mails.length} EXISTS`);
  house.idling.set(socket, tell);
  // What came while nobody was told is told now (RFC 9051, 6.3.13).
  if (house.mails.length !== talk.told) tell();
  talk.expects = () => {
    talk.expects = null;
    house.idling.delete(socket);
    say(`${tag} OK IDLE terminated`);
  };
}
