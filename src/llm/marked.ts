import type { JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Piece } from "./face.ts";
import { rewritten } from "./stream/rewritten.ts";

/** Where the events of a stream say what is true of the whole answer; those of the other protocols say it in every one. */
const HOLDERS: Readonly<Record<string, string>> = {
  message_start: "message",
  "response.created": "response",
};

/** The piece with these members where a client finds them, nothing else changed; null where it has no place for them. */
export function marked(piece: Piece, mark: JsonObject): Piece | null {
  const { event } = piece;
  if (event === null) return null;
  const type = event["type"];
  if (typeof type !== "string") return rewritten(piece, { ...event, ...mark });
  const holder = HOLDERS[type] ?? "";
  const held = event[holder];
  return isJsonObject(held) ? rewritten(piece, { ...event, [holder]: { ...held, ...mark } }) : null;
}
