import type { FlowEffect } from "#vocabulary";
import { atomsIn } from "./atoms.ts";
import { argumentValues, effectOf } from "./arguments.ts";
import { isLookupAskedFor } from "./asking.ts";
import { decodings } from "./decode.ts";
import { isGroundedAddress, isSeen, type Knowledge } from "./grounds.ts";
import { integrityOf } from "./integrity.ts";
import { isLabelled, isTrustedAuthor, type ToolManifest } from "./manifest.ts";
import {
  keepRecord,
  keepRow,
  keepText,
  keepWritten,
  echoes,
  type Memory,
  type Source,
  sourceAt,
} from "./memory.ts";
import { readResult, type ResultRead } from "./records.ts";
import type { FlowResult, HeardText } from "./session.ts";
import { seenIn } from "./tracing.ts";
import { saysWhole } from "./words.ts";

/** The result, with the labels that its source, its arguments and what it echoes give it. */
export function observeResult(known: Knowledge, seen: FlowResult): void {
  const { memory } = known;
  const read = readResult(seen.result);
  const source = sourceOf(known, seen, read);
  noteWritten(known, seen);
  const at = sourceAt(memory, source);
  const inRecords = isText(seen, source)
    ? new Set<string>()
    : keepStructure({ memory, manifest: seen.manifest }, at, read);
  for (const text of read.texts) if (!inRecords.has(text)) keepText(memory, at, null, text);
  if (!source.isTrusted) memory.tainted = true;
}

/**
 * Whether a result is a text, whatever it looks like: an error or a refusal echoes what was asked, and the structure of
 * what was fetched, or of what a command printed, is its author's.
 */
function isText({ manifest, arguments: given, isError }: FlowResult, { isTrusted }: Source): boolean {
  return isError === true || (!isTrusted && ["fetch", "execute"].includes(effectOf(manifest, given)));
}

export function keepHeard(memory: Memory, { from, texts, isTainting }: HeardText): void {
  const source: Source = {
    tool: from,
    isTrusted: false,
    isConfidential: false,
    isDirectory: false,
    isMade: false,
    isAskedFor: false,
  };
  const at = sourceAt(memory, source);
  for (const text of texts) keepText(memory, at, null, text);
  if (isTainting) memory.tainted = true;
}

function keepStructure(
  { memory, manifest }: { readonly memory: Memory; readonly manifest: ToolManifest },
  at: number,
  read: ResultRead,
): ReadonlySet<string> {
  const inRecords = new Set<string>();
  const variants = sourceVariants(memory, at);
  for (const [index, record] of read.records.entries()) {
    const isVouched =
      record.authors.length > 0 && record.authors.every((author) => isTrustedAuthor(manifest, author));
    const source = variants(record.texts, { isVouched, isMade: index === 0 });
    const place = keepRecord(memory, source, record);
    for (const text of record.texts) {
      keepText(memory, source, place, text);
      inRecords.add(text);
    }
  }
  for (const value of read.rows)
    keepRow(memory, value, variants([value], { isVouched: false, isMade: true }));
  return inRecords;
}

interface Variant {
  readonly isVouched: boolean;
  /** The record itself, where the call made one: what it stands in or refers to was there before. */
  readonly isMade: boolean;
}

/**
 * The source as one record has it: trusted where its author is, and untrusted, whoever keeps it, where it holds a thing
 * that the agent wrote without grounds.
 */
function sourceVariants(memory: Memory, at: number): (texts: readonly string[], variant: Variant) => number {
  const kept = new Map<string, number>();
  return (texts, variant) => {
    const source = memory.sources[at];
    if (source === undefined) return at;
    const isTrusted = (source.isTrusted || variant.isVouched) && !texts.some((text) => echoes(memory, text));
    const isItself = source.isMade && variant.isMade;
    if (isTrusted === source.isTrusted && isItself === source.isMade) return at;
    if (!isTrusted) memory.tainted = true;
    const key = `${isTrusted} ${isItself}`;
    const place =
      kept.get(key) ??
      sourceAt(memory, {
        ...source,
        isTrusted,
        isMade: isItself,
        isDirectory: isTrusted && source.isDirectory,
      });
    kept.set(key, place);
    return place;
  };
}

