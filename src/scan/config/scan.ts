import { Fault, type Json } from "#base";
import { type ByteSource, jsonText } from "#models";
import { parseAllDocuments } from "yaml";
import { cutFindings } from "../cut.ts";
import type { Finding } from "../finding.ts";
import { shownText } from "../shown.ts";
import { templateFindings } from "../templates/scan.ts";
import { wholeBytes, wholeText } from "../templates/within.ts";
import { RUNNING_KEYS, type Said, saidOf } from "./rules.ts";
import { entriesOf } from "./walk.ts";

/** The largest published tokenizer_config.json known has 9 MB. */
const JSON_BYTES_MAX = 64 * 1_048_576;
/** Configurations in YAML have some kilobytes; the library takes seconds for a megabyte of hostile text. */
const YAML_BYTES_MAX = 262_144;
const FINDINGS_MAX = 100;
/** An alias that stands for a list of aliases makes much of little. */
const ALIASES_MAX = 100;

type Path = readonly string[];

function finding(path: Path, said: Said, offset: number | null = null): Finding {
  return { ...said, techniques: techniquesOf(said), path, offset, evidence: [] };
}

function techniquesOf({ rule }: Said): readonly string[] {
  if (rule === "config-remote-code" || rule === "config-tag") return ["AML.T0011.000", "AML.T0010.003"];
  return rule === "config-outside" ? ["AML.T0010.003"] : ["AML.T0076"];
}

function unread(path: Path, what: string, at: number | null = null): Finding {
  const says = `The configuration was not read to its end: ${what}.`;
  return finding(
    path,
    { rule: "config-unread", severity: "high", verdict: "unscannable", says, advisories: [] },
    at,
  );
}

const nameOf = (path: Path): string => (path.at(-1)?.split(/[\\/]/u).at(-1) ?? "").toLowerCase();

/**
 * A configuration in JSON of transformers, diffusers, PEFT or sentence-transformers: keys that run code, or take what is loaded from
 * elsewhere, and what of its JSON readers disagree on. Whether the code is there that it names, a single file does not show.
 */
export function scanJsonConfig(source: ByteSource, path: Path): readonly Finding[] {
  if (source.size > JSON_BYTES_MAX) return [unread(path, `it has more than ${JSON_BYTES_MAX} bytes`)];
  try {
    const { value, twice } = jsonText(wholeBytes(source));
    const doubled = twice.map(({ name, at }) => doubledSaid(path, name, at));
    const found = [...doubled, ...infiniteIn(path, value), ...entryFindings(path, value)];
    return cutFindings(found, FINDINGS_MAX, path);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "model_malformed") throw cause;
    return [unread(path, shownText(cause.message))];
  }
}

/** Python takes the last of two, others the first: one of them is what was reviewed, the other what is loaded. */
function doubledSaid(path: Path, name: string, at: number): Finding {
  const isGrave = RUNNING_KEYS.has(name) || name === "chat_template";
  const says = `The key ${shownText(name)} stands twice in one object: readers differ on which of the two counts.`;
  return finding(
    path,
    {
      rule: "config-key-twice",
      severity: isGrave ? "high" : "medium",
      verdict: "suspicious",
      says,
      advisories: [],
    },
    at,
  );
}

function infiniteIn(path: Path, value: Json): readonly Finding[] {
  const all = entriesOf(value, nameOf(path)) ?? [];
  const found = all.find((entry) => typeof entry.value === "number" && !Number.isFinite(entry.value));
  if (found === undefined) return [];
  const says = `${found.label} is a number that no machine holds: readers make infinity of it, or fail.`;
  return [
    finding(path, { rule: "config-value", severity: "low", verdict: "suspicious", says, advisories: [] }),
  ];
}

function entryFindings(path: Path, value: Json): readonly Finding[] {
  const entries = entriesOf(value, nameOf(path));
  if (entries === null) return [unread(path, "it has more keys than are looked at")];
  return entries.flatMap(saidOf).map((said) => finding(path, said));
}

/** Tags for which PyYAML's loaders make objects and call functions (yaml/constructor.py of PyYAML 6; from memory, unverified). */
const CALLING_TAG =
  /^(?:tag:yaml\.org,2002:python\/(?!none|bool|str|unicode|bytes|int|long|float|complex|list|tuple|dict))/u;

/**
 * A configuration in YAML: NeMo's model_config.yaml, Hydra's, a recipe's. `_target_` and its like as in JSON; tags that make objects; what
 * is made of aliases.
 */
export function scanYamlConfig(source: ByteSource, path: Path): readonly Finding[] {
  if (source.size > YAML_BYTES_MAX) return [unread(path, `it has more than ${YAML_BYTES_MAX} bytes`)];
  const text = wholeText(source, YAML_BYTES_MAX);
  if (text === null) return [unread(path, "it is not valid UTF-8")];
  const tags = tagFindings(path, text);
  try {
    const values = documentsIn(text);
    const found = values.flatMap((value) => [
      ...entryFindings(path, value),
      ...templateFindings(value, path),
    ]);
    return cutFindings([...tags, ...found], FINDINGS_MAX, path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return [...tags, unread(path, `its YAML can't be read: ${shownText(cause.message.slice(0, 80))}`)];
  }
}

/** Throws where the text is no YAML, nests too deep, or makes too much of aliases. */
function documentsIn(text: string): readonly Json[] {
  const documents = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false, prettyErrors: false });
  return Array.from(documents, (document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return plain(value, 0);
  });
}

function tagFindings(path: Path, text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(/!!([\w./:-]+)|!<([^>\s]+)>|^%TAG\s+\S+\s+(\S+)/gmu)) {
    const tag = match[1] === undefined ? (match[2] ?? match[3] ?? "") : `tag:yaml.org,2002:${match[1]}`;
    if (!CALLING_TAG.test(tag) && match[3]?.includes("python") !== true) continue;
    const says = `The tag ${shownText(tag)} makes an object or calls a function when PyYAML's unsafe loaders read it.`;
    found.push(
      finding(
        path,
        { rule: "config-tag", severity: "critical", verdict: "malicious", says, advisories: [] },
        Buffer.byteLength(text.slice(0, match.index)),
      ),
    );
    if (found.length >= FINDINGS_MAX) break;
  }
  return found;
}

const DEPTH_MAX = 64;

/** YAML's values as JSON's: dates, sets and keys that are no texts become texts. */
function plain(value: unknown, depth: number): Json {
  if (depth > DEPTH_MAX) throw new RangeError("it nests too deep");
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item, depth + 1));
  if (typeof value !== "object") return typeof value === "bigint" ? Number(value) : null;
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, held]: [unknown, unknown]) => [
      typeof key === "string" ? key : JSON.stringify(key),
      plain(held, depth + 1),
    ]),
  );
}
