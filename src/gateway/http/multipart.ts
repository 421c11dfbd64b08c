import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "#base";
import type { HttpLimits } from "./limits.ts";

/** RFC 2046, 5.1.1: 1 to 70 characters. */
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i;
const DASHES = "--";
const LINE = "\r\n";
const PART_HEAD_BYTES_MAX = 8 * 1_024;

interface Part {
  readonly name: string;
  readonly value: Json;
}

/**
 * A `multipart/form-data` body (RFC 7578) as its fields: texts as they stand, files by name, type, size and digest. Null
 * where it is written in a way that two readers might read differently.
 */
export function multipartOf(bytes: Uint8Array, type: string, limits: HttpLimits): JsonObject | null {
  const match = BOUNDARY.exec(type);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) return null;
  const pieces = splitAt(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    boundary,
    limits.fieldsMax,
  );
  if (pieces === null) return null;
  const fields = new Map<string, Json[]>();
  let shown = 0;
  for (const piece of pieces) {
    const part = partOf(piece);
    if (part === null) return null;
    shown += typeof part.value === "string" ? part.value.length : 0;
    if (shown > limits.shownCharsMax) return null;
    fields.set(part.name, [...(fields.get(part.name) ?? []), part.value]);
  }
  return Object.fromEntries(
    [...fields].map(([name, [first = null, ...more]]) => [
      name,
      more.length === 0 ? first : [first, ...more],
    ]),
  );
}

/** The parts between delimiters; null unless it begins with one and ends with the closing one. */
function splitAt(bytes: Buffer, boundary: string, partsMax: number): readonly Buffer[] | null {
  const delimiter = Buffer.from(`${LINE}${DASHES}${boundary}`);
  const first = Buffer.from(`${DASHES}${boundary}${LINE}`);
  if (!bytes.subarray(0, first.length).equals(first)) return null;
  const pieces: Buffer[] = [];
  let from = first.length;
  for (;;) {
    const at = bytes.indexOf(delimiter, from - (from === first.length ? LINE.length : 0));
    if (at < 0 || pieces.length >= partsMax) return null;
    pieces.push(bytes.subarray(from, Math.max(from, at)));
    const after = at + delimiter.length;
    const next = bytes.subarray(after, after + LINE.length).toString("latin1");
    if (next === DASHES) return isEnd(bytes.subarray(after + LINE.length)) ? pieces : null;
    if (next !== LINE) return null;
    from = after + LINE.length;
  }
}

function isEnd(rest: Buffer): boolean {
  return rest.length === 0 || rest.toString("latin1") === LINE;
}

function partOf(piece: Buffer): Part | null {
  const end = piece.indexOf(`${LINE}${LINE}`);
  if (end < 0 || end > PART_HEAD_BYTES_MAX) return null;
  const head = headOf(piece.subarray(0, end));
  if (head === null) return null;
  const content = piece.subarray(end + LINE.length * 2);
  if (head.file === null)
    return isUtf8(content) ? { name: head.name, value: content.toString("utf8") } : null;
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { name: head.name, value: { file: head.file, type: head.type, bytes: content.length, sha256 } };
}

interface PartHead {
  readonly name: string;
  readonly file: string | null;
  readonly type: string | null;
}

const DISPOSITION = /^form-data; name="([^"\\\r\n]*)"(?:; filename="([^"\\\r\n]*)")?$/;

/** Only what browsers and libraries write: other forms have been read in more than one way. */
function headOf(bytes: Buffer): PartHead | null {
  if (!isUtf8(bytes)) return null;
  const lines = bytes.toString("utf8").split(LINE);
  const headers = lines.map((line) => /^([\w-]+): ?(.*)$/.exec(line));
  if (headers.includes(null)) return null;
  const named = (name: string): string[] =>
    headers.flatMap((one) => (one?.[1]?.toLowerCase() === name ? [one[2] ?? ""] : []));
  const dispositions = named("content-disposition");
  const match = DISPOSITION.exec(dispositions[0] ?? "");
  if (match === null || dispositions.length !== 1 || named("content-type").length > 1) return null;
  if (named("content-transfer-encoding").length > 0) return null;
  return { name: match[1] ?? "", file: match[2] ?? null, type: named("content-type")[0] ?? null };
}
