import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "#base";
import { type ByteSource, isObject, READ_BYTES_MAX } from "#models";

/** Templates in files are shorter by far; what is longer is not read. */
const FILE_BYTES_MAX = 2 * 1_048_576;
const TEMPLATES_MAX = 64;
const DEPTH_MAX = 6;

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
 * (transformers before 4.50), or as a map from names to texts. After PreTrainedTokenizerBase.from_pretrained of huggingface/transformers
 * (tokenization_utils_base.py; from memory, unverified).
 */
export function templatesIn(json: Json): readonly Named[] {
  const found: Named[] = [];
  gather(json, { label: "", depth: 0, isTemplate: false }, found);
  return found;
}

interface At {
  readonly label: string;
  readonly depth: number;
  /** Whether it stands under a key that holds templates. */
  readonly isTemplate: boolean;
}

function gather(json: Json, at: At, found: Named[]): void {
  if (found.length > TEMPLATES_MAX || at.depth > DEPTH_MAX) return;
  if (typeof json === "string") {
    if (at.isTemplate || isTemplateText(json)) found.push({ label: at.label, text: json });
  } else if (Array.isArray(json)) gatherItems(json, at, found);
  else if (isObject(json)) gatherFields(json, at, found);
}

/** In a list of templates, a text is one; so is a `{ name, template }`. */
function gatherItems(items: readonly Json[], { label, depth, isTemplate }: At, found: Named[]): void {
  for (const [n, item] of items.slice(0, ITEMS_MAX).entries()) {
    const isOne = isTemplate && (typeof item === "string" || isObject(item));
    gather(item, { label: `${label}[${n}]`, depth: depth + 1, isTemplate: isOne }, found);
  }
}

function gatherFields(fields: JsonObject, at: At, found: Named[]): void {
  for (const [key, value] of Object.entries(fields).slice(0, ITEMS_MAX)) {
    const label = at.label === "" ? key : `${at.label}.${key}`;
    const isTemplate = KEY.test(key) || (at.isTemplate && key !== "name");
    gather(value, { label, depth: at.depth + 1, isTemplate }, found);
  }
}

const ITEMS_MAX = 2000;

/** A text with statements or expressions in it is a template, whatever its key is. */
function isTemplateText(text: string): boolean {
  if (text.includes("{{")) return text.includes("}}");
  return text.includes("{%") && text.includes("%}");
}
