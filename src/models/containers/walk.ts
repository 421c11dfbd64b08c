import { type ByteSource, partOf } from "../bytes.ts";
import type { Oddity } from "../oddity.ts";
import type { Archive, ArchiveOutcome, Opened, Reading } from "./archive.ts";
import { readNumpy } from "./numpy.ts";
import { openGzip, openStream } from "./packed.ts";
import { recognise } from "./recognise.ts";
import { readTar } from "./tar.ts";
import { readZip } from "./zip.ts";

export interface WalkLimits {
  /** Containers in containers. */
  readonly depth: number;
  readonly members: number;
  /** Bytes that one member inflates to. */
  readonly memberBytes: number;
  /** Bytes in memory at once: of a member, and of those that it is in. */
  readonly heldBytes: number;
  /** Bytes that all of them together inflate to. */
  readonly bytes: number;
}

export const WALK_LIMITS: WalkLimits = {
  depth: 8,
  members: 20_000,
  memberBytes: 128 * 1_048_576,
  heldBytes: 192 * 1_048_576,
  bytes: 1024 * 1_048_576,
};

/** A file, or a member of one, or what compression hides; `path` leads to it inwards: `model.pt`, `archive/data.pkl`. */
export interface Found {
  readonly is: "member";
  readonly path: readonly string[];
  readonly reading: Reading;
  readonly source: ByteSource;
  readonly kinds: readonly string[];
  /** Whether its members follow. It may be something else besides: see `kinds`. */
  readonly container: boolean;
}

export interface FoundOddity {
  readonly is: "oddity";
  readonly path: readonly string[];
  readonly oddity: Oddity;
}

/** Something was not read to its end: whatever holds it is not clean. */
export interface FoundUnread {
  readonly is: "unread";
  readonly path: readonly string[];
  readonly what: string;
  readonly at: number;
}

export type Walked = Found | FoundOddity | FoundUnread;

interface State {
  readonly limits: WalkLimits;
  members: number;
  bytes: number;
  held: number;
}

interface Step {
  readonly path: readonly string[];
  readonly reading: Reading;
  readonly source: ByteSource;
}

/** What holds files and can't be opened here. */
const CLOSED = new Set(["7z", "rar", "bzip2", "xz", "lzma", "lz4"]);
const UNPACKED = "unpacked";

function unread(path: readonly string[], what: string, at = 0): FoundUnread {
  return { is: "unread", path, what, at };
}

/** The bytes of one member, counted; what is odd or missing about them is told. */
function* entered(step: Omit<Step, "source">, opened: Opened, state: State): Generator<Walked> {
  const { path, reading } = step;
  state.bytes -= opened.inflated;
  state.held += opened.inflated;
  for (const oddity of opened.oddities) yield { is: "oddity", path: path.slice(0, -1), oddity };
  if (opened.why !== null) yield unread(path, opened.why);
  yield* walkStep({ path, reading, source: opened.source }, state);
  state.held -= opened.inflated;
}

const most = ({ limits, bytes, held }: State): number => {
  return Math.max(0, Math.min(limits.memberBytes, bytes, limits.heldBytes - held));
};

function* members(path: readonly string[], archive: Archive, state: State): Generator<Walked> {
  for (const oddity of archive.oddities) yield { is: "oddity", path, oddity };
  for (const { what, at } of archive.unread) yield unread(path, what, at);
  for (const [n, member] of archive.members.entries()) {
    if (member.size === 0 && /[\\/]$/u.test(member.name)) continue;
    if (state.members >= state.limits.members) {
      const left = archive.members.length - n;
      yield unread(
        path,
        `${left} of its members were not read: ${state.limits.members} are, in all`,
        member.at,
      );
      return;
    }
    state.members += 1;
    yield* entered(
      { path: [...path, member.name], reading: member.reading },
      member.open(most(state)),
      state,
    );
  }
}

function* followed(path: readonly string[], read: ArchiveOutcome, state: State): Generator<Walked> {
  if (read.ok) yield* members(path, read, state);
  else yield unread(path, read.malformed.what, read.malformed.at);
}

/** An array of objects is a pickle behind a header. */
function* numpy({ path, source }: Step, state: State): Generator<Walked> {
  const read = readNumpy(source);
  if (!read.ok) {
    yield unread(path, read.malformed.what, read.malformed.at);
    return;
  }
  for (const oddity of read.oddities) yield { is: "oddity", path, oddity };
  if (!read.pickled) return;
  const pickle = partOf(source, read.dataAt, source.size);
  const kinds = [...new Set(["pickle", ...recognise(pickle).kinds])];
  state.members += 1;
  yield {
    is: "member",
    path: [...path, "objects"],
    reading: "both",
    source: pickle,
    kinds,
    container: false,
  };
}

type Entering = (step: Step, state: State) => Generator<Walked>;

function unpacking(open: (source: ByteSource, most: number) => Opened): Entering {
  return ({ path, source }, state) => {
    return entered({ path: [...path, UNPACKED], reading: "both" }, open(source, most(state)), state);
  };
}

const ENTERED: ReadonlyMap<string, Entering> = new Map<string, Entering>([
  ["zip", ({ path, source }, state) => followed(path, readZip(source), state)],
  ["tar", ({ path, source }, state) => followed(path, readTar(source), state)],
  ["gzip", unpacking(openGzip)],
  ["zlib", unpacking((source, limit) => openStream(source, "zlib", limit))],
  ["zstd", unpacking((source, limit) => openStream(source, "zstd", limit))],
  ["npy", numpy],
]);

function* walkStep(step: Step, state: State): Generator<Walked> {
  const { path, source } = step;
  const { kinds, polyglot } = recognise(source);
  const inner = kinds.filter((kind) => ENTERED.has(kind));
  const deep = path.length > state.limits.depth;
  yield { is: "member", ...step, kinds, container: inner.length > 0 && !deep };
  if (polyglot) {
    const what = `it is several files at once, which readers take differently: ${kinds.join(", ")}`;
    yield { is: "oddity", path, oddity: { rule: "polyglot", what, at: 0 } };
  }
  for (const kind of kinds.filter((closed) => CLOSED.has(closed))) {
    yield unread(path, `it is a ${kind} file, which cannot be opened here`);
  }
  for (const kind of inner) {
    if (deep) yield unread(path, `it holds more, deeper than ${state.limits.depth} containers`);
    else yield* ENTERED.get(kind)?.(step, state) ?? [];
  }
}

/**
 * A file and all that is in it, one after the other, outermost first: each thing by its content, oddities and what was left
 * unread as they show. Members of several kinds at once are entered by each. Within `limits`, whatever the file claims; what lay
 * beyond them is told as unread. `name` is the file's own: shown, never trusted.
 */
export function* walkContainers(
  source: ByteSource,
  name: string,
  limits: WalkLimits = WALK_LIMITS,
): Generator<Walked> {
  const state: State = { limits, members: 0, bytes: limits.bytes, held: 0 };
  yield* walkStep({ path: [name], reading: "both", source }, state);
}
