import type { Json, JsonObject } from "#base";
import type { FlowDoubt, FlowEffect, FlowFacts, Origin, SinkRole } from "#vocabulary";
import { atomsIn } from "./atoms.ts";
import { argumentValues, type ArgumentValue, effectOf, isSink } from "./arguments.ts";
import { asksFor, isLookupAskedFor } from "./asking.ts";
import { decodings } from "./decode.ts";
import { plain } from "./fold.ts";
import { groundOf, isGroundedAddress, isSeen, type Knowledge } from "./grounds.ts";
import { amountGround } from "./known-amounts.ts";
import { DOUBT_CHARS_MAX, DOUBTS_MAX, MANDATE_CHARS_MAX } from "./limits.ts";
import { integrityOf } from "./integrity.ts";
import { isLabelled, isTrustedAuthor, type ToolManifest } from "./manifest.ts";
import {
  emptyMemory,
  keepRecord,
  keepRow,
  sourceAt,
  keepText,
  keepWritten,
  echoes,
  type Memory,
  type Source,
} from "./memory.ts";
import { createNamer } from "./naming.ts";
import { placesOf } from "./places.ts";
import { carriesOf, readersOf } from "./readers.ts";
import { readResult, type ResultRead } from "./records.ts";
import { seenIn } from "./tracing.ts";
import { type Mandate, readWords, saysWhole, type Words } from "./words.ts";

/** Everything of a session's flow, as plain JSON: what is kept across a restart, and handed down to sub-agents. */
export interface FlowSnapshot {
  readonly memory: Memory;
  readonly mandates: readonly Mandate[];
}

export interface FlowSettings {
  /** The user's own addresses, accounts and names, as Doorward knows them. */
  readonly own: readonly string[];
  /** Folders opened to the session. */
  readonly roots?: readonly string[];
  /** What earlier sessions wrote without grounds (`Flow.residue`): reading it again grounds nothing here either. */
  readonly inherited?: readonly string[];
  /** Something that the session saw is not in the snapshot, or there is none: it counts as overflowed. */
  readonly isIncomplete?: boolean;
}

/** One call, read: what is about to be done. */
export interface FlowCall {
  readonly manifest: ToolManifest;
  readonly arguments: JsonObject;
}

/** What came of a call that was carried out, or what else reached the agent. */
export interface FlowResult extends FlowCall {
  /** Structured content where the server gives it; else the text. */
  readonly result: Json;
  readonly isError?: boolean;
  /** What the server itself says (`_meta.ifc`). Tightens always, loosens only where `isTrustedToLabel`. */
  readonly said?: SaidLabel;
}

export interface SaidLabel {
  readonly integrity?: "trusted" | "untrusted";
  readonly confidentiality?: "public" | "private";
  /** The operator trusts this server's labels, and its tool is pinned. */
  readonly isTrustedToLabel: boolean;
}

/** Text that reaches the agent beside the results of calls: it grounds nothing, and is found again in what is sent. */
export interface HeardText {
  /** Where from, as `server/tool` is of a result: `llm/user`, `files/tool descriptions`. */
  readonly from: string;
  readonly texts: readonly string[];
  /** False: a person reviewed these words, or they are the agent's own program's. */
  readonly isTainting: boolean;
}

/** The flow of one session. */
export interface Flow {
  /** Words of the user's. Later ones add to earlier ones. */
  readonly say: (mandate: Mandate) => void;
  /** Where the values of a call come from. Changes nothing. */
  readonly judge: (call: FlowCall) => FlowFacts;
  /** Takes in a result, an error or a refusal that the agent gets to see. */
  readonly observe: (result: FlowResult) => void;
  readonly hear: (heard: HeardText) => void;
  /** Something reached the agent that was too large to be read: from here on the session counts as overflowed. */
  readonly overflow: () => void;
  /** How far its values may be relied on. */
  readonly state: () => Pick<FlowFacts, "tainted" | "overflowed">;
  readonly snapshot: () => FlowSnapshot;
  /** The same without a copy, for whoever writes it down at once: the next change changes it. */
  readonly view: () => FlowSnapshot;
  /** What this session, or one before it, wrote without grounds: for the sessions that come after. */
  readonly residue: () => readonly string[];
}

