/** The last `bytesMax` bytes written, whatever was written: a server cannot fill memory with its stderr. */
export interface Ring {
  readonly push: (chunk: Uint8Array) => void;
  /** As text, control characters other than line feed and tab shown as `\u{N}`: it ends up in terminals (T19). */
  readonly text: () => string;
}

export function createRing(bytesMax: number): Ring {
  let kept: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const joined = Buffer.concat([kept, chunk]);
      kept = joined.subarray(Math.max(0, joined.length - bytesMax));
    },
    text: () => inert(kept.toString("utf8")),
  };
}

/** Bidirectional controls and marks: they reorder what a terminal or page shows. */
const BIDI = new Set([
  0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
]);

export function inert(text: string): string {
  let shown = "";
  for (const char of text)
    shown += isInert(char.codePointAt(0) ?? 0) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`;
  return shown;
}

function isInert(code: number): boolean {
  if (code === 9 || code === 10) return true;
  return code >= 32 && (code < 0x7f || code > 0x9f) && !BIDI.has(code);
}
