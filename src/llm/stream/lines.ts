import { isUtf8 } from "node:buffer";
import { answerMalformed } from "./faults.ts";
import { createHold } from "./hold.ts";

// Newline-delimited JSON, as Ollama streams it (ollama/docs/api.md: "stream of JSON objects"), split as bytes.

/** One line with its line feed. */
export interface LinePiece {
  readonly bytes: Uint8Array;
  /** The line without white space around it; null for a blank line. */
  readonly data: string | null;
}

export interface LineSplitter {
  /** The lines that `chunk` completes, the same wherever the stream was cut. Faults as the SSE splitter's. */
  readonly push: (chunk: Uint8Array) => readonly LinePiece[];
  /** The last line, where it came without a line feed; null: nothing was left. */
  readonly end: () => LinePiece | null;
}

const LF = 0x0a;

export function createLineSplitter(lineBytesMax: number): LineSplitter {
  const hold = createHold(lineBytesMax);

  function push(chunk: Uint8Array): readonly LinePiece[] {
    const pieces: LinePiece[] = [];
    let from = 0;
    let at = chunk.indexOf(LF);
    while (at !== -1) {
      pieces.push(readLine(hold.take(chunk.subarray(from, at + 1))));
      from = at + 1;
      at = chunk.indexOf(LF, from);
    }
    if (from < chunk.length) hold.keep(chunk.subarray(from));
    return pieces;
  }

  function end(): LinePiece | null {
    return hold.length() === 0 ? null : readLine(hold.take(new Uint8Array(0)));
  }

  return { push, end };
}

function readLine(bytes: Uint8Array): LinePiece {
  if (!isUtf8(bytes)) throw answerMalformed("is not UTF-8");
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  // Clients split at other line ends too; within JSON a raw CR can only stand between values.
  const trimmed = data.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (trimmed.includes("\r")) throw answerMalformed("holds a carriage return within a line");
  return { bytes, data: trimmed === "" ? null : trimmed };
}
