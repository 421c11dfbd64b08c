import type { Digest, Json, JsonObject } from "#base";
import { malformed, READ_BYTES_MAX } from "../bytes.ts";
import { isObject, jsonText } from "../json-text.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { CHANNELS, NORM_CHANNELS, VALUED } from "./picks.ts";
import type { Dimensions, Fingerprint, NormPrint, RowPrint } from "./print.ts";
import type { TokenizerPrint } from "./tokenizer.ts";
import { fromBf16, fromF16, toBf16, toF16 } from "./weights/floats.ts";
import { NORM_ROLES } from "./weights/roles.table.ts";

/** What a fingerprint's text begins with, as its member `doorward`. */
export const FINGERPRINT_FORMAT = "lineage fingerprint 1";
const ITEMS_MAX = 8_192;
const NAME_CHARACTERS_MAX = 256;
const ROLES = ["embedding", "attn_v", "ffn_up", "ffn_gate"] as const;
const KINDS = ["model", "adapter", "projector", "vocabulary"] as const;
const CONTAINERS = ["gguf", "safetensors", "reference"] as const;
const MISSING = 0x7e00;

/** A fingerprint as JSON, one line: docs/formats/models.md, "Lineage fingerprint". */
export function fingerprintText(print: Fingerprint): string {
  const { norms, rows, cosines, tokenizer, ...plain } = print;
  return JSON.stringify({
    doorward: FINGERPRINT_FORMAT,
    ...plain,
    tokenizer: tokenizer === null ? null : { ...tokenizer, sketch: packed(tokenizer.sketch, 4) },
    norms: norms.map(({ role, layer, width, ordered, sorted, values }) => [
      role,
      layer,
      width,
      ordered,
      sorted,
      packed(
        values.map((value) => toBf16(value)),
        2,
      ),
    ]),
    rows: rows.map(({ role, layer, row, type, signs, values }) => [
      role,
      layer,
      row,
      type,
      packed(foursOf(signs), 1),
      packed(
        values.map((value) => (Number.isNaN(value) ? MISSING : toF16(value))),
        2,
      ),
    ]),
    cosines: {
      tokens: cosines.tokens,
      values: packed(
        cosines.values.map((value) => value & 255),
        1,
      ),
    },
  });
}

/** Reads a fingerprint that anybody may have written. Malformed where it is none, or claims more than there can be. */
export function readFingerprint(bytes: Uint8Array): Outcome<{ readonly print: Fingerprint }> {
  return outcomeOf(() => {
    if (bytes.length > READ_BYTES_MAX) throw malformed("the fingerprint is larger than any can be", 0);
    const { value } = jsonText(bytes);
    if (!isObject(value) || value["doorward"] !== FINGERPRINT_FORMAT)
      throw wrong(`"doorward" is not "${FINGERPRINT_FORMAT}"`);
    return { print: printIn(value) };
  });
}

const wrong = (what: string): Error => malformed(`the fingerprint is none: ${what}`, 0);

function printIn(value: JsonObject): Fingerprint {
  const { dimensions, cosines, declared } = value;
  if (!isObject(cosines) || !isObject(declared) || !isObject(dimensions)) throw wrong("a part is missing");
  const tokens = listIn(cosines["tokens"]).map((token) => countIn(token));
  const angles = unpacked(cosines["values"], 1).map((byte) => (byte << 24) >> 24);
  if (angles.length !== (tokens.length * (tokens.length - 1)) / 2) throw wrong("its angles do not add up");
  return {
    container: oneOf(CONTAINERS, value["container"]),
    kind: oneOf(KINDS, value["kind"]),
    architecture: orNull(value["architecture"], nameIn),
    type: orNull(value["type"], nameIn),
    dimensions: dimensionsIn(dimensions),
    digest: orNull(value["digest"], digestIn),
    shape: orNull(value["shape"], digestIn),
    tokenizer: orNull(value["tokenizer"], tokenizerIn),
    declared: { name: orNull(declared["name"], nameIn), bases: listIn(declared["bases"]).map(nameIn) },
    norms: listIn(value["norms"]).map(normIn),
    rows: listIn(value["rows"]).map(rowIn),
    cosines: { tokens, values: angles },
    unread: listIn(value["unread"]).map(nameIn),
  };
}

