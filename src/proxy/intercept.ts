import type { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Authority } from "./authority.ts";
import { type Door, noteRefusal } from "./door.ts";
import { asFault, hostMismatch, tlsRefused, tunnelRefused, tooSlow } from "./faults.ts";
import type { Origin } from "./port.ts";

export interface Inside<Who> {
  readonly who: Who;
  readonly to: Authority;
  readonly context: SecureContext;
}

/** Speaks a protocol on the inside of a tunnel. */
export type Speak<Who> = (socket: Duplex, inside: { readonly who: Who; readonly origin: Origin }) => void;

export interface Speakers<Who> {
  readonly http1: Speak<Who>;
  readonly http2: Speak<Who>;
}

const TLS_HANDSHAKE = 0x16;

/**
 * The inside of a tunnel: TLS under our authority, with HTTP/2 or 1.1 by ALPN, or HTTP/1.1 in the clear, as some clients
 * tunnel that too. What begins otherwise is refused. Never throws.
 */
export async function intercepted<Who>(
  door: Door<Who>,
  speakers: Speakers<Who>,
  socket: Duplex,
  inside: Inside<Who>,
): Promise<void> {
  const { who, to } = inside;
  const close = door.live.add({
    who,
    end: () => void setTimeout(() => socket.destroy(), door.limits.cutMs),
  });
  socket.once("close", close);
  try {
    const first = await firstByte(socket, door.limits.prefaceMs);
    if (first === null) return void socket.destroy();
    if (first === TLS_HANDSHAKE) return await secured(door, speakers, socket, inside);
    if (!isLetter(first)) throw tunnelRefused("what comes through it is neither TLS nor HTTP");
    speakers.http1(socket, { who, origin: { scheme: "http", ...to } });
  } catch (thrown) {
    noteRefusal(door, { who, origin: { scheme: "https", ...to }, fault: asFault(thrown) });
    socket.destroy();
  }
}

async function secured<Who>(
  { limits }: Door<Who>,
  speakers: Speakers<Who>,
  socket: Duplex,
  { who, to, context }: Inside<Who>,
): Promise<void> {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    ALPNProtocols: ["h2", "http/1.1"],
    SNICallback: (name, answer) => {
      // The name asked for must be the tunnel's (T13); a client that asks for another gets no certificate.
      if (name.toLowerCase().replace(/\.$/, "") === to.host) answer(null, context);
      else answer(hostMismatch(name, to.host));
    },
  });
  // Errors of TLS after the handshake come by this name to a socket that no server of Node's made.
  secure.on("error", () => {}).on("_tlsError", () => secure.destroy());
  await handshake(secure, to.host, limits.handshakeMs);
  // Such a socket is never told that it is ready, and HTTP/2 would wait for that.
  Reflect.set(secure, "secureConnecting", false);
  const origin: Origin = { scheme: "https", ...to };
  if (secure.alpnProtocol === "h2") speakers.http2(secure, { who, origin });
  else speakers.http1(secure, { who, origin });
}

function handshake(socket: TLSSocket, host: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        cause instanceof Error && cause.name === "Fault" ? cause : tlsRefused(host, cause.message, cause),
      );
    };
    const timer = setTimeout(() => fail(tooSlow("the TLS handshake")), timeoutMs);
    const closed = (): void => fail(new Error("the client ended the handshake"));
    socket.once("error", fail).once("_tlsError", fail).once("close", closed);
    socket.once("secure", () => {
      clearTimeout(timer);
      socket.off("error", fail).off("_tlsError", fail).off("close", closed);
      resolve();
    });
  });
}

/** Waits for a byte and leaves it where it is; null: the client ended. */
function firstByte(socket: Duplex, timeoutMs: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const settle = (byte: number | null, fault?: Error): void => {
      clearTimeout(timer);
      socket.off("data", came).off("end", ended).off("close", ended).off("error", ended);
      if (fault === undefined) resolve(byte);
      else reject(fault);
    };
    const came = (chunk: Buffer): void => {
      socket.pause();
      socket.unshift(chunk);
      settle(chunk[0] ?? null);
    };
    const ended = (): void => settle(null);
    const timer = setTimeout(() => settle(null, tooSlow("the first byte inside the tunnel")), timeoutMs);
    socket.on("data", came).on("end", ended).on("close", ended).on("error", ended);
  });
}

const isLetter = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
