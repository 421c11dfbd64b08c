const NEWLINE = 10;

/** Splits a byte stream into lines, holding at most `bytesMax` bytes of an unfinished one. */
export interface LineSplitter {
  /** The lines that `chunk` finishes, without their line feeds; null when a line is longer than allowed. */
  readonly push: (chunk: Buffer) => readonly Buffer[] | null;
}

export function createLineSplitter(bytesMax: number): LineSplitter {
  let parts: Buffer[] = [];
  let bytes = 0;
  const finish = (end: Buffer): Buffer => {
    const line = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    bytes = 0;
    return line;
  };
  return {
    push: (chunk) => {
      const lines: Buffer[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        if (bytes + at - from > bytesMax) return null;
        lines.push(finish(chunk.subarray(from, at)));
        from = at + 1;
      }
      if (from < chunk.length) {
        parts.push(chunk.subarray(from));
        bytes += chunk.length - from;
      }
      return bytes > bytesMax ? null : lines;
    },
  };
}
