import type { AnswerReader, Part, Piece, Turn } from "#llm";

// A seal (Anthropic's signature, OpenAI's encrypted content) says something to whoever made it and to nobody else: told
// in another protocol, a client would hand it to an upstream that refuses what it did not seal.

/** A turn as it may be told in another protocol than its upstream's. */
export function unsealed(turn: Turn): Turn {
  const parts = turn.parts.map(
    (part): Part => (part.kind === "reasoning" ? { ...part, signature: null } : part),
  );
  return { ...turn, parts };
}

export function unsealedReader(reader: AnswerReader): AnswerReader {
  return {
    push: (chunk) => reader.push(chunk).map(unsealedPiece),
    end: () => reader.end().map(unsealedPiece),
    turn: () => unsealed(reader.turn()),
  };
}

function unsealedPiece(piece: Piece): Piece {
  if (!piece.deltas.some(({ kind }) => kind === "sealed")) return piece;
  return { ...piece, deltas: piece.deltas.filter(({ kind }) => kind !== "sealed") };
}
