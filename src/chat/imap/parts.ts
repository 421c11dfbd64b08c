// Mail as bytes -> fields and the text that its writer typed (RFC 5322, RFC 2045-2047). Only what lies at the very beginning is
// read: what is nested deeper, attached or encrypted is nobody's answer.

const FIELDS_MAX = 1_000;
const PARTS_MAX = 8;
const DEPTH_MAX = 5;
const TEXT_CHARS_MAX = 20_000;

/** Names in small letters, in the order of the mail; values unfolded, nothing decoded. */
export type Fields = readonly (readonly [name: string, value: string])[];

export interface Entity {
  readonly fields: Fields;
  readonly body: Buffer;
}

/** Null where it is no mail that we would read. */
export function entityOf(bytes: Buffer): Entity | null {
  const end = endOfHead(bytes);
  if (end === null) return null;
  const lines = bytes
    .subarray(0, end.at)
    .toString("utf8")
    .replaceAll(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .filter((line) => line !== "");
  if (lines.length > FIELDS_MAX) return null;
  const fields = lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, Math.max(at, 0)).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  return { fields, body: bytes.subarray(end.body) };
}

/** The empty line; a part may begin with it. */
function endOfHead(bytes: Buffer): { readonly at: number; readonly body: number } | null {
  const text = bytes.toString("latin1");
  const found = /(?:^|\n)(\r?\n)/.exec(text);
  return found === null ? null : { at: found.index, body: found.index + found[0].length };
}

/** Of all fields with the name, in the mail's order. */
export function valuesIn(fields: Fields, name: string): readonly string[] {
  return fields.filter(([own]) => own === name).map(([, value]) => value);
}

/** The plain text at the mail's beginning; null where there is none that can be read. */
export function textIn({ fields, body }: Entity, depth = 0): string | null {
  const [type = "text/plain"] = valuesIn(fields, "content-type");
  const [disposition = "inline"] = valuesIn(fields, "content-disposition");
  if (/^\s*attachment\b/i.test(disposition)) return null;
  if (/^\s*multipart\//i.test(type)) return depth >= DEPTH_MAX ? null : textInParts(type, body, depth);
  if (!/^\s*text\/plain\b/i.test(type)) return null;
  const [encoding = "7bit"] = valuesIn(fields, "content-transfer-encoding");
  return decoded(body, encoding.trim().toLowerCase(), parameterOf(type, "charset") ?? "utf-8");
}

/** Of alternatives the plain one, wherever it stands; of all other kinds the first part: what follows it was put beside it. */
function textInParts(type: string, body: Buffer, depth: number): string | null {
  const boundary = parameterOf(type, "boundary");
  if (boundary === null || boundary.length > 200) return null;
  const parts = partsOf(body, boundary);
  const looked = /^\s*multipart\/alternative\b/i.test(type) ? parts : parts.slice(0, 1);
  for (const part of looked) {
    const entity = entityOf(part);
    const text = entity === null ? null : textIn(entity, depth + 1);
    if (text !== null) return text;
  }
  return null;
}

function partsOf(body: Buffer, boundary: string): readonly Buffer[] {
  const text = body.toString("latin1");
  const starts: { readonly at: number; readonly after: number }[] = [];
  for (let from = 0; starts.length <= PARTS_MAX; ) {
    const at = text.indexOf(`--${boundary}`, from);
    if (at < 0) break;
    const lineEnd = text.indexOf("\n", at);
    from = lineEnd < 0 ? text.length : lineEnd + 1;
    if (at === 0 || text[at - 1] === "\n") starts.push({ at, after: from });
    if (lineEnd < 0) break;
  }
  return starts
    .map(({ after }, index) => body.subarray(after, starts[index + 1]?.at ?? body.length))
    .slice(0, PARTS_MAX);
}

function parameterOf(value: string, name: string): string | null {
  const pattern = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;"]+))`, "i");
  const [, quoted, bare] = pattern.exec(value) ?? [];
  return quoted ?? bare ?? null;
}

function decoded(body: Buffer, encoding: string, charset: string): string | null {
  const bytes = bytesOf(body, encoding);
  if (bytes === null) return null;
  try {
    return new TextDecoder(charset).decode(bytes).slice(0, TEXT_CHARS_MAX);
  } catch {
    // A charset that nobody knows, or one that is known for hiding things (UTF-7).
    return null;
  }
}

function bytesOf(body: Buffer, encoding: string): Buffer | null {
  if (["7bit", "8bit", "binary"].includes(encoding)) return body;
  if (encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  if (encoding !== "quoted-printable") return null;
  const text = body
    .toString("latin1")
    .replaceAll(/=[ \t]*\r?\n/g, "")
    .replaceAll(/=([0-9a-f]{2})/gi, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(text, "latin1");
}
