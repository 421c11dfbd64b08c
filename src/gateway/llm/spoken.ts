import { type AnswerWriter, callsOf, type Delta, type Part, type Turn } from "#llm";
import { finishAfter } from "./ruled.ts";

// Answers said anew in the client's protocol.

/** A whole turn as one stream, in the order in which the model gave its parts. */
export function streamed(writer: AnswerWriter, turn: Turn): string {
  const said = turn.parts.map((part) => partSaid(writer, part)).join("");
  return said + writer.end(finishAfter(turn.finish, callsOf(turn)), turn.usage);
}

function partSaid(writer: AnswerWriter, part: Part): string {
  switch (part.kind) {
    case "text":
      return part.text === "" ? "" : writer.text(part.text);
    case "reasoning":
      return writer.reasoning(part.text, part.signature);
    case "call":
      return writer.call(part.call);
    case "opaque":
    default:
      return writer.opaque?.(part.json) ?? "";
  }
}

/** What a stream's events say, calls and ends aside: those wait for what is decided of the turn. */
export function spoken(writer: AnswerWriter, deltas: readonly Delta[]): string {
  return deltas.map((delta) => deltaSaid(writer, delta)).join("");
}

function deltaSaid(writer: AnswerWriter, delta: Delta): string {
  if (delta.kind === "text") return writer.text(delta.text);
  if (delta.kind === "reasoning") return writer.reasoning(delta.text);
  if (delta.kind === "sealed") return writer.reasoning("", delta.signature);
  return delta.kind === "opaque" ? (writer.opaque?.(delta.json) ?? "") : "";
}
