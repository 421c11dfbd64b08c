import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Fault } from "#base";
import { faultAnswer, headOf } from "./answers.ts";
import type { ProxiedAnswer } from "./port.ts";

/** Answers to CONNECT, upgrades and what no parser could read are short: more of one than this is left out. */
const ANSWER_BYTES_MAX = 64 * 1_024;
const LINGER_MS = 1_000;

/** Writes an answer to a connection that no HTTP parser has any more, and ends it. Never throws. */
export async function sendRaw(socket: Duplex, answer: ProxiedAnswer): Promise<void> {
  if (!socket.writable) return void socket.destroy();
  try {
    const { status, headers } = headOf(answer);
    const body = await collected(answer);
    const lines = headers.map(([name, value]) => `${name}: ${plain(value)}`);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      ...lines,
      `content-length: ${body.length}`,
      "connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`, "latin1");
    socket.end(body);
  } catch {
    return void socket.destroy();
  }
  linger(socket);
}

export function sendRawFault(socket: Duplex, fault: Fault): void {
  void sendRaw(socket, faultAnswer(fault));
}

/** What the client still sends is read and forgotten for a moment: a reset would take the answer from it. */
function linger(socket: Duplex): void {
  socket.on("error", () => {});
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}

async function collected({ body }: ProxiedAnswer): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) break;
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

const plain = (value: string): string => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, " ");
