import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { faultAnswer } from "./answers.ts";
import { clientBody, drainBody } from "./body.ts";
import { type Connection, type Door, noteRefusal } from "./door.ts";
import { asFault, clientGone, expectationRefused, headTooLarge, malformed, pipelined } from "./faults.ts";
import { framing, tooSlow, unauthenticated } from "./faults.ts";
import { type Head, readHead } from "./headers.ts";
import { type SendOptions, sendHttp1 } from "./http1-send.ts";
import type { Origin, ProxiedBody, ProxiedRequest } from "./port.ts";
import { sendRawFault } from "./raw-send.ts";
import { beginRequest, dropAnswer, type Under } from "./requests.ts";
import { checkHost, checkMethod, readAbsolute, readInside, type Target } from "./target.ts";

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
      flooded(door, request, turn);
      return;
    }
    const one = { door, connection: turn.connection, request, response, continues };
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
    if (fault === null || (turn?.waiting ?? 1) > 0) {
      socket.destroy();
      return;
    }
    noteRefusal(door, { who: turn?.connection.who ?? null, origin: turn?.connection.inside ?? null, fault });
    sendRawFault(socket, fault);
  });
  // Starts Node's own check of slow heads, which a server that listens starts by itself.
  server.emit("listening");
  return {
    serve: (socket, connection) => {
      turns.set(socket, { connection, waiting: 0, last: Promise.resolve() });
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

/** Null: the connection broke, and nobody is there to be told. */
function faultOfParser(error: NodeJS.ErrnoException): (Error & ReturnType<typeof malformed>) | null {
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

interface One<Who> {
  readonly door: Door<Who>;
  readonly connection: Connection<Who>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly continues: boolean;
}

interface Progress<Who> {
  who: Who | null;
  origin: Origin | null;
  under: Under | null;
}

async function answerOne<Who>(one: One<Who>): Promise<void> {
  const { request, response } = one;
  if (response.destroyed || request.socket.destroyed) return;
  const progress: Progress<Who> = { who: one.connection.who, origin: one.connection.inside, under: null };
  try {
    await throughRoad(one, progress);
  } catch (thrown) {
    await refuse(one, progress, thrown);
  } finally {
    progress.under?.close();
  }
}

async function throughRoad<Who>(one: One<Who>, progress: Progress<Who>): Promise<void> {
  const { door, connection, request, response } = one;
  const head = readHead(request.rawHeaders, door.limits.headersMax);
  const who = connection.who ?? door.road.identify(head.presented);
  if (who === null) throw unauthenticated();
  progress.who = who;
  const target = readRequestTarget(one, head);
  progress.origin = target.origin;
  const under = beginRequest(door, who, () => void setTimeout(() => response.destroy(), door.limits.cutMs));
  progress.under = under;
  response.once("close", () => {
    if (!response.writableFinished) under.abort(clientGone());
  });
  const proxied: ProxiedRequest = {
    method: checkMethod(request.method ?? ""),
    ...target,
    headers: head.headers,
    body: bodyOf(one, head),
    protocol: request.httpVersion === "1.0" ? "http/1.0" : "http/1.1",
    signal: under.signal,
  };
  const asked = door.road.request(who, proxied);
  const answer = await under.wait(asked).catch((cause: unknown) => {
    void asked.then(dropAnswer, () => {});
    throw cause;
  });
  await sendHttp1(response, answer, sendOptions(one, false));
}

function sendOptions<Who>({ door, request }: One<Who>, isLast: boolean): SendOptions {
  const { limits, ambient } = door;
  return {
    isHead: request.method === "HEAD",
    isLast: isLast || !request.complete,
    stallMs: limits.stallMs,
    drain: async () => {
      if (!request.complete) await drainBody(request, { limits, monotonic: ambient.monotonic });
    },
  };
}

function readRequestTarget<Who>({ connection, request, door }: One<Who>, head: Head): Target {
  const { method = "", url = "", httpVersion } = request;
  if (httpVersion !== "1.0" && httpVersion !== "1.1") throw malformed("its version is not spoken");
  if (url.length > door.limits.targetBytesMax) throw headTooLarge();
  checkMethod(method);
  const isOld = httpVersion === "1.0";
  if (isOld && head.framing.kind === "chunked") throw framing("HTTP/1.0 has no transfer codings");
  const target = connection.inside === null ? readAbsolute(method, url) : readInside(url, connection.inside);
  checkHost(head.host, target, isOld);
  return target;
}

function bodyOf<Who>({ door, request, response, continues }: One<Who>, head: Head): ProxiedBody | null {
  if (head.expects !== null && head.expects.toLowerCase() !== "100-continue")
    throw expectationRefused(head.expects);
  const { framing: form } = head;
  if (form.kind === "none" || (form.kind === "length" && form.bytes === 0)) return null;
  let isContinued = !continues;
  const begin = (): void => {
    if (!isContinued && !response.headersSent) response.writeContinue();
    isContinued = true;
  };
  return clientBody({
    stream: request,
    declaredBytes: form.kind === "length" ? form.bytes : null,
    limits: door.limits,
    monotonic: door.ambient.monotonic,
    begin,
  });
}

async function refuse<Who>(one: One<Who>, progress: Progress<Who>, thrown: unknown): Promise<void> {
  const { door, response } = one;
  const fault = asFault(thrown);
  noteRefusal(door, { ...progress, fault });
  if (response.headersSent || response.destroyed) return void response.destroy();
  const isLast = fault.code !== "proxy_unauthenticated";
  await sendHttp1(response, faultAnswer(fault), sendOptions(one, isLast));
}
