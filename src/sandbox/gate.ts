import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Door } from "./port.ts";

const CONNECTIONS_MAX = 512;
const HEAD_BYTES_MAX = 64 * 1024;
const HEAD_MS = 30_000;
const HEAD_END = "\r\n\r\n";
const REQUEST = /^(?<method>[A-Z]+) (?<target>\S+) (?<version>HTTP\/1\.[01])$/;
/** Where clients of models and of MCP put their key; all of it is the run's own secret or nobody's. */
const SHOWN_IN = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];
/** What a connection that ends with its request must not say otherwise. */
const CONNECTION = ["connection", "keep-alive", "proxy-connection"];

/** The user's name beside the secret, for proxies (RFC 7617). */
export const GATE_USER = "doorward";

/** `http://127.0.0.1:PORT/run/SECRET`: the address for clients that show no key. */
export function keylessAddress(port: number, secret: string): string {
  return `http://127.0.0.1:${port}/run/${secret}`;
}

/**
 * A relay that must stand on loopback, where every program of the machine reaches it: whoever does not know the secret of this run is
 * told so and closed. The secret is looked at here, taken out, and never goes on. Each request has a connection of its own, so that none
 * comes in behind another; CONNECT and upgrades stay open as they are. `inner` is not to listen itself.
 */
export function gated(inner: Server, kind: Door["kind"], secret: string): Server {
  const sockets = new Set<Socket>();
  const gate = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    void admit(socket, { inner, kind, secret });
  });
  gate.maxConnections = CONNECTIONS_MAX;
  gate.once("close", () => inner.close());
  return Object.assign(gate, {
    closeAllConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
  });
}

interface Gate {
  readonly inner: Server;
  readonly kind: Door["kind"];
  readonly secret: string;
}

async function admit(socket: Socket, { inner, kind, secret }: Gate): Promise<void> {
  const read = await headOf(socket);
  if (read === null) return void socket.destroy();
  const head = parse(read.head);
  if (head === null) return refuse(socket, BAD);
  const passed = kind === "http" ? ownKey(head, secret) : ownProxyKey(head, secret);
  if (passed === null) return refuse(socket, kind === "http" ? UNKNOWN : UNKNOWN_PROXY);
  socket.unshift(Buffer.concat([Buffer.from(written(passed), "latin1"), read.rest]));
  inner.emit("connection", socket);
  // It was paused while its head was read; whoever has it now may have asked for it already.
  process.nextTick(() => socket.resume());
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly (readonly [name: string, line: string])[];
}

/** Null: nothing that a client of HTTP/1.1 says (RFC 9112, 2.2 and 5: no bare line feeds, no folded lines). */
function parse(text: string): Head | null {
  const [first = "", ...lines] = text.slice(0, -HEAD_END.length).split("\r\n");
  const { method, target, version } = REQUEST.exec(first)?.groups ?? {};
  if (method === undefined || target === undefined || version === undefined) return null;
  const fields = lines.map(
    (line) => [/^([!#$%&'*+.^_`|~\w-]+):/.exec(line)?.[1]?.toLowerCase() ?? "", line] as const,
  );
  const isPlain = fields.every(([name, line]) => name !== "" && !/[\r\n\0]/.test(line));
  return isPlain ? { method, target, version, fields } : null;
}

/** With the secret as the key that it shows, or in front of the path. Null: without it. */
function ownKey(head: Head, secret: string): Head | null {
  const [, shown = null, rest = ""] = /^\/run\/([^/?#]+)(\/.*)$/.exec(head.target) ?? [];
  const keys = head.fields.flatMap(([name, line]) => (SHOWN_IN.includes(name) ? [valueOf(line)] : []));
  const isKnown = [shown, ...keys.map((key) => key.replace(/^bearer +/i, ""))].some((one) =>
    isSame(one, secret),
  );
  if (!isKnown) return null;
  const target = shown === null ? head.target : rest;
  return { ...head, target, fields: once(head).filter(([name]) => !SHOWN_IN.includes(name)) };
}

function ownProxyKey(head: Head, secret: string): Head | null {
  const shown = head.fields.flatMap(([name, line]) =>
    name === "proxy-authorization" ? [valueOf(line)] : [],
  );
  const basic = Buffer.from(`${GATE_USER}:${secret}`).toString("base64");
  if (shown.length !== 1 || !isSame(shown[0]?.replace(/^basic +/i, "") ?? null, basic)) return null;
  const fields = head.method === "CONNECT" ? head.fields : once(head);
  return { ...head, fields: fields.filter(([name]) => name !== "proxy-authorization") };
}

/** The fields of a request that nothing follows on its connection. */
function once({ fields }: Head): Head["fields"] {
  const isUpgrade = fields.some(([name]) => name === "upgrade");
  if (isUpgrade) return fields;
  return [...fields.filter(([name]) => !CONNECTION.includes(name)), ["connection", "Connection: close"]];
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(":") + 1).trim();
}

/** In the same time, whatever is compared. */
function isSame(shown: string | null, secret: string): boolean {
  const [one, other] = [shown ?? "", secret].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other) && shown !== null;
}

function written({ method, target, version, fields }: Head): string {
  return `${[`${method} ${target} ${version}`, ...fields.map(([, line]) => line)].join("\r\n")}${HEAD_END}`;
}

/** Null: it went away, took too long, or said too much. */
function headOf(socket: Socket): Promise<{ readonly head: string; readonly rest: Buffer } | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (read: { readonly head: string; readonly rest: Buffer } | null): void => {
      clearTimeout(timer);
      socket.off("data", take).off("close", gone).off("end", gone).pause();
      resolve(read);
    };
    const gone = (): void => done(null);
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf(HEAD_END);
      const from = end + HEAD_END.length;
      if (end >= 0) done({ head: bytes.toString("latin1", 0, from), rest: bytes.subarray(from) });
      else if (bytes.length > HEAD_BYTES_MAX) done(null);
    };
    const timer = setTimeout(gone, HEAD_MS);
    socket.on("data", take).once("close", gone).once("end", gone);
  });
}

const WHY = "this address belongs to one run of an agent, and only what runs in it knows its key";
const BAD = ["400 Bad Request", "this is no request of HTTP/1.1"];
const UNKNOWN = ["401 Unauthorized", WHY];
const UNKNOWN_PROXY = ["407 Proxy Authentication Required", WHY];

function refuse(socket: Socket, [status = "", why = ""]: readonly string[]): void {
  const asks = status.startsWith("407") ? ['proxy-authenticate: Basic realm="doorward"'] : [];
  const head = [`HTTP/1.1 ${status}`, "content-type: text/plain", "connection: close", ...asks, "", ""];
  socket.end(`${head.join("\r\n")}doorward: ${why}\n`);
  socket.resume();
}
