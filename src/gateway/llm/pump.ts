import type { JsonObject } from "#base";
import { type AnswerWriter, type Delta, marked, type Piece } from "#llm";
import type { Reply } from "./reply.ts";
import { spoken } from "./spoken.ts";

/** Says of a stream's text, as it comes, whether a call written as text could begin in it (T5). */
export interface TextScanner {
  readonly push: (text: string) => "clear" | "maybe" | "call";
  /** How many of the last characters could be the beginning of one. */
  readonly doubtful: () => number;
}

export interface PumpOptions {
  readonly reply: Reply;
  readonly streamType: string;
  /** The client's own writer. */
  readonly writer: AnswerWriter;
  /** The upstream's pieces go on as they came; otherwise what they say is written anew in the client's protocol. */
  readonly isRaw: boolean;
  readonly isUsageWanted: boolean;
  /** What the first event that has a place for it is marked with; empty: nothing. */
  readonly mark: JsonObject;
  readonly scanner: TextScanner;
  /** A piece as it may leave before anything is decided: without what it tells of a call that is held back. */
  readonly quiet: (piece: Piece) => Piece;
}

/**
 * Lets a stream's text through as it comes, and keeps everything from the first tool call on, or from the answer's end:
 * a call is released only once it is decided, an end only once the outcome is on record.
 */
export interface Pump {
  /** Resolves once the client has room for more. */
  readonly take: (piece: Piece) => Promise<void>;
  /** What was kept back, in order. Its bytes are bounded by the reader's own limit. */
  readonly tail: () => readonly Piece[];
  /** Sends pieces as they came, or as what they say. */
  readonly release: (pieces: readonly Piece[]) => Promise<void>;
}

export function createPump(options: PumpOptions): Pump {
  const { reply, writer, scanner, streamType } = options;
  const pending: Piece[] = [];
  let tail: Piece[] | null = null;
  let isMarked = Object.keys(options.mark).length === 0;
  const markedOnce = (piece: Piece): Piece => {
    const found = isMarked ? null : marked(piece, options.mark);
    isMarked ||= found !== null;
    return found ?? piece;
  };
  const release = async (pieces: readonly Piece[]): Promise<void> => {
    for (const piece of pieces) {
      reply.begin(streamType);
      await reply.write(options.isRaw ? rawOf(markedOnce(piece), options) : spoken(writer, piece.deltas));
    }
  };
  return {
    release,
    tail: () => tail ?? pending,
    take: async (piece) => {
      if (tail !== null) {
        tail.push(piece);
        return;
      }
      const seen = isBoundary(piece) ? "call" : scanned(scanner, piece.deltas);
      pending.push(piece);
      if (seen === "call") tail = pending;
      else {
        const ready = pending.splice(0, pending.length - heldBack(pending, scanner.doubtful()));
        await release(ready.map(options.quiet));
      }
    },
  };
}

/** From here on nothing is released unasked: a call is asked for, or the answer ends. */
function isBoundary({ deltas }: Piece): boolean {
  return deltas.some(({ kind }) => kind === "call" || kind === "finish" || kind === "done");
}

/** How many of the last pieces hold the last `doubtful` characters of text, and what came after those. */
function heldBack(pieces: readonly Piece[], doubtful: number): number {
  let characters = doubtful;
  let held = 0;
  while (characters > 0 && held < pieces.length) {
    held += 1;
    for (const delta of pieces.at(-held)?.deltas ?? [])
      if (delta.kind === "text") characters -= delta.text.length;
  }
  return held;
}

function scanned(scanner: TextScanner, deltas: readonly Delta[]): "clear" | "maybe" | "call" {
  let seen = scanner.push("");
  for (const delta of deltas) if (delta.kind === "text") seen = scanner.push(delta.text);
  return seen;
}

/** Usage that only Doorward asked the upstream for stays here. */
function rawOf(piece: Piece, { writer, isUsageWanted }: PumpOptions): Uint8Array | string {
  const isUsageAlone = piece.deltas.length > 0 && piece.deltas.every(({ kind }) => kind === "usage");
  if (isUsageAlone && !isUsageWanted) return "";
  writer.passed(piece);
  return piece.bytes;
}
