import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { Fault, type Json, type JsonObject } from "#base";
import type { ProxiedBody, ProxiedRequest } from "#proxy";
import { parseStrictJson } from "#wire";
import type { HostAccess } from "./access.ts";
import type { HttpLimits } from "./limits.ts";
import { fieldsOf } from "./fields.ts";
import { multipartOf } from "./multipart.ts";
import type { Room } from "./room.ts";
import type { WebBody, WebUpstream } from "./upstream.ts";

/** A request's body, as it is decided and as it is sent. */
export interface ReadBody {
  /** As the action has it: fields where it has any, else text; null: no body. */
  readonly shown: JsonObject | null;
  /** Everything that leaves in it, for the flow engine; empty where nothing was read. */
  readonly texts: readonly string[];
  /** SHA-256, hex; null where it is streamed unread. */
  readonly sha256: string | null;
  readonly sent: WebBody | null;
  /** Without its encoding; null where there is none, or it is unread. */
  readonly plain: Uint8Array | null;
  readonly isUnread: boolean;
}

const NO_BODY: ReadBody = {
  shown: null,
  texts: [],
  sha256: createHash("sha256").digest("hex"),
  sent: null,
  plain: null,
  isUnread: false,
};

export interface BodyReading {
  readonly limits: HttpLimits;
  readonly access: HostAccess;
  readonly decoded: WebUpstream["decoded"];
  readonly room: Pick<Room, "take">;
}

/**
 * Reads a body whole, or, where the host's grant says so, leaves a large one unread. Throws `request_body_too_large`,
 * `request_encoding_unknown`, and what the framing throws.
 */
export async function readRequestBody(request: ProxiedRequest, reading: BodyReading): Promise<ReadBody> {
  const { body } = request;
  if (body === null) return NO_BODY;
  const { bodyBytesMax } = reading.limits;
  const type = headerOf(request, "content-type");
  if ((body.declaredBytes ?? 0) > bodyBytesMax) return unreadOrRefused(body, type, reading);
  const chunks = body.chunks()[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const step = await chunks.next();
    if (step.done === true) break;
    read.push(step.value);
    size += step.value.length;
    await taken(reading.room, step.value.length, chunks);
    if (size <= bodyBytesMax) continue;
    if (!reading.access.takesLargeUploads) {
      await chunks.return?.();
      throw tooLarge(bodyBytesMax);
    }
    return unread({ declaredBytes: body.declaredBytes, chunks: () => rest(read, chunks) }, type);
  }
  const bytes = read.length === 1 && read[0] !== undefined ? read[0] : Buffer.concat(read, size);
  return whole(bytes, { type, encoding: headerOf(request, "content-encoding") }, reading);
}

async function taken(
  room: Pick<Room, "take">,
  bytes: number,
  chunks: AsyncIterator<Uint8Array>,
): Promise<void> {
  try {
    room.take(bytes);
  } catch (fault) {
    await chunks.return?.();
    throw fault;
  }
}

async function* rest(
  read: readonly Uint8Array[],
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* read;
  for (;;) {
    const step = await chunks.next();
    if (step.done === true) return;
    yield step.value;
  }
}

function unreadOrRefused(body: ProxiedBody, type: string | null, { access, limits }: BodyReading): ReadBody {
  if (!access.takesLargeUploads) throw tooLarge(limits.bodyBytesMax);
  return unread(body, type);
}

function unread(body: ProxiedBody, type: string | null): ReadBody {
  return {
    shown: { type, bytes: body.declaredBytes, unread: true },
    texts: [],
    sha256: null,
    sent: { kind: "stream", declaredBytes: body.declaredBytes, chunks: body.chunks },
    plain: null,
    isUnread: true,
  };
}

interface Declared {
  readonly type: string | null;
  readonly encoding: string | null;
}

async function whole(
  bytes: Uint8Array,
  { type, encoding }: Declared,
  { limits, decoded, room }: BodyReading,
): Promise<ReadBody> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const isPlain = encoding === null || encoding.trim().toLowerCase() === "identity";
  const plain = isPlain ? bytes : await decoded(bytes, encoding ?? "", limits.decodedBytesMax);
  if (plain === null) throw encodingUnknown(encoding ?? "");
  if (!isPlain) room.take(plain.length);
  const said = contentOf(plain, type, limits);
  const about = { type, bytes: bytes.length, sha256, ...(isPlain ? {} : { encoding }) };
  return {
    shown: { ...about, ...said.shown },
    texts: said.texts,
    sha256,
    sent: { kind: "whole", bytes },
    plain,
    isUnread: false,
  };
}

interface Content {
  /** `fields` or `text`; neither for bytes that are no text. */
  readonly shown: JsonObject;
  readonly texts: readonly string[];
}

/** What is no text is traced as it stands in its bytes: a secret within it is found, unless it is packed. */
function contentOf(bytes: Uint8Array, type: string | null, limits: HttpLimits): Content {
  const media = (type ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const fields = fieldsIn(bytes, { media, type: type ?? "" }, limits);
  // Files of a form are shown by their digests alone, and leave with it all the same.
  if (fields !== null) return { shown: { fields }, texts: media === MULTIPART ? [textOf(bytes)] : [] };
  if (!isUtf8(bytes)) return { shown: {}, texts: [textOf(bytes)] };
  const text = Buffer.from(bytes).toString("utf8");
  if (text === "") return { shown: {}, texts: [] };
  if (text.length <= limits.shownCharsMax) return { shown: { text }, texts: [] };
  return {
    shown: {
      text: text.slice(0, limits.shownCharsMax).toWellFormed(),
      rest: text.length - limits.shownCharsMax,
    },
    texts: [text],
  };
}

const MULTIPART = "multipart/form-data";

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    isUtf8(bytes) ? "utf8" : "latin1",
  );
}

interface Media {
  readonly media: string;
  readonly type: string;
}

/** Null where it has no fields, or more than one reading: then it is a text. */
function fieldsIn(bytes: Uint8Array, { media, type }: Media, limits: HttpLimits): Json | null {
  if (bytes.length > limits.shownCharsMax && media !== MULTIPART) return null;
  if (media === "application/x-www-form-urlencoded" && isUtf8(bytes))
    return fieldsOf(Buffer.from(bytes).toString("utf8"), limits.fieldsMax);
  if (media === MULTIPART) return multipartOf(bytes, type, limits);
  if (media !== "application/json" && !media.endsWith("+json")) return null;
  try {
    return parseStrictJson(bytes);
  } catch {
    return null;
  }
}

export function headerOf({ headers }: Pick<ProxiedRequest, "headers">, name: string): string | null {
  const found = headers.filter(([one]) => one === name).map(([, value]) => value);
  return found.length === 0 ? null : found.join(", ");
}

function tooLarge(bytesMax: number): Fault {
  return new Fault(
    "request_body_too_large",
    `the body is larger than ${bytesMax} bytes, and what is not read whole is not decided`,
    "Send it in parts. Where this host must get more at once, an admin says so: `doorward hosts grant AGENT HOST --access write --large-uploads`.",
  );
}

function encodingUnknown(encoding: string): Fault {
  return new Fault(
    "request_encoding_unknown",
    `the body's content encoding ${JSON.stringify(encoding.slice(0, 60))} cannot be taken off, so what it says cannot be decided`,
    "Send it with gzip, deflate, br or zstd, or without any encoding.",
  );
}
