import type { JsonObject } from "#base";
import { type ByteSource, READ_BYTES_MAX } from "../bytes.ts";
import { isGguf, readGguf } from "../gguf/read.ts";
import type { Declared } from "../identify/facts.ts";
import { ggufModel } from "../identify/from-gguf.ts";
import { readOllamaManifest } from "../identify/ollama.ts";
import { isObject, jsonText } from "../json-text.ts";
import { outcomeOf } from "../outcome.ts";
import { readExpression } from "./expression.ts";
import { readCard } from "./front-matter.ts";
import { licenceOfLink, licenceOfTag } from "./known.ts";
import { recogniseText } from "./recognise.ts";

/** What one place in a model's files says of its licence. */
export interface LicenceClaim {
  /** The file, and the key in it where there is one. */
  readonly from: string;
  readonly is: "text" | "tag";
  /** As it is written, or how the text was recognised. */
  readonly says: string;
  /** Ids of all licences that bind by it. */
  readonly licences: readonly string[];
  /** What is named and not known, or a text that nobody has read; then nothing is settled. */
  readonly unknown: readonly string[];
}

/** What one file says: licences, of what it was made, how it is called. */
export interface FileClaims {
  readonly claims: readonly LicenceClaim[];
  readonly bases: readonly string[];
  readonly names: readonly string[];
  /** Digests of blobs that hold licences, in an Ollama manifest. */
  readonly blobs: readonly string[];
}

const LICENCE_FILE =
  /^(?:(?:model[-_]|.*[\s_-])?licen[cs]e(?:[-_\s].*)?|copying(?:\.lesser)?|tongyi.*licen[cs]e.*)(?:\.(?:md|txt|rst))?$/i;
const CARD_FILE = /^(?:readme|model_?card)\.md$/i;
/** `organisation/name` at Hugging Face. */
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
const TEXT_BYTES_MAX = 1_048_576;
const LIST_MAX = 64;
const CHARACTERS_MAX = 300;
/** A tag is a word or an expression; what is longer is a text. */
const TAG_CHARACTERS_MAX = 200;

const NOTHING: FileClaims = { claims: [], bases: [], names: [], blobs: [] };

/** Whether a file of this name is read for what it says of licences. GGUF files are read whatever their name. */
export function mayClaim(name: string): boolean {
  const file = fileOf(name);
  return LICENCE_FILE.test(file) || CARD_FILE.test(file) || /^(?:adapter_)?config\.json$/.test(file);
}

/**
 * What a file of a model says of its licence: the text of a licence file, the head of a model card, the keys of a GGUF, the base named by a
 * configuration, the layers of an Ollama manifest. `as` is for blobs, whose names say nothing. What is not readable as such claims nothing.
 */
export function claimsIn(source: ByteSource, name: string, as?: "licence" | "manifest"): FileClaims {
  if (as === "licence") return { ...NOTHING, claims: [textClaim(textIn(source), name)] };
  const file = fileOf(name);
  if (as === "manifest") return manifestClaims(source);
  if (LICENCE_FILE.test(file)) return { ...NOTHING, claims: [textClaim(textIn(source), name)] };
  if (CARD_FILE.test(file)) return cardClaims(textIn(source), name);
  if (/^(?:adapter_)?config\.json$/.test(file)) return configClaims(source);
  return isGguf(source) ? ggufClaims(source, name) : NOTHING;
}

function textIn(source: ByteSource): string {
  return Buffer.from(source.read(0, Math.min(source.size, TEXT_BYTES_MAX))).toString("utf8");
}

function textClaim(text: string, from: string): LicenceClaim {
  const { licence, by, similarity, wordsMore, isSettled } = recogniseText(text);
  const alike = `${Math.floor(similarity * 100)} % of it${wordsMore > 0 ? `, and ${wordsMore} words more` : ""}`;
  const says = {
    words: `the text of ${licence?.name ?? ""}`,
    similarity: `nearly the text of ${licence?.name ?? ""} (${alike})`,
    title: `a text called ${licence?.name ?? ""}`,
    nothing: "a text that is not known",
  }[by];
  return {
    from,
    is: "text",
    says,
    licences: licence === null ? [] : [licence.id],
    unknown: isSettled
      ? []
      : [licence === null ? "the text" : `the text, which differs from ${licence.name}`],
  };
}

