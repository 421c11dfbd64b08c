/** One element: tag, length, content. Source: ITU-T X.690, 8.1 and 10.1 (definite lengths, shortest form). */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = contents.reduce((sum, content) => sum + content.length, 0);
  const head = [tag, ...lengthOf(size)];
  const out = new Uint8Array(head.length + size);
  out.set(head);
  let at = head.length;
  for (const content of contents) {
    out.set(content, at);
    at += content.length;
  }
  return out;
}

function lengthOf(size: number): readonly number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

export const sequence = (...of: readonly Uint8Array[]) => element(0x30, ...of);
export const setOf = (...of: readonly Uint8Array[]) => element(0x31, ...of);
export const octets = (bytes: Uint8Array) => element(0x04, bytes);
export const isTrue = () => element(0x01, Uint8Array.of(0xff));
export const utf8 = (text: string) => element(0x0c, new TextEncoder().encode(text));
/** All bits of these bytes, none unused. */
export const bits = (bytes: Uint8Array) => element(0x03, Uint8Array.of(0), bytes);

/** A number of many bytes, positive: X.690, 8.3 (two's complement, so a high first bit gets a zero before it). */
export function positive(bytes: Uint8Array): Uint8Array {
  const [first = 0] = bytes;
  return first >= 0x80 ? element(0x02, Uint8Array.of(0), bytes) : element(0x02, bytes);
}

/** Dotted numbers, as X.690, 8.19 packs them: base 128, all but the last byte marked. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128);
  return bytes;
}

/** UTCTime until 2049, GeneralizedTime after, whole seconds, UTC: RFC 5280, 4.1.2.5. `at`: ms since the epoch. */
export function timeOf(at: number): Uint8Array {
  const digits = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "");
  const isLate = digits >= "2050";
  const text = new TextEncoder().encode(`${isLate ? digits : digits.slice(2)}Z`);
  return element(isLate ? 0x18 : 0x17, text);
}

/** The elements inside one constructed element that we wrote ourselves, each whole. */
export function childrenOf(whole: Uint8Array): readonly Uint8Array[] {
  const children: Uint8Array[] = [];
  let at = contentAt(whole, 0);
  while (at < whole.length) {
    const end = contentAt(whole, at) + sizeAt(whole, at);
    children.push(whole.subarray(at, end));
    at = end;
  }
  return children;
}

function sizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return first;
  return bytes.subarray(at + 2, at + 2 + first - 0x80).reduce((size, byte) => size * 256 + byte, 0);
}

function contentAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0;
  return at + 2 + (first < 0x80 ? 0 : first - 0x80);
}
