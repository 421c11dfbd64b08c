import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "#base";
import { type ByteSource, isObject, READ_BYTES_MAX } from "#models";

/** Templates in files are shorter by far; what is longer is not read. */
const FILE_BYTES_MAX = 2 * 1_048_576;
const TEMPLATES_MAX = 64;
/** As deep as `jsonText` reads, so that nothing lies deeper. */
const DEPTH_MAX = 64;

/** A template's text, and what the file calls it. */
export interface Named {
  readonly label: string;
  readonly text: string;
}

/** All bytes of a source, read in the pieces that one read may ask for. Throws `model_unreadable` as `source` does. */
export function wholeBytes(source: ByteSource): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < source.size; at += READ_BYTES_MAX)
    pieces.push(source.read(at, Math.min(READ_BYTES_MAX, source.size - at)));
  return Buffer.concat(pieces);
}

/** The whole of a text file: null where it is longer than `max` bytes or no UTF-8, which the caller has to say. */
export function wholeText(source: ByteSource, max = FILE_BYTES_MAX): string | null {
  if (source.size > max) return null;
  const bytes = wholeBytes(source);
  return isUtf8(bytes) ? bytes.toString("utf8") : null;
}

/** Keys that hold a template, or several by their names: transformers' `chat_template`, and what others call it. */
const KEY = /^(?:(?:default_)?chat_?templates?|template|prompt_template|jinja_template|tool_use_template)$/iu;

/**
 * The templates in a configuration, wherever they stand in it: `chat_template` as a text, as a list of `{ name, template }`
 * (transformers before 4.50), or as a map from names to texts. Looked through to its end, whose values the reader has bounded; of
 * templates so many are given, and that there are more. After PreTrainedTokenizerBase.from_pretrained of huggingface/transformers
 * (tokenization_utils_base.py; from memory, unverified).
 */
export function templatesIn(json: Json): Templates {
  const found: Found = { named: [], isCut: false };
  gather(json, { label: "", depth: 0, isTemplate: false }, found);
  return found;
}

export interface Templates {
  readonly named: readonly Named[];
  /** Whether there is more in it than was looked through. */
  readonly isCut: boolean;
}

interface Found {
  readonly named: Named[];
  isCut: boolean;
}

interface At {
  readonly label: string;
  readonly depth: number;
  /** Whether it stands under a key that holds templates. */
  readonly isTemplate: boolean;
}

function gather(json: Json, at: At, found: Found): void {
  if (at.depth > DEPTH_MAX) found.isCut = true;
  else if (typeof json === "string") {
    if (!at.isTemplate && !isTemplateText(json)) return;
    if (found.named.length < TEMPLATES_MAX) found.named.push({ label: at.label, text: json });
    else found.isCut = true;
  } else if (Array.isArray(json)) gatherItems(json, at, found);
  else if (isObject(json)) gatherFields(json, at, found);
}

/** In a list of templates, a text is one; so is a `{ name, template }`. */
function gatherItems(items: readonly Json[], { label, depth, isTemplate }: At, found: Found): void {
  for (const [n, item] of items.entries()) {
    const isOne = isTemplate && (typeof item === "string" || isObject(item));
    gather(item, { label: `${label}[${n}]`, depth: depth + 1, isTemplate: isOne }, found);
  }
}

/** Those that are called templates come first: what else looks like one can't use up their number. */
function gatherFields(fields: JsonObject, at: At, found: Found): void {
  const all = Object.entries(fields);
  for (const [key, value] of [...all.filter(isCalled), ...all.filter((one) => !isCalled(one))]) {
    const label = at.label === "" ? key : `${at.label}.${key}`;
    const isTemplate = KEY.test(key) || (at.isTemplate && key !== "name");
    gather(value, { label, depth: at.depth + 1, isTemplate }, found);
  }
}

const isCalled = ([key]: readonly [string, unknown]): boolean => KEY.test(key);

/** A text with statements or expressions in it is a template, whatever its key is; tags with nothing in them are a tokenizer's. */
function isTemplateText(text: string): boolean {
  return isWithin(text, "{{", "}}") || isWithin(text, "{%", "%}");
}

function isWithin(text: string, opening: string, closing: string): boolean {
  const [from, to] = [text.indexOf(opening), text.lastIndexOf(closing)];
  return from >= 0 && to > from && /["'\p{L}\p{N}_]/u.test(text.slice(from, to));
}
