import type { Json, JsonObject } from "#base";
import type { FlowDoubt, FlowFacts, Origin, SinkRole } from "#vocabulary";
import { argumentValues, type ArgumentValue, effectOf, isSink } from "./arguments.ts";
import { asksFor } from "./asking.ts";
import { plain } from "./fold.ts";
import { groundOf, type Knowledge } from "./grounds.ts";
import { amountGround } from "./known-amounts.ts";
import { DOUBT_CHARS_MAX, DOUBTS_MAX, MANDATE_CHARS_MAX } from "./limits.ts";
import { isLabelled, type ToolManifest } from "./manifest.ts";
import { emptyMemory, keepWritten, type Memory } from "./memory.ts";
import { createNamer } from "./naming.ts";
import { keepHeard, observeResult } from "./observing.ts";
import { placesOf } from "./places.ts";
import { carriesOf, type Parcel, readersOf } from "./readers.ts";
import { seenIn } from "./tracing.ts";
import { type Mandate, readWords, type Words } from "./words.ts";

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
  /** Arguments whose content holds what not everybody may read, whomever the call reaches. Changes nothing. */
  readonly restricted: (call: FlowCall) => readonly string[];
  /** Takes in a result, an error or a refusal that the agent gets to see. */
  readonly observe: (result: FlowResult) => void;
  readonly hear: (heard: HeardText) => void;
  /** Something reached the agent that was too large to be read: from here on the session counts as overflowed. */
  readonly overflow: () => void;
  /** How far its values may be relied on. */
  readonly state: () => Pick<FlowFacts, "tainted" | "overflowed">;
  /** Characters that are kept of what it saw. */
  readonly size: () => number;
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
    restricted: (call) => restrictedIn(knowledge(), call),
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
    size: () => memory.textChars + (memory.keptChars ?? 0),
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
  // What is only looked for does not leave with a read; the address of a fetch does, and so do the words of a search outside.
  const parcel = effect === "read" ? searchOf(call.manifest, values) : parcelOf(values);
  return {
    labelled: isLabelled(call.manifest),
    effect,
    mandate: standingOf(words),
    tainted: memory.tainted || memory.overflowed,
    overflowed: memory.overflowed,
    asked: asksFor(words, effect, call.manifest.tool),
    origins: originsByRole(traced),
    readers: parcel === null ? "none" : readersOf(known, parcel),
    carries: parcel === null || effect === "read" ? [] : carriesOf(known, parcel),
    doubts: doubtsOf(memory, traced),
  };
}

/** As if it were put where anybody can see it. What only all of them together give away is in each. */
function restrictedIn(known: Knowledge, { manifest, arguments: given }: FlowCall): string[] {
  const contents = argumentValues(manifest, given).filter(
    ({ role }) => role === "content" || role === "query",
  );
  const isRestricted = (values: readonly ArgumentValue[]): boolean =>
    readersOf(known, { texts: values.map(({ value }) => value), addressees: [] }) === "beyond";
  const byArgument = Map.groupBy(contents, ({ argument }) => argument);
  const found = [...byArgument].filter(([, values]) => isRestricted(values)).map(([argument]) => argument);
  return found.length === 0 && isRestricted(contents) ? [...byArgument.keys()] : found;
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

/** What a person says is content of a tool that only reads goes to somebody outside, who answers it: a web search. */
function searchOf({ roles }: ToolManifest, values: readonly ArgumentValue[]): Parcel | null {
  const texts = values
    .filter(({ argument, role }) => role === "content" && Object.hasOwn(roles, argument))
    .map(({ value }) => value);
  return texts.length === 0 ? null : { texts, addressees: [], isSearch: true };
}

function parcelOf(values: readonly ArgumentValue[]): Parcel {
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
