import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import WebSocketClient, { WebSocketServer } from "ws";
import type { Fault } from "#base";
import { type Door, noteRefusal } from "./door.ts";
import { asFault, clientGone, framing, unauthenticated, upgradeRefused } from "./faults.ts";
import { type Head, readHead } from "./headers.ts";
import type { Handed } from "./http1.ts";
import type { OpenSocket, ProxiedRequest, SocketMessage } from "./port.ts";
import { sendRaw, sendRawFault } from "./raw-send.ts";
import { beginRequest, type Under } from "./requests.ts";
import { checkHost, readAbsolute, readInside } from "./target.ts";

/** The client's side of a WebSocket (RFC 6455): the road opens the other, and every message goes through it. Never throws. */
export async function acceptSocket<Who>(
  door: Door<Who>,
  { request, socket, early, connection }: Handed<Who>,
): Promise<void> {
  let [who, under]: [Who | null, Under | null] = [connection.who, null];
  let origin = connection.inside;
  try {
    const head = readHead(request.rawHeaders, door.limits.headersMax);
    who ??= door.road.identify(head.presented, request.socket);
    if (who === null) throw unauthenticated();
    checkUpgrade(request, head, early);
    const target =
      connection.inside === null
        ? readAbsolute("GET", request.url ?? "")
        : readInside(request.url ?? "", connection.inside);
    origin = target.origin;
    checkHost(head.host, target, false);
    under = beginRequest(door, who, () => void setTimeout(() => socket.destroy(), door.limits.cutMs));
    socket.once("close", () => under?.abort(clientGone()));
    const proxied: ProxiedRequest = {
      method: "GET",
      ...target,
      headers: head.headers,
      body: null,
      protocol: "http/1.1",
      signal: under.signal,
    };
    const opened = await under.wait(door.road.socket(who, proxied));
    if (opened.kind === "answered") return await sendRaw(socket, opened.answer);
    if (socket.destroyed) return opened.socket.close(1_001, "the client went away");
    relay(door, who, shaken(door, request, socket, opened.socket), opened.socket);
  } catch (thrown) {
    const fault = asFault(thrown);
    noteRefusal(door, { who, origin, fault });
    sendRawFault(socket, fault);
  } finally {
    under?.close();
  }
}

function checkUpgrade(request: IncomingMessage, head: Head, early: Buffer): void {
  const { headers, httpVersion } = request;
  if (httpVersion !== "1.1") throw upgradeRefused("it is not HTTP/1.1");
  if (head.framing.kind === "chunked" || (head.framing.kind === "length" && head.framing.bytes > 0))
    throw framing("an upgrade has no body");
  if (early.length > 0) throw upgradeRefused("frames came before the answer");
  if (headers["sec-websocket-version"] !== "13") throw upgradeRefused("its version is not 13");
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? ""))
    throw upgradeRefused("its key is not 16 bytes");
}

/** The handshake with the client, with the sub-protocol that the upstream chose. */
function shaken<Who>(
  { limits }: Door<Who>,
  request: IncomingMessage,
  socket: Duplex,
  { protocol }: OpenSocket,
): WebSocketClient {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compressed messages could be bombs, and nothing that is read is compressed twice.
    perMessageDeflate: false,
    maxPayload: limits.messageBytesMax,
    handleProtocols: () => protocol ?? false,
  });
  let made: WebSocketClient | null = null;
  server.handleUpgrade(request, socket, Buffer.alloc(0), (client) => (made = client));
  if (made === null) throw upgradeRefused("its handshake is malformed");
  return made;
}

function relay<Who>(door: Door<Who>, who: Who, client: WebSocketClient, upstream: OpenSocket): void {
  let isOver = false;
  const closeBoth = (code: number, reason: string): void => {
    if (isOver) return;
    isOver = true;
    const short = reason.slice(0, REASON_MAX);
    upstream.close(code, short);
    if (client.readyState !== WebSocketClient.OPEN) return;
    client.close(code, short);
    // It was held back while a message was decided; its own close is still to be read.
    client.resume();
  };
  const refuse = (thrown: unknown): void => {
    const fault = asFault(thrown);
    noteRefusal(door, { who, origin: null, fault });
    closeBoth(POLICY_VIOLATION, fault.code);
  };
  const end = (fault: Fault): void => {
    closeBoth(POLICY_VIOLATION, fault.code);
    setTimeout(() => client.terminate(), door.limits.cutMs);
  };
  const stopPings = pings(client, door.limits.pingMs);
  const remove = door.live.add({ who, end });
  client.on("message", (data, isBinary) => {
    if (isOver) return;
    // One message at a time: the next is read when this one has been decided and sent.
    client.pause();
    upstream.send(messageOf(data, isBinary)).then(() => client.resume(), refuse);
  });
  client.on("error", () => closeBoth(1_011, "the client broke the protocol"));
  client.on("close", (code) => {
    stopPings();
    remove();
    closeBoth(isSendable(code) ? code : 1_001, "");
  });
  void forward(upstream, client, door.limits.stallMs).then(() => closeBoth(1_000, ""), refuse);
}

const POLICY_VIOLATION = 1_008;
/** RFC 6455, 5.5: a control frame's payload has 125 bytes, two of them the code. */
const REASON_MAX = 120;

/** RFC 6455, 7.4.1: what may stand in a frame. */
function isSendable(code: number): boolean {
  return (
    (code >= 3_000 && code < 5_000) ||
    (code >= 1_000 && code <= 1_014 && ![1_004, 1_005, 1_006].includes(code))
  );
}

function messageOf(data: WebSocketClient.RawData, isBinary: boolean): SocketMessage {
  const bytes = Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : data;
  return { kind: isBinary ? "binary" : "text", bytes };
}

async function forward(upstream: OpenSocket, client: WebSocketClient, stallMs: number): Promise<void> {
  for await (const { kind, bytes } of upstream.received()) {
    if (client.readyState !== WebSocketClient.OPEN) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => client.terminate(), stallMs);
      client.send(bytes, { binary: kind === "binary" }, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** A client that answers no ping until the next is gone. */
function pings(client: WebSocketClient, pingMs: number): () => void {
  let isAlive = true;
  client.on("pong", () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) return client.terminate();
    isAlive = false;
    client.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
