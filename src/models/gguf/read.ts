import { type ByteSource, malformed, partOf } from "../bytes.ts";
import { cursorOn } from "../cursor.ts";
import { type Oddity, oddityList, type OddityList } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { extentsOf, type GgufTensor, type Slack } from "./extents.ts";
import { type GgufMetadata, keysIn, metadataIn } from "./metadata.ts";
import { tensorCountIn, tensorsIn } from "./tensors.ts";
import { readingOf, type TextWatch } from "./value.ts";

const MAGIC = 0x46554747;
const VERSION_MAX = 3;
/** docs/gguf.md: where `general.alignment` is not given. */
const ALIGNMENT = 32;
/** Keys, values and infos together; the largest known tokenizers take a tenth of it. What goes on past it is malformed. */
const HEADER_BYTES_MAX = 256 * 1_048_576;
const ALIGNMENT_MAX = 65_536;

export interface GgufSplit {
  /** From 0. */
  readonly no: number;
  readonly count: number;
  /** Of all parts together; null where it isn't said. */
  readonly tensors: number | null;
}

export interface GgufFacts {
  readonly version: number;
  readonly littleEndian: boolean;
  /** Everything but long texts and lists, which are digested. */
  readonly metadata: GgufMetadata;
  readonly alignment: number;
  /** The first byte of the data. */
  readonly dataAt: number;
  readonly tensors: readonly GgufTensor[];
  /** What lies before, between and after the tensors, padding included; empty where not all extents are known. */
  readonly slack: readonly Slack[];
  /** Null for a file that is whole by itself. */
  readonly split: GgufSplit | null;
}

export interface GgufRead {
  readonly facts: GgufFacts;
  readonly oddities: readonly Oddity[];
}

/**
 * Reads the header of a GGUF file, versions 1 to 3, either order of bytes: keys, values, what the tensors are and where they lie. No
 * tensor's data is read. After docs/gguf.md and src/gguf.cpp of ggml-org/ggml d99724f2 (2026-08-21). `watch` is told of each text of the
 * lists in their order: tokens are many, and not kept.
 */
export function readGguf(source: ByteSource, watch: TextWatch | null = null): Outcome<GgufRead> {
  return outcomeOf(() => {
    const oddities = oddityList();
    const facts = factsIn(source, oddities, watch);
    return { facts, oddities: oddities.all() };
  });
}

/** Whether a file starts as GGUF does. */
export function isGguf(source: ByteSource): boolean {
  return source.size >= 4 && Buffer.from(source.read(0, 4)).toString("latin1") === "GGUF";
}

function factsIn(source: ByteSource, oddities: OddityList, watch: TextWatch | null): GgufFacts {
  const { version, littleEndian } = headerIn(source);
  const cursor = cursorOn(partOf(source, 0, HEADER_BYTES_MAX), 8, littleEndian);
  const reading = { ...readingOf(cursor, version, littleEndian, oddities), watch };
  const tensorCount = tensorCountIn(reading);
  const metadata = metadataIn(reading, keysIn(reading));
  const infos = tensorsIn(reading, tensorCount);
  const alignment = alignmentOf(metadata, oddities);
  const section = { headerEnd: reading.cursor.at(), alignment, fileSize: source.size };
  const { dataAt, tensors, slack } = extentsOf(infos, section, oddities);
  const split = splitOf(metadata, oddities);
  // Of a split model the first part alone has the keys.
  if (split === null || split.no === 0) checkRequired(metadata, tensors, oddities);
  return { version, littleEndian, metadata, alignment, dataAt, tensors, slack, split };
}

function checkRequired(metadata: GgufMetadata, tensors: readonly GgufTensor[], oddities: OddityList): void {
  const isQuantised = tensors.some(({ type }) => type !== null && /^(?:I?Q|TQ|MXFP|NVFP)/.test(type));
  if (isQuantised && !metadata.has("general.quantization_version"))
    oddities.add(
      "gguf-required",
      `"general.quantization_version" is missing though tensors are quantised`,
      0,
    );
  if (typeof metadata.get("general.architecture") !== "string")
    oddities.add("gguf-required", `"general.architecture" is missing`, 0);
}

/** The order of bytes shows in the version only: a small number read the wrong way round has nothing in its low half. */
function headerIn(source: ByteSource): { readonly version: number; readonly littleEndian: boolean } {
  const cursor = cursorOn(source);
  if (cursor.u32() !== MAGIC) throw malformed("the file does not start with GGUF", 0);
  const claimed = cursor.u32();
  const littleEndian = claimed % 65_536 !== 0;
  const version = littleEndian ? claimed : cursorOn(source, 4, false).u32();
  if (version < 1 || version > VERSION_MAX)
    throw malformed(`the file claims version ${version} of GGUF, of ${VERSION_MAX} at most`, 4);
  return { version, littleEndian };
}

/** ggml wants a power of two, docs/gguf.md a multiple of 8. With any other, places are those of the usual alignment. */
function alignmentOf(metadata: GgufMetadata, oddities: OddityList): number {
  const claimed = metadata.get("general.alignment");
  if (claimed === undefined) return ALIGNMENT;
  const isSound =
    typeof claimed === "number" &&
    claimed >= 8 &&
    claimed <= ALIGNMENT_MAX &&
    Number.isInteger(Math.log2(claimed));
  if (isSound) return claimed;
  const said = typeof claimed === "object" ? "a text or a list" : `${claimed}`;
  oddities.add("gguf-alignment", `the alignment is ${said.slice(0, 20)}, no power of two of 8 or more`, 0);
  return ALIGNMENT;
}

function splitOf(metadata: GgufMetadata, oddities: OddityList): GgufSplit | null {
  const [no, count, tensors] = ["no", "count", "tensors.count"].map((key) => metadata.get(`split.${key}`));
  if (no === undefined && count === undefined) return null;
  if (typeof no !== "number" || typeof count !== "number" || no < 0 || no >= count) {
    oddities.add("gguf-split", "the file claims to be a part, and not which of how many", 0);
    return null;
  }
  return count === 1 ? null : { no, count, tensors: typeof tensors === "number" ? tensors : null };
}