function sourceOf(known: Knowledge, seen: FlowResult, read: ResultRead): Source {
  const { manifest, said } = seen;
  const isPrivate = said?.confidentiality === "private";
  const isPublic = said?.isTrustedToLabel === true && said.confidentiality === "public";
  return {
    tool: manifest.tool,
    isTrusted: isLabelledTrusted(seen, known.roots),
    isConfidential: isPrivate || (manifest.output.confidential === true && !isPublic),
    isDirectory: manifest.output.directory === true && !isLed(known, seen),
    isMade: isMade(known, seen, read),
    holdsOthers: holdsOthers(known, seen),
    isAskedFor: isLookupAskedFor(known.words, manifest, seen.arguments),
  };
}

/**
 * Whether others' words led to what was looked up (T18): a row that an outsider had asked for stands in the directory, and
 * nobody meant it. What the user's own words hold was asked for by the user.
 */
function isLed({ memory, words }: Knowledge, { manifest, arguments: given }: FlowResult): boolean {
  const isSaid = (value: string): boolean =>
    words.some((one) => one.standing === "attested" && saysWhole(one, value));
  return argumentValues(manifest, given).some(
    ({ role, value }) =>
      role !== "control" &&
      !isSaid(value) &&
      seenIn(memory, value).some((text) => memory.sources[text.source]?.isTrusted !== true),
  );
}

/** A server's own word tightens always and loosens only where the operator says so; an error is never trusted. */
function isLabelledTrusted(
  { manifest, arguments: given, said, isError }: FlowResult,
  roots: readonly string[],
): boolean {
  if (isError === true || said?.integrity === "untrusted") return false;
  const isLoosened = said?.isTrustedToLabel === true && said.integrity === "trusted";
  return isLoosened || integrityOf(manifest, given, roots) === "trusted";
}

/** Whether a call made a new object: it changed something, chose nothing that was there, and its id is a new one. */
function isMade(
  known: Knowledge,
  { manifest, arguments: given, isError }: FlowResult,
  read: ResultRead,
): boolean {
  if (isError === true || !isLabelled(manifest) || isReading(effectOf(manifest, given))) return false;
  const ids = read.records[0]?.ids ?? [];
  const chosen = argumentValues(manifest, given).some(
    ({ role, value }) => role === "selector" && ids.includes(value),
  );
  return ids.length > 0 && !chosen && !ids.some((id) => isSeen(known, id, manifest.tool));
}

/** Whether the call puts an address, a link or an account into what it makes that nothing grounds. */
function holdsOthers(known: Knowledge, { manifest, arguments: given }: FlowResult): boolean {
  return argumentValues(manifest, given)
    .flatMap(({ value }) => atomsIn(value))
    .some(({ text }) => !isGroundedAddress(known, manifest.tool, text));
}

/** What was written without grounds, in a session that others' words have reached, grounds nothing when it is read again. */
function noteWritten(known: Knowledge, { manifest, arguments: given, isError }: FlowResult): void {
  if (isReading(effectOf(manifest, given)) || isError === true || !known.memory.tainted) return;
  for (const value of argumentValues(manifest, given)) {
    if (known.isOwn(value.value) || value.role === "control") continue;
    const isSaid = known.words.some((one) => one.standing === "attested" && saysWhole(one, value.value));
    if (isSaid) continue;
    for (const text of decodings(value.value)) keepWritten(known.memory, text);
    for (const atom of atomsIn(value.value))
      if (!known.isOwn(atom.text)) keepWritten(known.memory, atom.text);
  }
}

function isReading(effect: FlowEffect): boolean {
  return effect === "read" || effect === "fetch";
}
