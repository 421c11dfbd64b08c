import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import WebSocketClient from "ws";
import type { Fault } from "#base";
import { lost, networkFault, slow } from "./faults.ts";
import type { EgressAnswer } from "./response.ts";
import {
  type ClientCertificate,
  type EgressRules,
  type HeaderPairs,
  HELD_BYTES_MAX,
  MESSAGE_BYTES_MAX,
} from "./rules.ts";

export interface SocketRequest {
  /** With `http` or `https`. */
  readonly url: string | URL;
  /** `Sec-WebSocket-Protocol` may be among them, the rest of the handshake's own may not. */
  readonly headers: HeaderPairs;
  readonly client?: ClientCertificate | null;
  readonly signal?: AbortSignal;
}

export interface EgressMessage {
  readonly kind: "text" | "binary";
  readonly bytes: Uint8Array;
}

/** An open WebSocket. The server waits while nobody takes what it sent. */
export interface EgressSocket {
  /** The sub-protocol the server chose; null: none. */
  readonly protocol: string | null;
  /** Resolves when the message was given to the network. Throws `egress_lost`. */
  readonly send: (message: EgressMessage) => Promise<void>;
  /** To be read once. Throws `egress_lost` where the connection broke. */
  readonly received: () => AsyncIterable<EgressMessage>;
  readonly close: (code: number, reason: string) => void;
}

export type SocketAnswer =
  | { readonly kind: "open"; readonly socket: EgressSocket }
  | { readonly kind: "answered"; readonly answer: EgressAnswer };

/** The handshake of RFC 6455 over a connection that `connector` judged. Faults as of `Egress.request`. */
export async function dialSocket(
  connector: buildConnector.connector,
  url: URL,
  rules: EgressRules,
  asked: SocketRequest,
): Promise<SocketAnswer> {
  const connection = await connected(connector, url);
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    target.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocketClient(target, protocolsOf(asked.headers), {
      createConnection: () => connection,
      // Repeated names stay apart as lists; ws hands them to node:http as they are.
      headers: grouped(asked.headers),
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MESSAGE_BYTES_MAX,
      handshakeTimeout: rules.timeoutMs,
    });
    const abort = (): void => socket.terminate();
    asked.signal?.addEventListener("abort", abort, { once: true });
    socket.once("close", () => asked.signal?.removeEventListener("abort", abort));
    socket.once("error", (cause) => reject(networkFault(url, cause)));
    socket.once("unexpected-response", (request: ClientRequest, answer: IncomingMessage) =>
      resolve({ kind: "answered", answer: answerOf(request, answer, rules) }),
    );
    socket.once("open", () => resolve({ kind: "open", socket: wrapped(url, socket) }));
    if (asked.signal?.aborted === true) abort();
  });
}

function connected(connector: buildConnector.connector, url: URL): Promise<Socket> {
  const { protocol, hostname, host, port } = url;
  return new Promise((resolve, reject) => {
    connector({ protocol, hostname: hostname.replace(/^\[|\]$/g, ""), host, port }, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(networkFault(url, error));
    });
  });
}

function protocolsOf(headers: HeaderPairs): string[] {
  const said = headers.filter(([name]) => name === "sec-websocket-protocol").map(([, value]) => value);
  return said.flatMap((value) => value.split(",").map((one) => one.trim())).filter((one) => one !== "");
}

function grouped(headers: HeaderPairs): Record<string, string | string[]> {
  const made: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    if (name === "sec-websocket-protocol") continue;
    const known = made[name];
    made[name] = known === undefined ? value : [known, value].flat();
  }
  return made;
}

function wrapped(url: URL, socket: WebSocketClient): EgressSocket {
  const inbox = createInbox(url, socket);
  return {
    protocol: socket.protocol === "" ? null : socket.protocol,
    send: ({ kind, bytes }) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, { binary: kind === "binary" }, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(lost(url, error));
        });
      }),
    received: inbox,
    close: (code, reason) => {
      if (socket.readyState !== WebSocketClient.CLOSED) socket.close(code, reason);
    },
  };
}

const NOBODY = (): void => {};

/** Messages that wait to be taken; the server is held back while one does. */
function createInbox(url: URL, socket: WebSocketClient): () => AsyncGenerator<EgressMessage> {
  const waiting: EgressMessage[] = [];
  let failure: Fault | null = null;
  let isOver = false;
  let wake = NOBODY;
  socket.on("message", (data, isBinary) => {
    waiting.push({ kind: isBinary ? "binary" : "text", bytes: bytesOf(data) });
    socket.pause();
    wake();
  });
  socket.on("error", (cause) => (failure ??= lost(url, cause)));
  socket.on("close", (code) => {
    if (code === ABNORMAL) failure ??= lost(url, new Error("the server went away"));
    isOver = true;
    wake();
  });
  return async function* received() {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        yield next;
        if (waiting.length === 0) socket.resume();
      } else if (isOver) {
        if (failure !== null) throw failure;
        return;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}

/** RFC 6455, 7.1.5: no closing handshake took place. */
const ABNORMAL = 1_006;

function bytesOf(data: WebSocketClient.RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

/** A server that answers as to any request: a refusal, a redirect, a page. */
function answerOf(request: ClientRequest, answer: IncomingMessage, rules: EgressRules): EgressAnswer {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2)
    pairs.push([(answer.rawHeaders[at] ?? "").toLowerCase(), answer.rawHeaders[at + 1] ?? ""]);
  const discard = (): void => void request.destroy();
  const timer = setTimeout(() => answer.destroy(slow(rules.timeoutMs)), rules.timeoutMs);
  answer.once("close", () => clearTimeout(timer));
  async function* chunks(): AsyncGenerator<Uint8Array, undefined> {
    let bytes = 0;
    for await (const chunk of answer) {
      if (!(chunk instanceof Buffer)) continue;
      bytes += chunk.length;
      if (bytes > HELD_BYTES_MAX) break;
      yield chunk;
    }
    discard();
  }
  return {
    status: answer.statusCode ?? 502,
    headers: Object.fromEntries(pairs),
    pairs,
    chunks,
    text: async () => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks()) parts.push(chunk);
      return Buffer.concat(parts).toString("utf8");
    },
    discard,
  };
}
