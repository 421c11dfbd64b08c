import { open } from "node:fs/promises";

/** The ends of one TCP connection, as a `net.Socket` names them. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** Says whether the process at the other end of a socket runs as this process's own OS user. Never rejects. */
export type IsOwnUser = (socket: PeerSocket) => Promise<boolean>;

/** Where the kernel tells about sockets and this process about its user; handed in by tests. */
export interface PeerSources {
  readonly read: (path: string) => Promise<string>;
  /** Undefined where users have no numbers (Windows). */
  readonly user: number | undefined;
}

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
/** About 28,000 sockets. What stands below is not seen, and so no agent is called bypassable for it. */
const TABLE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Looks each loopback socket up once (T1), by what Linux writes in `/proc/net/tcp` and `tcp6`; elsewhere, and for
 * every other address, the answer is no. Sockets that come while the tables are read share the next reading, so at
 * most one runs and one waits, however many connect at once.
 */
export function createIsOwnUser(sources: PeerSources = systemSources()): IsOwnUser {
  const known = new WeakMap<PeerSocket, Promise<boolean>>();
  const tables = shared(async () => Promise.all(TABLES.map((path) => sources.read(path).catch(() => ""))));
  const look = async (socket: PeerSocket): Promise<boolean> => {
    const ends = loopbackEnds(socket);
    if (ends === null || sources.user === undefined) return false;
    return userOfPeer((await tables()).join("\n"), ends) === sources.user;
  };
  return (socket) => {
    const found = known.get(socket) ?? look(socket);
    known.set(socket, found);
    return found;
  };
}

interface Ends {
  readonly peer: { readonly address: string; readonly port: number };
  readonly own: { readonly address: string; readonly port: number };
}

/**
 * The number of the OS user who holds the peer's end, or null where no line says so. A line is `sl local_address
 * rem_address st tx:rx tr:tm retrnsmt uid timeout inode …` (kernel, Documentation/networking/proc_net_tcp.rst), with
 * addresses as 32-bit words in this machine's byte order. A socket that no process holds any more has inode 0 and
 * claims uid 0, whoever had it.
 */
export function userOfPeer(table: string, { peer, own }: Ends): number | null {
  const from = spellings(peer);
  const to = spellings(own);
  for (const line of table.split("\n")) {
    const [, local = "", remote = "", , , , , uid = "", , inode = "0"] = line.trim().split(/\s+/);
    if (from.includes(local) && to.includes(remote) && inode !== "0" && /^\d+$/.test(uid)) return Number(uid);
  }
  return null;
}

/** Both tables at once: a client's IPv6 socket may hold an IPv4 connection, as `::ffff:127.0.0.1`. */
function spellings({ address, port }: Ends["peer"]): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  if (address === "::1") return [`${word([0, 0, 0, 0]).repeat(3)}${word([0, 0, 0, 1])}${end}`];
  const four = word(address.split(".").map(Number));
  const mapped = `${word([0, 0, 0, 0]).repeat(2)}${word([0, 0, 255, 255])}${four}`;
  return [`${four}${end}`, `${mapped}${end}`];
}

/** Four bytes in network order, as a word that the kernel prints in its own. */
function word(bytes: readonly number[]): string {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return view.getUint32(0, IS_LITTLE_ENDIAN).toString(16).toUpperCase().padStart(8, "0");
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function loopbackEnds(socket: PeerSocket): Ends | null {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remotePort === undefined || localPort === undefined) return null;
  const [peer, own] = [plain(remoteAddress), plain(localAddress)];
  if (peer === null || own === null) return null;
  return { peer: { address: peer, port: remotePort }, own: { address: own, port: localPort } };
}

/** A loopback address without the IPv6 clothes of IPv4, or null for any other. */
function plain(address: string | undefined): string | null {
  const bare = (address ?? "").replace(/^::ffff:/i, "");
  return bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare) ? bare : null;
}

/** One run at a time; who asks while one is under way gets the one after it, which began after they asked. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const start = (): Promise<T> => {
    next = null;
    const running = run().finally(() => {
      if (current === running) current = null;
    });
    current = running;
    return running;
  };
  return () => {
    if (current === null) return start();
    next ??= current.then(start, start);
    return next;
  };
}

function systemSources(): PeerSources {
  return { read: readTable, user: process.platform === "linux" ? process.getuid?.() : undefined };
}

async function readTable(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(64 * 1024);
    let text = "";
    while (text.length < TABLE_BYTES_MAX) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      text += buffer.toString("latin1", 0, bytesRead);
    }
    return text;
  } finally {
    await file.close();
  }
}
