import { Fault, type Json } from "#base";
import { type ByteSource, jsonText } from "#models";
import { cutFindings } from "../cut.ts";
import type { Finding } from "../finding.ts";
import { ggufIn } from "../headers.ts";
import { parseGo } from "./go/parse.ts";
import { findingOf, judged, type Template, unread } from "./judge.ts";
import { parseJinja } from "./jinja.ts";
import { templatesIn, wholeText } from "./within.ts";

/** The largest tokenizers have 40 MB; in a longer file no template is looked for, and `scanJsonConfig` says so of a configuration. */
const JSON_BYTES_MAX = 64 * 1_048_576;
/** Of one file, all its templates together. */
const FINDINGS_MAX = 200;

/** A chat template in Jinja, whole in its file: `chat_template.jinja`. */
export function scanJinja(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const text = wholeText(source);
  const template = { text: text ?? "", label: "the template", path, at: 0 };
  if (text === null)
    return [findingOf(template, unread("the template", "it is longer than a template is, or no UTF-8"))];
  return scanTemplate(template);
}

/** A template in the language that its text shows: where it may be of both, it is read as each of them. */
export function scanAnyTemplate(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const text = wholeText(source);
  if (text === null || !isGoTemplate(text)) return scanJinja(source, path);
  const asGo = scanGoText({ text, label: "the template", path, at: 0 });
  return text.includes("{%") ? [...asGo, ...scanJinja(source, path)] : asGo;
}

/** Fields with a dot before their names, blocks without `%`: nothing of this is an expression of Jinja's. */
export function isGoTemplate(text: string): boolean {
  return /\{\{-?\s*(?:\.|\$|\/\*|(?:if|range|with|define|template|block|else)\b|end\s*-?\}\})/u.test(text);
}

/** Every template in a configuration in JSON. What is wrong with its JSON, `scanConfig` says. */
export function scanJsonTemplates(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const text = wholeText(source, JSON_BYTES_MAX);
  if (text === null) return [];
  // Nothing is a template without a tag, and a bracket may be written as an escape.
  if (!/\{[{%#]|\\u007b|\\u0025/iu.test(text) && !text.includes("chat_template")) return [];
  try {
    return templateFindings(jsonText(Buffer.from(text)).value, path);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "model_malformed") return [];
    throw cause;
  }
}

/** Every template in a configuration that was read. */
export function templateFindings(value: Json, path: readonly string[]): readonly Finding[] {
  const { named, isCut } = templatesIn(value);
  const found = all(
    named.map((one) => ({ ...one, path, at: null })),
    path,
  );
  if (!isCut) return found;
  const whole: Template = { text: "", label: "the configuration", path, at: null };
  return [...found, findingOf(whole, unread(whole.label, "it holds more templates than are followed"))];
}

/** Every template in a GGUF's metadata: `tokenizer.chat_template`, and those with a name behind it. */
export function scanGgufTemplates(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const read = ggufIn(source);
  if (!read.ok) return [];
  const templates: Template[] = [];
  const findings: Finding[] = [];
  for (const [key, value] of read.facts.metadata) {
    if (!/^tokenizer\.chat_template(?:$|\.)/u.test(key)) continue;
    const template = { text: typeof value === "string" ? value : "", label: key, path, at: null };
    if (typeof value === "string") templates.push(template);
    else findings.push(findingOf(template, unread(key, "it is longer than a template is, or no text")));
  }
  return cutFindings([...findings, ...all(templates, path)], FINDINGS_MAX, path);
}

function all(templates: readonly Template[], path: readonly string[]): readonly Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const template of templates) {
    if (seen.has(template.text)) continue;
    seen.add(template.text);
    findings.push(...scanTemplate(template));
  }
  return cutFindings(findings, FINDINGS_MAX, path);
}

/** One template, read and followed; what can't be read blocks. */
export function scanTemplate(template: Template): readonly Finding[] {
  const outcome = parseJinja(template.text);
  if (!outcome.ok) return [findingOf(template, unread(template.label, outcome.what))];
  return judged(template, outcome.parsed);
}

export function scanGoText(template: Template): readonly Finding[] {
  const outcome = parseGo(template.text);
  if (!outcome.ok) return [findingOf(template, unread(template.label, outcome.what))];
  return judged(template, outcome.parsed);
}