function dimensionsIn(said: JsonObject): Dimensions {
  const at = (name: keyof Dimensions): number | null => orNull(said[name], countIn);
  return {
    width: at("width"),
    layers: at("layers"),
    vocabulary: at("vocabulary"),
    feedForward: at("feedForward"),
    keyValue: at("keyValue"),
  };
}

function tokenizerIn(said: Json): TokenizerPrint {
  if (!isObject(said)) throw wrong("its tokenizer is none");
  return {
    tokens: countIn(said["tokens"]),
    digest: digestIn(said["digest"]),
    merges: orNull(said["merges"], digestIn),
    prefixes: listIn(said["prefixes"]).map((prefix) => hexIn(prefix)),
    sketch: unpacked(said["sketch"], 4),
  };
}

function normIn(said: Json): NormPrint {
  const [role, layer, width, ordered, sorted, values] = listIn(said);
  const bits = unpacked(values, 2);
  if (bits.length > NORM_CHANNELS) throw wrong("a norm has too many values");
  return {
    role: oneOf(NORM_ROLES, role),
    layer: orNull(layer, countIn),
    width: countIn(width),
    ordered: orNull(ordered, hexIn),
    sorted: orNull(sorted, hexIn),
    values: bits.map((value) => finite(fromBf16(value))),
  };
}

const MISSING_SIGN = 3;

/** Two bits each, the first in the lowest: 0 for -1, 1 for 0, 2 for 1, 3 where there was no number. */
function foursOf(signs: readonly number[]): readonly number[] {
  const codes = signs.map((sign) => (Number.isNaN(sign) ? MISSING_SIGN : sign + 1));
  return Array.from({ length: Math.ceil(codes.length / 4) }, (_, n) =>
    [0, 1, 2, 3].reduce((byte, m) => byte | ((codes[n * 4 + m] ?? MISSING_SIGN) << (m * 2)), 0),
  );
}

function signsIn(value: Json | undefined): readonly number[] {
  const bytes = unpacked(value, 1);
  if (bytes.length > CHANNELS / 4) throw wrong("a row has too many signs");
  return bytes
    .flatMap((byte) => [byte & 3, (byte >> 2) & 3, (byte >> 4) & 3, byte >> 6])
    .map((code) => (code === MISSING_SIGN ? NaN : code - 1));
}

function rowIn(said: Json): RowPrint {
  const [role, layer, row, type, signs, values] = listIn(said);
  const bits = unpacked(values, 2);
  if (bits.length > VALUED) throw wrong("a row has too many values");
  return {
    role: oneOf(ROLES, role),
    layer: orNull(layer, countIn),
    row: countIn(row),
    type: nameIn(type ?? null),
    signs: signsIn(signs),
    values: bits.map((value) => finite(fromF16(value))),
  };
}

const finite = (value: number): number => (Number.isFinite(value) ? value : NaN);

function orNull<T>(value: Json | undefined, read: (value: Json) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

function listIn(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value) || value.length > ITEMS_MAX) throw wrong("a list is none, or too long");
  return value;
}

function countIn(value: Json | undefined): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong("a number is none");
}

function nameIn(value: Json): string {
  if (typeof value === "string" && value.length <= NAME_CHARACTERS_MAX * 2) return value;
  throw wrong("a name is none, or too long");
}

function oneOf<T extends string>(known: readonly T[], value: Json | undefined): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw wrong(`it has none of ${known.join(", ")}`);
  return found;
}

const isDigest = (value: string): value is Digest => /^sha256:[0-9a-f]{64}$/.test(value);

function digestIn(value: Json | undefined): Digest {
  if (typeof value === "string" && isDigest(value)) return value;
  throw wrong("a digest is none");
}

function hexIn(value: Json): string {
  if (typeof value === "string" && /^[0-9a-f]{16}$/.test(value)) return value;
  throw wrong("16 hex digits are none");
}

/** Whole numbers, lowest byte first, as base64. */
function packed(values: readonly number[], width: 1 | 2 | 4): string {
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, n) => bytes.writeUIntLE(value, n * width, width));
  return bytes.toString("base64");
}

function unpacked(value: Json | undefined, width: 1 | 2 | 4): number[] {
  if (typeof value !== "string" || value.length > ITEMS_MAX) throw wrong("packed numbers are none");
  const bytes = Buffer.from(value, "base64");
  if (bytes.length % width !== 0) throw wrong("packed numbers are cut");
  return Array.from({ length: bytes.length / width }, (_, n) => bytes.readUIntLE(n * width, width));
}
