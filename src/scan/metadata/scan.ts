import { type ByteSource, jsonText } from "#models";
import { Fault, type Json } from "#base";
import type { Finding } from "../finding.ts";
import { ggufIn, safetensorsIn } from "../headers.ts";
import { shownText } from "../shown.ts";
import { wholeText } from "../templates/within.ts";
import { oddTextIn, type Said, secretsIn, turnedAt } from "./texts.ts";

const FINDINGS_MAX = 100;
const LABEL_MAX = 80;
const TEXT_BYTES_MAX = 4 * 1_048_576;

type Path = readonly string[];

function findingsOf(
  path: Path,
  all: readonly Said[],
  offsets: readonly (number | null)[] = [],
): readonly Finding[] {
  return all.slice(0, FINDINGS_MAX).map((one, n) => ({
    rule: one.rule,
    severity: one.severity,
    verdict: one.verdict,
    says: one.says,
    techniques: one.techniques,
    path,
    offset: offsets[n] ?? null,
    evidence: [],
    advisories: [],
  }));
}

const labelOf = (key: string): string => shownText(key.slice(0, LABEL_MAX));

/** The texts of a GGUF's metadata, and of its short lists; templates are read by `scanGgufTemplates`, tokens by nobody. */
export function scanGgufMetadata(source: ByteSource, path: Path): readonly Finding[] {
  const read = ggufIn(source);
  if (!read.ok) return [];
  const found: Said[] = [];
  for (const [key, value] of read.facts.metadata) {
    if (found.length >= FINDINGS_MAX) break;
    if (key.startsWith("tokenizer.")) continue;
    if (typeof value === "string") found.push(...oddTextIn(value, labelOf(key)));
    else if (typeof value === "object" && value.of === "string" && value.items !== null)
      found.push(
        ...value.items
          .filter((item) => typeof item === "string")
          .flatMap((item) => oddTextIn(item, labelOf(key))),
      );
  }
  return findingsOf(path, found);
}

/** `__metadata__` of a safetensors file: texts that its format gives no meaning. */
export function scanSafetensorsMetadata(source: ByteSource, path: Path): readonly Finding[] {
  const read = safetensorsIn(source);
  if (!read.ok) return [];
  const found = Object.entries(read.metadata).flatMap(([key, text]) =>
    oddTextIn(`${key}\n${text}`, labelOf(key)),
  );
  return findingsOf(path, found);
}

/** Credentials in a text file of a model's folder: configurations, model cards, scripts. */
export function scanTextSecrets(source: ByteSource, path: Path): readonly Finding[] {
  const text = wholeText(source, TEXT_BYTES_MAX);
  if (text === null) return [];
  const found = secretsIn(text);
  return findingsOf(
    path,
    found,
    found.map(({ at }) => Buffer.byteLength(text.slice(0, at))),
  );
}

/** Of tokenizer.json this much, from its added tokens on: they stand before the vocabulary. */
const ADDED_CHARACTERS_MAX = 4_000_000;
const TOKENS_MAX = 50_000;
const CONTENT = /"content"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")/gu;

/**
 * Tokens that a tokenizer adds: one of characters that move a terminal's cursor or turn the direction of writing is printed wherever
 * text is taken apart, and one that holds a sentence is put into answers as a whole.
 */
export function scanAddedTokens(source: ByteSource, path: Path): readonly Finding[] {
  const text = Buffer.from(source.read(0, Math.min(source.size, ADDED_CHARACTERS_MAX))).toString("utf8");
  const from = text.indexOf('"added_tokens');
  if (from < 0) return [];
  const found: Said[] = [];
  let tokens = 0;
  for (const match of text.slice(from).matchAll(CONTENT)) {
    tokens += 1;
    if (tokens > TOKENS_MAX || found.length >= FINDINGS_MAX) break;
    found.push(...tokenSaid(textOf(match[1] ?? '""')));
  }
  return findingsOf(path, found);
}

function textOf(quoted: string): string {
  try {
    const value: Json = jsonText(Buffer.from(`[${quoted}]`)).value;
    const [first] = Array.isArray(value) ? value : [];
    return typeof first === "string" ? first : "";
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "model_malformed") return "";
    throw cause;
  }
}

function tokenSaid(token: string): readonly Said[] {
  // Tokenizers of code add control characters one by one: only more of them are an order.
  const isOrder = token.length > 1 && turnedAt(token) >= 0;
  const others = token.length > 24 ? oddTextIn(token, "an added token") : [];
  if (!isOrder) return others;
  const says = `The added token ${shownText(token)} is an order to whatever shows it: to a terminal, or to the direction of writing.`;
  return [
    {
      rule: "metadata-token",
      severity: "medium",
      verdict: "suspicious",
      says,
      techniques: ["AML.T0068"],
      at: 0,
    },
  ];
}
