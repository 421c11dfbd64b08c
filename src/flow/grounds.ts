import type { Origin, SinkRole } from "#vocabulary";
import { isAtom } from "./atoms.ts";
import { commandReach } from "./commands.ts";
import { plain, wordsOf } from "./fold.ts";
import { isBelowHere } from "./integrity.ts";
import { caselessChars, isSameSpelling } from "./letters.ts";
import type { Memory, SeenRecord, Source } from "./memory.ts";
import type { Naming } from "./naming.ts";
import type { Places } from "./places.ts";
import { isIdField, nameWords } from "./records.ts";
import {
  givesSecret,
  isTelling,
  quotesExactly,
  saysCode,
  saysExactly,
  saysWhole,
  type Words,
} from "./words.ts";
import { BULK } from "./words.table.ts";

/** All that a value is held against. */
export interface Knowledge {
  readonly memory: Memory;
  readonly places: Places;
  readonly words: readonly Words[];
  readonly named: ReadonlyMap<number, Naming>;
  readonly isOwn: (value: string) => boolean;
  /** Folders that the user or the organisation opened to this session. */
  readonly roots: readonly string[];
}

export interface SinkValue {
  /** `server/tool` that it is given to. */
  readonly tool: string;
  readonly argument: string;
  readonly role: SinkRole;
  readonly value: string;
}

/** What grounds the value in its role; null where nothing does. Only whole values in the same role count (T18). */
export function groundOf(known: Knowledge, sink: SinkValue): Origin | null {
  const value = sink.value.trim();
  if (isBulk(sink.role, value)) return null;
  switch (sink.role) {
    case "destination":
    case "account":
      return addresseeGround(known, sink.tool, value);
    case "selector":
      return selectorGround(known, sink, value);
    case "path":
      return pathGround(known, sink, value);
    case "amount":
      return null;
    case "credential":
      return saidBy(known.words, (words) => givesSecret(words, sink.value));
    case "command":
      return commandGround(known, value);
    case "profile":
      return known.isOwn(value) ? "own" : saidBy(known.words, (words) => saysWhole(words, value));
    default:
      return sink.role satisfies never;
  }
}

const CHOOSING: ReadonlySet<SinkRole> = new Set(["selector", "destination", "account"]);

/** `all`, however it is dressed; and, where something is chosen, a pattern, or nothing but a word for everything. */
function isBulk(role: SinkRole, value: string): boolean {
  if (BULK.has(plain(value))) return true;
  if (!CHOOSING.has(role)) return false;
  const words = wordsOf(value);
  if (value.includes("*") || words.length === 0) return true;
  return words.some((word) => BULK.has(word)) && words.every((word) => BULK.has(word) || !isTelling(word));
}

/** The user's own, whole; or one that looks only, or works within the folders of the session only. */
function commandGround({ words, roots }: Knowledge, value: string): Origin | null {
  const said = saidBy(words, (one) => quotesExactly(one, value));
  if (said === "user") return said;
  const reach = roots.length === 0 ? null : commandReach(value, roots);
  if (reach === "looks") return "trusted";
  return reach === "works" ? "made" : said;
}

function saidBy(words: readonly Words[], says: (words: Words) => boolean): "user" | "claimed" | null {
  const standings = words.filter(says).map((one) => one.standing);
  if (standings.includes("attested")) return "user";
  return standings.length > 0 ? "claimed" : null;
}

function addresseeGround(known: Knowledge, tool: string, value: string): Origin | null {
  if (known.isOwn(value)) return "own";
  const said = isTelling(value) ? saidBy(known.words, (words) => saysAddress(words, value)) : null;
  if (said === "user") return said;
  return best([said, recordGround(known, tool, value), rowGround(known, value)]);
}

/** Whether something could be sent to it. */
export function isGroundedAddress(known: Knowledge, tool: string, value: string): boolean {
  const origin = addresseeGround(known, tool, value.trim());
  return origin !== null && origin !== "claimed" && origin !== "trusted";
}

/** An address whole; a link also without its scheme, or below one that the user named. */
function saysAddress(words: Words, value: string): boolean {
  const says = (text: string): boolean => saysExactly(words, text, caselessChars("destination", text));
  if (says(value)) return true;
  const link = /^[a-z][a-z0-9+.-]*:\/\/(.+)$/iu.exec(value)?.[1];
  return link !== undefined && (says(link) || says(link.replace(/\/$/u, "")));
}