function tagClaim(said: string, from: string): LicenceClaim {
  const { licences, unknown } = readExpression(said);
  return {
    from,
    is: "tag",
    says: cut(said),
    licences: licences.map(({ id }) => id),
    unknown: unknown.map(cut),
  };
}

/** What others say of a model's licences, by identifiers, expressions or names. */
export function taggedClaims(tags: readonly string[], from: string): readonly LicenceClaim[] {
  return tags.slice(0, LIST_MAX).map((tag) => tagClaim(tag, from));
}

/** `license: other` with a name and a link: either may be known. */
function namedClaims(
  from: string,
  tags: readonly string[],
  name: string | null,
  link: string | null,
): LicenceClaim[] {
  const byName = name === null ? null : (licenceOfTag(name) ?? (link === null ? null : licenceOfLink(link)));
  return tags.slice(0, LIST_MAX).map((tag) => {
    if (tag.length > TAG_CHARACTERS_MAX) return textClaim(tag, from);
    if (byName === null || licenceOfTag(tag) !== null) return tagClaim(tag, from);
    return { from, is: "tag", says: cut(`${tag}: ${name ?? ""}`), licences: [byName.id], unknown: [] };
  });
}

function cardClaims(text: string, name: string): FileClaims {
  const { licence, licenceName, licenceLink, baseModels } = readCard(text);
  return {
    ...NOTHING,
    claims: namedClaims(`${name}: license`, licence, licenceName, licenceLink),
    bases: baseModels,
  };
}

function ggufClaims(source: ByteSource, name: string): FileClaims {
  const read = readGguf(source);
  if (!read.ok) return NOTHING;
  const { declared } = ggufModel(read.facts);
  const { licence, licenceName, licenceLink } = declared;
  const tags = licence === null ? [] : [licence];
  return {
    claims: namedClaims(`${name}: general.license`, tags, licenceName, licenceLink),
    bases: declared.baseModels.flatMap(baseNames).map(cut),
    names: [declared.name, declared.repository].flatMap((one) => (one === null ? [] : [cut(one)])),
    blobs: [],
  };
}

/** A repository says more than a name. */
function baseNames({ name, repository }: Declared["baseModels"][number]): readonly string[] {
  const named = repository?.replace(/^https?:\/\/huggingface\.co\//, "") ?? name;
  return named === null ? [] : [named];
}

/** `_name_or_path` is where the weights were loaded from: the model's own name, where it is one and no path of a machine. */
function configClaims(source: ByteSource): FileClaims {
  const config = objectIn(source);
  const at = (key: string): readonly string[] => {
    const said = config[key];
    return typeof said === "string" && said !== "" ? [cut(said)] : [];
  };
  const names = at("_name_or_path").filter((said) => REPOSITORY.test(said));
  return { ...NOTHING, bases: at("base_model_name_or_path"), names };
}

function manifestClaims(source: ByteSource): FileClaims {
  if (source.size > READ_BYTES_MAX) return NOTHING;
  const read = readOllamaManifest(source.read(0, source.size));
  const layers = read.ok ? read.layers.slice(0, LIST_MAX) : [];
  return { ...NOTHING, blobs: layers.flatMap(({ kind, digest }) => (kind === "license" ? [digest] : [])) };
}

function objectIn(source: ByteSource): JsonObject {
  if (source.size > READ_BYTES_MAX) return {};
  const read = outcomeOf(() => ({ json: jsonText(source.read(0, source.size)).value }));
  return read.ok && isObject(read.json) ? read.json : {};
}

function fileOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function cut(text: string): string {
  return text.slice(0, CHARACTERS_MAX);
}
