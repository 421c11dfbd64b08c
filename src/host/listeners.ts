import { type Answer, type ListenerSeen, nextQuestion } from "#discovery";
import type { FetchLike } from "#egress";
import { pseudoText } from "./first-bytes.ts";
import { parsed } from "./reading.ts";

/** A socket that waits for connections. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const TABLE_BYTES_MAX = 4 * 1_048_576;
const LISTENERS_MAX = 256;
const AT_ONCE = 8;
const QUESTIONS_MAX = 32;
export const PROBE_MS = 650;
export const PROBE_BYTES_MAX = 1_048_576;
const LISTENER_MS = 5000;

/** Who listens on this machine, as Linux says in `/proc/net/tcp` and `tcp6` (kernel, Documentation/networking/proc_net_tcp.rst). */
export function listeningOn(proc = "/proc"): Listening[] {
  return ["tcp", "tcp6"].flatMap((name) => listeningIn(pseudoText(`${proc}/net/${name}`, TABLE_BYTES_MAX)));
}

const LISTEN = "0A";

export function listeningIn(table: string): Listening[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    if (state !== LISTEN || !/^(?:[\dA-F]{8}|[\dA-F]{32})$/.test(address)) return [];
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }];
  });
}

/** Words of 32 bits, each in this machine's order of bytes; the machines that Node 24 runs Linux on are little-endian. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => `${bytes[2 * at]}${bytes[2 * at + 1]}`.toLowerCase());
  const whole = groups.map((group) => group.replace(/^0{1,3}/, "")).join(":");
  if (whole.startsWith("0:0:0:0:0:ffff:"))
    return `::ffff:${bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join(".")}`;
  return whole.replace(/(?:^|:)0(?::0)+(?::|$)/, "::");
}

/** Asks each listener that loopback reaches what it is; the others are listed without answers. Never rejects. */
export async function listenersSeen(
  ask: FetchLike,
  listening: readonly Listening[],
  holders: ReadonlyMap<string, number>,
): Promise<ListenerSeen[]> {
  const waiting = listening.slice(0, LISTENERS_MAX);
  const seen: ListenerSeen[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { address, port, inode } = next;
      const host = loopbackOf(address);
      const answers = host === null ? [] : await answersOf(ask, host, port);
      seen.push({ address, port, pid: holders.get(inode) ?? null, answers });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return seen;
}

/** How loopback reaches it, or null: other addresses of this machine are not asked. */
function loopbackOf(address: string): string | null {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::" || address === "::1") return "[::1]";
  const mapped = address.replace(/^::ffff:/, "");
  return /^127(?:\.\d{1,3}){3}$/.test(mapped) ? mapped : null;
}

/** What a port says to one question after the other, until it is known. Never rejects. */
export async function answersOf(ask: FetchLike, host: string, port: number): Promise<Answer[]> {
  const whole = AbortSignal.timeout(LISTENER_MS);
  const answers: Answer[] = [];
  while (answers.length < QUESTIONS_MAX && !whole.aborted) {
    const path = nextQuestion(port, answers);
    if (path === null) break;
    answers.push(await answerTo(ask, { url: `http://${host}:${port}${path}`, path, whole }));
  }
  return answers;
}

interface Question {
  readonly url: string;
  readonly path: string;
  readonly whole: AbortSignal;
}

async function answerTo(ask: FetchLike, { url, path, whole }: Question): Promise<Answer> {
  try {
    const signal = AbortSignal.any([whole, AbortSignal.timeout(PROBE_MS)]);
    const response = await ask(url, { signal, headers: { accept: "application/json, text/plain" } });
    const text = await boundedText(response, signal);
    const server = response.headers.get("server") ?? "";
    return { path, status: response.status, server, text, json: parsed(text) };
  } catch {
    // No HTTP, too slow, too much, or a redirect: no answer that could be judged.
    return { path, status: 0, server: "", text: "", json: null };
  }
}

/** Enforced here as well, whatever client was handed in: throws where there is more. */
async function boundedText(response: Response, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    signal.throwIfAborted();
    bytes += part.length;
    if (bytes > PROBE_BYTES_MAX) throw new RangeError("more than anybody has to say of itself");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
