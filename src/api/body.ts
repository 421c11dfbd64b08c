import type { IncomingMessage } from "node:http";

/** What is read and thrown away after a body was refused, and for how long, so that the client gets to read why. */
const LINGER_BYTES_MAX = 1_048_576;
const LINGER_MS = 2_000;
/**
 * Nothing is read at first: the sender has to wait, and the answer is on its way before any more is thrown away. No
 * answer to a refused body may say `Connection: close`: Node then closes at once, with bytes unread.
 */
const PAUSE_MS = 200;

/** The whole body, or null when it has more than `bytesMax`: nothing more of it is kept then, and soon it is cut. */
export async function readAtMost(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not end the connection: a socket closed with unread bytes is reset, and the reset can
  // overtake the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes > bytesMax) {
      setTimeout(discardRest, PAUSE_MS, request);
      return null;
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = LINGER_BYTES_MAX;
  const stop = (): void => {
    clearTimeout(timer);
    if (!request.complete) request.socket.destroy();
  };
  const timer = setTimeout(stop, LINGER_MS);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) stop();
  });
  request.on("close", () => clearTimeout(timer));
  request.resume();
}