/** The id that a server gave to what the agent made with it; a name that the agent chose, or an address, is none. */
function isMadeId({ memory, places }: Knowledge, tool: string, value: string): boolean {
  const sources = (places.ids.get(plain(value)) ?? [])
    .filter((at) => isIdOf(memory, at, { role: "destination", value }))
    .map((at) => sourceOf(memory, memory.records[at]));
  const isMinted = !isAtom(value) && !isWritten(memory, value);
  return (
    isMinted &&
    sources.some(
      (source) =>
        source?.isMade === true && source.holdsOthers !== true && serverOf(source.tool) === serverOf(tool),
    )
  );
}

/** In a field for addresses of a record that may be relied on, or the name of what the agent itself made. */
function recordGround(known: Knowledge, tool: string, value: string): Origin | null {
  const { memory, places, named } = known;
  if (isMadeId(known, tool, value)) return "made";
  if (isWritten(memory, value)) return null;
  const grounds = (places.addresses.get(plain(value)) ?? []).map((at) => {
    const source = sourceOf(memory, memory.records[at]);
    if (source === null || source.isMade) return null;
    const naming = named.get(at);
    if (source.isTrusted && (source.isDirectory || naming?.isClaimed === false)) return "directory";
    if (naming?.byNameOnly === false) return naming.isClaimed ? "claimed" : "named";
    return source.isTrusted ? "trusted" : null;
  });
  return best(grounds);
}

/** A row of a plain listing. */
function rowGround({ memory, places }: Knowledge, value: string): Origin | null {
  if (isWritten(memory, value)) return null;
  const grounds = (places.rows.get(plain(value)) ?? []).map((at) => {
    const source = memory.sources[at];
    if (source === undefined || source.isMade || !source.isTrusted) return null;
    return source.isAskedFor || source.isDirectory ? "directory" : "trusted";
  });
  return best(grounds);
}

function selectorGround(known: Knowledge, sink: SinkValue, value: string): Origin | null {
  const kinds = kindWords(sink);
  const isShort = value.length < 4 || /^\d{1,5}$/u.test(value);
  const isCode = isTelling(value) || /\p{N}/u.test(value);
  const said = saidBy(known.words, (words) =>
    isShort
      ? saysCode(words, value, kinds)
      : isCode && saysExactly(words, value, caselessChars(sink.role, value)),
  );
  if (said === "user") return said;
  const candidates = candidatesFor(known, sink, value);
  return best([said, ...candidates.map((at) => objectGround(known, at)), privateGround(known, candidates)]);
}

/** The nouns of the tool and the argument: `delete_file`, `file_id` -> file. */
function kindWords({ tool, argument }: Pick<SinkValue, "tool" | "argument">): string[] {
  const name = tool.slice(tool.indexOf("/") + 1);
  return [...nameWords(argument), ...nameWords(name).slice(1)].filter((word) => word.length > 2);
}

/** Records with this id that the tool could mean: of the same server, and of the kind that its names speak of. */
function candidatesFor(known: Knowledge, sink: SinkValue, value: string): number[] {
  const found = ofKind(known, value, sink.tool, kindWords(sink));
  const isId = (at: number): boolean => isIdOf(known.memory, at, { role: sink.role, value });
  if (isIdField(sink.argument)) return found.filter(isId);
  // What is found by its id is not another of the same letters.
  return found.filter((at) => isId(at) || !hasId(known.memory, at, value));
}

/** Whether it is an id of this record, in the same letters where case tells ids apart. */
function isIdOf(
  { records }: Memory,
  at: number,
  { role, value }: Pick<SinkValue, "role" | "value">,
): boolean {
  return (
    records[at]?.ids.some((id) => plain(id).trim() === plain(value) && isSameSpelling(role, id, value)) ===
    true
  );
}

function hasId({ records }: Memory, at: number, value: string): boolean {
  return records[at]?.ids.some((id) => plain(id).trim() === plain(value)) === true;
}

/** Whether an object of this id, and of the kind that the tool speaks of, was seen before. */
export function isSeen(known: Knowledge, id: string, tool: string): boolean {
  return scored(known, id, tool, kindWords({ tool, argument: "" })).some((one) => one.affinity > 0);
}

