import { digestOf, type JsonObject } from "#base";

const HEX = /^sha256:(?<a>.{8})(?<b>.{4}).(?<c>.{3}).(?<d>.{3})(?<e>.{12})/;

/** A UUID of version 8 (RFC 9562, section 5.8) made of what a document says, so that the same document has the same one. */
export function uuidOf(document: JsonObject): string {
  const { a, b, c, d, e } = HEX.exec(digestOf(document))?.groups ?? {};
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