/** Opens the flow of a session, anew or as it was. Deterministic: the same calls give the same answers. */
export function openFlow(settings: FlowSettings, snapshot?: FlowSnapshot): Flow {
  const memory: Memory = snapshot === undefined ? emptyMemory() : structuredClone(snapshot.memory);
  for (const text of settings.inherited ?? []) keepWritten(memory, text);
  if (settings.isIncomplete === true) memory.overflowed = true;
  const mandates: Mandate[] = [...(snapshot?.mandates ?? [])];
  const words: Words[] = mandates.map(readWords);
  const own = new Set(settings.own.map(plain));
  const isOwn = (value: string): boolean => own.has(plain(value).trim());
  const places = placesOf(memory);
  const namer = createNamer(memory, words, isOwn);
  let known: Knowledge | null = null;
  const knowledge = (): Knowledge => {
    places.refresh();
    known ??= {
      memory,
      places,
      words,
      isOwn,
      named: namer.named(),
      roots: settings.roots ?? [],
    };
    return known;
  };
  return {
    say: (mandate) => {
      const chars = mandates.reduce((sum, one) => sum + one.text.length, 0);
      if (chars + mandate.text.length > MANDATE_CHARS_MAX) memory.overflowed = true;
      else {
        mandates.push(mandate);
        words.push(readWords(mandate));
      }
      known = null;
    },
    judge: (call) => judgeCall(knowledge(), call),
    observe: (result) => {
      observeResult(knowledge(), result);
      known = null;
    },
    hear: (heard) => {
      keepHeard(memory, heard);
      known = null;
    },
    overflow: () => {
      memory.overflowed = true;
    },
    state: () => ({ tainted: memory.tainted || memory.overflowed, overflowed: memory.overflowed }),
    snapshot: () => structuredClone({ memory, mandates }),
    view: () => ({ memory, mandates }),
    residue: () => [...memory.written],
  };
}

function judgeCall(known: Knowledge, call: FlowCall): FlowFacts {
  const { memory, words } = known;
  const effect = effectOf(call.manifest, call.arguments);
  const values = argumentValues(call.manifest, call.arguments);
  const sinks = values.flatMap((value) => (isSink(value.role) ? [{ ...value, role: value.role }] : []));
  const traced = sinks.map((sink) => ({ sink, origin: originOf(known, call, sink) }));
  // What is only looked for does not leave with a read; the address of a fetch does.
  const parcel = effect === "read" ? null : parcelOf(values);
  return {
    labelled: isLabelled(call.manifest),
    effect,
    mandate: standingOf(words),
    tainted: memory.tainted || memory.overflowed,
    overflowed: memory.overflowed,
    asked: asksFor(words, effect, call.manifest.tool),
    origins: originsByRole(traced),
    readers: parcel === null ? "none" : readersOf(known, parcel),
    carries: parcel === null ? [] : carriesOf(known, parcel),
    doubts: doubtsOf(memory, traced),
  };
}

type Sink = ArgumentValue & { readonly role: SinkRole };

function originOf(known: Knowledge, call: FlowCall, sink: Sink): Origin {
  const { memory } = known;
  const ground = groundFor(known, call, sink);
  const isTheirs = ground === "user" || ground === "own";
  if (ground !== null && ground !== "claimed" && (isTheirs || !memory.overflowed)) return ground;
  const seen = seenIn(memory, sink.value);
  // What others wrote stays theirs when it comes back in words that are only said to be the user's.
  if (ground === "claimed" && !seen.some((text) => memory.sources[text.source]?.isTrusted !== true))
    return ground;
  return seen.length > 0 ? "untrusted" : "model";
}

function groundFor(known: Knowledge, call: FlowCall, sink: Sink): Origin | null {
  if (sink.role !== "amount") return groundOf(known, { ...sink, tool: call.manifest.tool });
  const origin = amountGround(known, Number(sink.value));
  return origin === "model" || origin === "untrusted" ? null : origin;
}

function originsByRole(
  traced: readonly { readonly sink: Sink; readonly origin: Origin }[],
): Record<SinkRole, Origin[]> {
  const byRole: Record<SinkRole, Origin[]> = {
    destination: [],
    account: [],
    command: [],
    path: [],
    selector: [],
    amount: [],
    credential: [],
    profile: [],
  };
  for (const { sink, origin } of traced)
    if (!byRole[sink.role].includes(origin)) byRole[sink.role].push(origin);
  for (const origins of Object.values(byRole)) origins.sort();
  return byRole;
}

function parcelOf(values: readonly ArgumentValue[]): { texts: string[]; addressees: string[] } {
  const of = (...roles: ArgumentValue["role"][]): string[] =>
    values.flatMap((value) => (roles.includes(value.role) ? [value.value] : []));
  return { texts: of("content", "query"), addressees: of("destination", "account") };
}

function doubtsOf(
  memory: Memory,
  traced: readonly { readonly sink: Sink; readonly origin: Origin }[],
): FlowDoubt[] {
  return traced
    .filter(({ origin }) => origin === "untrusted" || origin === "model")
    .slice(0, DOUBTS_MAX)
    .map(({ sink, origin }) => {
      const tools = seenIn(memory, sink.value).map((text) => memory.sources[text.source]?.tool ?? "");
      const value = sink.value.slice(0, DOUBT_CHARS_MAX).toWellFormed();
      return {
        argument: sink.argument,
        role: sink.role,
        value,
        origin,
        seenIn: [...new Set(tools)].toSorted(),
      };
    });
}

function standingOf(words: readonly Words[]): FlowFacts["mandate"] {
  if (words.some((one) => one.standing === "attested")) return "attested";
  return words.length > 0 ? "claimed" : "none";
}

/** The result, with the labels that its source, its arguments and what it echoes give it. */
function observeResult(known: Knowledge, seen: FlowResult): void {
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

function keepHeard(memory: Memory, { from, texts, isTainting }: HeardText): void {
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
