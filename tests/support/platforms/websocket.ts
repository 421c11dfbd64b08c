// The server's side of a WebSocket, as far as local platforms need it: RFC 6455, 4.2.2 (handshake) and 5.2 (frames).
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const [TEXT, CLOSE, PING, PONG] = [0x1, 0x8, 0x9, 0xa];

export interface ServerSocket {
  readonly send: (text: string) => void;
  readonly close: () => void;
}

/** Answers the upgrade; `take` gets each text that the client sends. */
export function acceptSocket(
  request: IncomingMessage,
  socket: Duplex,
  take: (text: string, self: ServerSocket) => void,
): ServerSocket {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const self: ServerSocket = {
    send: (text) => void socket.write(frame(TEXT, Buffer.from(text))),
    close: () => void socket.end(frame(CLOSE, Buffer.from([3, 232]))),
  };
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let next = unframe(held); next !== null; next = unframe(held)) {
      held = held.subarray(next.bytes);
      if (next.opcode === TEXT) take(next.payload.toString("utf8"), self);
      if (next.opcode === PING) socket.write(frame(PONG, next.payload));
      if (next.opcode === CLOSE) socket.end(frame(CLOSE, next.payload));
    }
  });
  socket.on("error", () => socket.destroy());
  return self;
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Whole frames of a client, which are masked; fragments are not expected of the clients tested here. */
function unframe(held: Buffer): { opcode: number; payload: Buffer; bytes: number } | null {
  if (held.length < 10)
    return held.length < 6 || ((held[1] ?? 0) & 0x7f) > 4 ? null : cut(held, 2, (held[1] ?? 0) & 0x7f);
  const short = (held[1] as number) & 0x7f;
  if (short === 126) return cut(held, 4, held.readUInt16BE(2));
  return short === 127 ? cut(held, 10, Number(held.readBigUInt64BE(2))) : cut(held, 2, short);
}

function cut(
  held: Buffer,
  at: number,
  length: number,
): { opcode: number; payload: Buffer; bytes: number } | null {
  const [from, to] = [at + 4, at + 4 + length];
  if (held.length < to) return null;
  const payload = Buffer.from(
    held.subarray(from, to).map((byte, i) => byte ^ (held[at + (i % 4)] as number)),
  );
  return { opcode: (held[0] as number) & 0x0f, payload, bytes: to };
}
