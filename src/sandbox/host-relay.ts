import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Where a sandboxed server asked to be led. */
export interface Asked {
  readonly host: string;
  readonly port: number;
}

export interface HostRelay {
  /** Whether the server was granted it. */
  readonly allows: (asked: Asked) => boolean;
  /** Opens a connection under the rules of egress; throws where it may not or cannot. */
  readonly dial: (asked: Asked) => Promise<Duplex>;
  /** Told of each host that was asked for and not granted. */
  readonly refused: (asked: Asked) => void;
}

const CONNECTIONS_MAX = 64;
const HEAD_BYTES_MAX = 8 * 1024;
const HEAD_MS = 30_000;
const HEAD_END = "\r\n\r\n";
const CONNECT = /^CONNECT (\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253}):(\d{1,5}) HTTP\/1\.[01]\r\n/i;

/**
 * The way out of a sandboxed MCP server: tunnels to the hosts that it was granted (RFC 9110, 9.3.6), and nothing else. What goes
 * through them is not read: TLS is between the server and its host.
 */
export function relayHosts(relay: HostRelay): Server {
  const server = createServer({ allowHalfOpen: true }, (inner) => void serve(inner, relay));
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

async function serve(inner: Socket, relay: HostRelay): Promise<void> {
  inner.on("error", () => inner.destroy());
  const read = await headOf(inner);
  if (read === null) return void inner.destroy();
  const [, name = "", port = ""] = CONNECT.exec(read.head) ?? [];
  if (name === "") return answer(inner, "405 Method Not Allowed", "only CONNECT is spoken here: use https");
  const asked = { host: name.replace(/^\[|\]$/g, "").toLowerCase(), port: Number(port) };
  if (!relay.allows(asked)) {
    relay.refused(asked);
    return answer(inner, "403 Forbidden", `this server was not granted ${asked.host}:${asked.port}`);
  }
  try {
    const outer = await relay.dial(asked);
    inner.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (read.rest.length > 0) outer.write(read.rest);
    join(inner, outer);
    join(outer, inner);
  } catch {
    answer(inner, "502 Bad Gateway", `${asked.host}:${asked.port} cannot be reached, or may not be`);
  }
}

function join(from: Duplex, to: Duplex): void {
  from.on("error", () => to.destroy());
  from.on("close", () => void (from.readableEnded || to.destroy()));
  from.pipe(to);
}

interface Read {
  readonly head: string;
  readonly rest: Buffer;
}

/** Null: it went away, took too long, or said too much. */
function headOf(socket: Socket): Promise<Read | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (read: Read | null): void => {
      clearTimeout(timer);
      socket.off("data", take);
      socket.off("close", gone);
      socket.pause();
      resolve(read);
    };
    const gone = (): void => done(null);
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf(HEAD_END);
      if (end >= 0) {
        const from = end + HEAD_END.length;
        done({ head: bytes.toString("latin1", 0, from), rest: bytes.subarray(from) });
      } else if (bytes.length > HEAD_BYTES_MAX) done(null);
    };
    const timer = setTimeout(gone, HEAD_MS);
    socket.on("data", take).once("close", gone);
  });
}

function answer(socket: Socket, status: string, why: string): void {
  const head = [`HTTP/1.1 ${status}`, "content-type: text/plain", "connection: close", "", ""].join("\r\n");
  socket.end(`${head}doorward: ${why}\n`);
}
