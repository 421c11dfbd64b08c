/**
 * Takes a secret out of an upstream's answer (T12): whoever echoes what it was sent would otherwise hand the agent a key
 * that it must never see. The secret is found as it stands, as JSON and URLs escape it, and in base64 wherever it begins;
 * in a stream also where chunks split it.
 */
export interface Redactor {
  readonly text: (text: string) => string;
  /** For one stream. */
  readonly createStream: () => RedactedStream;
}

export interface RedactedStream {
  /** What of the bytes so far can be passed on: an end that may be the beginning of a secret waits for the next chunk. */
  readonly push: (chunk: Uint8Array) => Uint8Array;
  readonly end: () => Uint8Array;
}

const REMOVED = "[removed by Doorward]";
const REMOVED_BYTES = Buffer.from(REMOVED);
/** Fewer characters of base64 would be found where no secret stands. */
const BASE64_CHARS_MIN = 8;

export function createRedactor(secret: string): Redactor {
  const forms = formsOf(secret);
  const needles = forms.map((form) => Buffer.from(form, "utf8"));
  return {
    text: (text) => forms.reduce((rest, form) => rest.replaceAll(form, REMOVED), text),
    createStream: () => createStream(needles),
  };
}

function createStream(needles: readonly Buffer[]): RedactedStream {
  let waiting: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const joined = waiting.length === 0 ? asBuffer(chunk) : Buffer.concat([waiting, chunk]);
      const clean = needles.reduce(without, joined);
      const from = clean.length - beginning(clean, needles);
      waiting = Buffer.from(clean.subarray(from));
      return clean.subarray(0, from);
    },
    end: () => waiting,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function without(bytes: Buffer, needle: Buffer): Buffer {
  let at = bytes.indexOf(needle);
  if (at < 0) return bytes;
  const parts: Buffer[] = [];
  let from = 0;
  for (; at >= 0; at = bytes.indexOf(needle, from)) {
    parts.push(bytes.subarray(from, at), REMOVED_BYTES);
    from = at + needle.length;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}

/** Bytes at the end that could be how a needle begins; the most of any needle. */
function beginning(bytes: Buffer, needles: readonly Buffer[]): number {
  let longest = 0;
  for (const needle of needles) {
    const first = Math.max(0, bytes.length - needle.length + 1);
    const [head = 0] = needle;
    for (let at = bytes.indexOf(head, first); at >= 0; at = bytes.indexOf(head, at + 1)) {
      const length = bytes.length - at;
      if (length <= longest) break;
      if (bytes.compare(needle, 0, length, at) === 0) longest = length;
    }
  }
  return longest;
}

function formsOf(secret: string): string[] {
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...base64Of(secret),
  ];
  // Longest first, so that no form is half removed as part of a shorter one.
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length);
}

/** The characters that depend on the secret alone, for each place in a group of three bytes where it may begin. */
function base64Of(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = offset === 0 ? 0 : offset + 1;
    const last = Math.floor((whole.length * 8) / 6);
    const forms = (["base64", "base64url"] as const).map((form) => whole.toString(form).slice(first, last));
    return forms.filter((form) => form.length >= BASE64_CHARS_MIN);
  });
}
