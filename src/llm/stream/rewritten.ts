import type { JsonObject } from "#base";
import type { Piece } from "../face.ts";

const EVENT = "event:";

/** A piece with another event, in the form in which it came: a line of Ollama's, or an event, named where it was. */
export function rewritten(piece: Piece, event: JsonObject): Piece {
  return { ...piece, event, bytes: written(piece.bytes, event) };
}

function written(before: Uint8Array, event: JsonObject): Uint8Array {
  const came = Buffer.from(before.buffer, before.byteOffset, before.byteLength).toString("utf8").trimStart();
  const json = JSON.stringify(event);
  if (came.startsWith("{")) return Buffer.from(`${json}\n`);
  const { type } = event;
  const name = came.startsWith(EVENT) && typeof type === "string" ? `event: ${type}\n` : "";
  return Buffer.from(`${name}data: ${json}\n\n`);
}
