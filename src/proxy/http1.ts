import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Fault } from "#base";
import { type Connection, type Door, noteRefusal } from "./door.ts";
import { framing, headTooLarge, malformed, pipelined, tooSlow } from "./faults.ts";
import { answerOne, type One } from "./http1-one.ts";
import { sendRawFault } from "./raw-send.ts";

/** Reads HTTP/1.0 and 1.1 from connections handed in; it listens nowhere itself. */
export interface Http1<Who> {
  readonly serve: (socket: Duplex, connection: Connection<Who>) => void;
  readonly close: () => void;
}

/** A connection that this parser has done with, and the request that ended it. */
export interface Handed<Who> {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request before it was answered. */
  readonly early: Buffer;
  readonly connection: Connection<Who>;
}

export interface Http1Handlers<Who> {
  readonly connect: (handed: Handed<Who>) => Promise<void>;
  readonly upgrade: (handed: Handed<Who>) => Promise<void>;
}

interface Turn<Who> {
  readonly connection: Connection<Who>;
  /** Requests read and not yet answered. */
  waiting: number;
  last: Promise<void>;
  /** What is being read, or was last. */
  newest: One<Who> | null;
}

const CHECK_MS_MAX = 2_000;

export function openHttp1<Who>(door: Door<Who>, handlers: Http1Handlers<Who>): Http1<Who> {
  const turns = new WeakMap<Duplex, Turn<Who>>();
  const server = serverOf(door);
  const take = (continues: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const turn = turns.get(request.socket);
    if (turn === undefined) {
      response.destroy();
      return;
    }
    turn.waiting += 1;
    if (turn.waiting > door.limits.pipelinedMax) {
      if (turn.waiting === door.limits.pipelinedMax + 1) flooded(door, request, turn);
      return;
    }
    const one: One<Who> = {
      door,
      connection: turn.connection,
      request,
      response,
      continues,
      under: null,
      broken: null,
    };
    turn.newest = one;
    // One after the other, as they were sent: what the second asks for may rest on what the first did.
    turn.last = turn.last.then(() => answerOne(one)).finally(() => (turn.waiting -= 1));
  };
  server.on("request", take(false)).on("checkContinue", take(true)).on("checkExpectation", take(false));
  const handOver =
    (handler: Http1Handlers<Who>["connect"]) => (request: IncomingMessage, socket: Duplex, early: Buffer) => {
      const turn = turns.get(socket);
      if (turn === undefined) {
        socket.destroy();
        return;
      }
      socket.on("error", () => {});
      void turn.last.then(() => handler({ request, socket, early, connection: turn.connection }));
    };
  server.on("connect", handOver(handlers.connect)).on("upgrade", handOver(handlers.upgrade));
  server.on("clientError", (error, socket) => {
    const turn = turns.get(socket);
    const fault = faultOfParser(error);
    if (fault === null || turn === undefined) socket.destroy();
    else unreadable(door, turn, socket, fault);
  });
  // Starts Node's own check of slow heads, which a server that listens starts by itself.
  server.emit("listening");
  return {
    serve: (socket, connection) => {
      turns.set(socket, { connection, waiting: 0, last: Promise.resolve(), newest: null });
      server.emit("connection", socket);
      // It was paused while its first bytes were looked at.
      socket.resume();
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function serverOf<Who>({ limits }: Door<Who>): Server {
  const server = createServer({
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    requireHostHeader: false,
    headersTimeout: limits.headMs,
    requestTimeout: 0,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(CHECK_MS_MAX, limits.headMs),
    maxHeaderSize: limits.headBytesMax,
    noDelay: true,
    shouldUpgradeCallback: (request) =>
      request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket",
  });
  // Node leaves out, without a word, what is over this number: a Host or a length among it. We count ourselves.
  server.maxHeadersCount = 0;
  return server;
}

/** The parser gave up: within the body of the newest request, or at the head of one behind it, once those before are answered. */
function unreadable<Who>(door: Door<Who>, turn: Turn<Who>, socket: Duplex, fault: Fault): void {
  const { newest, connection } = turn;
  if (newest !== null && !newest.request.complete) {
    newest.broken = fault;
    newest.under?.abort(fault);
    return;
  }
  const refuse = (): void => {
    if (!socket.writable) return;
    noteRefusal(door, { who: connection.who, origin: connection.inside, fault });
    sendRawFault(socket, fault);
  };
  void turn.last.then(refuse);
}

/** Null: the connection broke, and nobody is there to be told. */
function faultOfParser(error: NodeJS.ErrnoException): Fault | null {
  const code = error.code ?? "";
  if (code === "HPE_HEADER_OVERFLOW" || code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return headTooLarge();
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return tooSlow("the request's head");
  if (code === "HPE_INVALID_EOF_STATE") return null;
  if (/CONTENT_LENGTH|TRANSFER_ENCODING|CHUNK/.test(code)) return framing(error.message);
  return code.startsWith("HPE_") ? malformed(error.message, error) : null;
}

function flooded<Who>(door: Door<Who>, request: IncomingMessage, { connection }: Turn<Who>): void {
  const fault = pipelined(door.limits.pipelinedMax);
  noteRefusal(door, { who: connection.who, origin: connection.inside, fault });
  request.socket.destroy();
}