function ofKind(known: Knowledge, value: string, tool: string, nouns: readonly string[]): number[] {
  const found = scored(known, value, tool, nouns);
  const closest = Math.max(0, ...found.map((one) => one.affinity));
  return found.filter((one) => one.affinity === closest).map((one) => one.at);
}

function scored(
  { memory, places }: Knowledge,
  value: string,
  tool: string,
  nouns: readonly string[],
): { readonly at: number; readonly affinity: number }[] {
  const server = serverOf(tool);
  const kinds = new Set(nouns);
  // A title never stands for what has the same word for its id.
  const byId = places.ids.get(plain(value)) ?? [];
  const found = byId.length > 0 ? byId : (places.titles.get(plain(value)) ?? []);
  return found.flatMap((at) => {
    const record = memory.records[at];
    const source = sourceOf(memory, record);
    if (record === undefined || source === null || serverOf(source.tool) !== server) return [];
    return [{ at, affinity: places.kindsOf(record.source).filter((word) => kinds.has(word)).length }];
  });
}

function objectGround({ memory, named }: Knowledge, at: number): Origin | null {
  const source = sourceOf(memory, memory.records[at]);
  if (source === null) return null;
  if (source.isMade) return "made";
  const naming = named.get(at);
  if (naming !== undefined) return naming.isClaimed ? "claimed" : "named";
  return source.isTrusted ? "trusted" : null;
}

/** The object as it was last seen reaches nobody but the user, or somebody whom the user named speaks of it. */
function privateGround(known: Knowledge, candidates: readonly number[]): Origin | null {
  const { memory, isOwn } = known;
  const record = memory.records[candidates.at(-1) ?? -1];
  if (record === undefined) return null;
  if (isEndorsed(known, record)) return "endorsed";
  const people = [...record.authors, ...(record.audience ?? [])];
  return record.audience !== null && people.every(isOwn) ? "private" : null;
}

/** Its title stands whole in a record whose author and title the user named. */
function isEndorsed({ memory, named }: Knowledge, record: SeenRecord): boolean {
  const spoken = [...named].flatMap(([at, naming]) =>
    naming.byAuthor && naming.byTitle && !naming.isClaimed ? (memory.records[at]?.texts ?? []) : [],
  );
  return spoken.some((text) => record.titles.some((title) => title.includes(".") && text.includes(title)));
}

function pathGround(known: Knowledge, sink: SinkValue, value: string): Origin | null {
  const said = saidBy(known.words, (words) => saysExactly(words, value));
  if (said === "user") return said;
  if (known.roots.some((root) => isWithin(root, value))) return "trusted";
  if (known.roots.length > 0 && isOwnTool(sink.tool) && isBelowHere(value)) return "trusted";
  return best([said, selectorGround(known, sink, value)]);
}

/** What an agent runs itself works where the agent was started, which is in its folders; a server works where it is. */
function isOwnTool(tool: string): boolean {
  return tool.startsWith("agent:");
}

/** Below the folder by its text alone: a step up leaves it. */
function isWithin(root: string, path: string): boolean {
  const [folder, file] = [root, path].map((one) => one.replaceAll("\\", "/").replace(/\/+$/u, ""));
  if (folder === undefined || file === undefined || folder === "") return false;
  if (file.split("/").includes("..")) return false;
  return file === folder || file.startsWith(`${folder}/`);
}

/** What the agent itself wrote without grounds comes back no better. */
export function isWritten(memory: Memory, value: string): boolean {
  const wanted = plain(value).trim();
  return memory.written.includes(wanted);
}

const ORDER: readonly Origin[] = [
  "user",
  "own",
  "made",
  "named",
  "directory",
  "trusted",
  "private",
  "endorsed",
  "claimed",
];

function best(grounds: readonly (Origin | null)[]): Origin | null {
  return ORDER.find((origin) => grounds.includes(origin)) ?? null;
}

export function sourceOf(memory: Memory, record: SeenRecord | undefined): Source | null {
  return record === undefined ? null : (memory.sources[record.source] ?? null);
}

function serverOf(tool: string): string {
  return tool.slice(0, Math.max(0, tool.indexOf("/")));
}
