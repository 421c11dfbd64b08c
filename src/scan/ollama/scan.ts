import { Fault } from "#base";
import { type ByteSource, isObject, jsonText } from "#models";
import type { Finding } from "../finding.ts";
import { shownText } from "../shown.ts";
import { findingOf, judgedText, type Template, unread } from "../templates/judge.ts";
import { isGoTemplate, scanGoText } from "../templates/scan.ts";
import { wholeText } from "../templates/within.ts";
import { type Instruction, instructionsIn } from "./modelfile.ts";

const MESSAGES_MAX = 1000;
/** Blobs that are longer are weights, or licences. */
const BLOB_BYTES_MAX = 1_048_576;

/**
 * A blob of Ollama's, whose kind stands in the manifest and not in it: a template, a system prompt, messages before the chat, parameters,
 * a licence. A template is followed; what a model is told is looked through for what hides in it.
 */
export function scanOllamaBlob(source: ByteSource, path: readonly string[]): readonly Finding[] {
  if (source.size > BLOB_BYTES_MAX) return [];
  const text = wholeText(source);
  if (text === null) return [];
  const template = { text, label: "the layer", path, at: 0 };
  const messages = messagesIn(text);
  if (messages !== null)
    return messages.flatMap((one, n) =>
      judgedText({ text: one, label: `message ${n + 1} of the layer`, path, at: null }),
    );
  return isGoTemplate(text) ? scanGoText({ ...template, label: "the template layer" }) : judgedText(template);
}

/** The messages layer: a list of `{ role, content }` (api.Message of ollama/ollama, server/create.go). */
function messagesIn(text: string): readonly string[] | null {
  if (!/^\s*[[{]/u.test(text)) return null;
  try {
    const { value } = jsonText(Buffer.from(text));
    const list = Array.isArray(value) ? value.slice(0, MESSAGES_MAX) : [];
    return list.flatMap((one) =>
      isObject(one) && typeof one["content"] === "string" ? [one["content"]] : [],
    );
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "model_malformed") return null;
    throw cause;
  }
}

/** A Modelfile: its template, what it tells the model, and where it takes weights from. */
export function scanModelfile(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const text = wholeText(source);
  const whole: Template = { text: text ?? "", label: "the Modelfile", path, at: 0 };
  const instructions = text === null ? null : instructionsIn(text);
  if (text === null || instructions === null)
    return [
      findingOf(whole, unread("the Modelfile", "it is too long, no UTF-8, or its quotes are not closed")),
    ];
  return instructions.flatMap((one) => instructed(text, one, path));
}

function instructed(
  text: string,
  { name, value, at }: Instruction,
  path: readonly string[],
): readonly Finding[] {
  const part: Template = {
    text: value,
    label: name.toUpperCase(),
    path,
    at: Buffer.byteLength(text.slice(0, at)),
  };
  if (name === "template") return scanGoText({ ...part, label: "the template" });
  if (name === "system" || name === "message") return judgedText(part);
  const isPath = name === "from" || name === "adapter";
  if (!isPath || !/(?:^|[\\/])\.\.(?:[\\/]|$)|^(?:\/|~|[A-Za-z]:\\)/u.test(value)) return [];
  return [
    findingOf(part, {
      rule: "modelfile-outside",
      severity: "low",
      verdict: "suspicious",
      says: `${name.toUpperCase()} takes ${shownText(value)}, which lies outside of this folder: it is not what is scanned here.`,
      techniques: ["AML.T0010.003"],
    }),
  ];
}
