import { type OddityList, shown } from "../oddity.ts";
import type { TensorInfo } from "./tensors.ts";

/** Bytes of a file that belong to no tensor: where something could be hidden. */
export interface Slack {
  readonly at: number;
  readonly bytes: number;
}

/** More stretches of slack are counted, not listed. */
const SLACK_MAX = 1_000;

export interface GgufTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly elements: number;
  readonly type: string | null;
  /** Where it lies in the file; null where it lies outside, or its type is unknown. */
  readonly extent: { readonly at: number; readonly bytes: number } | null;
}

export interface DataSection {
  /** The first byte after the infos. */
  readonly headerEnd: number;
  readonly alignment: number;
  readonly fileSize: number;
}

export interface Extents {
  readonly dataAt: number;
  readonly tensors: readonly GgufTensor[];
  readonly slack: readonly Slack[];
}

const aligned = (at: number, alignment: number): number => Math.ceil(at / alignment) * alignment;

/**
 * Where each tensor lies, checked against the file: an extent past its end is what made Ollama read foreign memory
 * (CVE-2026-7482). ggml itself wants the tensors in order and without gaps (`gguf_init_from_reader`, src/gguf.cpp).
 */
export function extentsOf(infos: readonly TensorInfo[], section: DataSection, oddities: OddityList): Extents {
  const dataAt = aligned(section.headerEnd, section.alignment);
  const tensors = infos.map((info) => tensorOf(info, dataAt, section, oddities));
  const slack = slackOf(tensors, dataAt, section, oddities);
  return { dataAt, tensors, slack };
}

function tensorOf(info: TensorInfo, dataAt: number, section: DataSection, oddities: OddityList): GgufTensor {
  const { name, dimensions, elements, type, bytes, offset } = info;
  if (offset % BigInt(section.alignment) !== 0n)
    oddities.add(
      "gguf-offset",
      `the offset ${offset} of ${shown(name)} is no multiple of the alignment ${section.alignment}`,
      info.at,
    );
  const end = BigInt(dataAt) + offset + BigInt(bytes ?? 0);
  const isInside = end <= BigInt(section.fileSize);
  if (!isInside)
    oddities.add(
      "gguf-extent",
      `the tensor ${shown(name)} would end at byte ${end} of a file of ${section.fileSize} bytes`,
      info.at,
    );
  const extent = isInside && bytes !== null ? { at: dataAt + Number(offset), bytes } : null;
  return { name, dimensions, elements, type, extent };
}

/** Overlaps, gaps and what comes after the last; nothing is said where a tensor's size isn't known. */
function slackOf(
  tensors: readonly GgufTensor[],
  dataAt: number,
  { alignment, fileSize }: DataSection,
  oddities: OddityList,
): readonly Slack[] {
  const known = tensors.flatMap(({ name, extent }) => (extent === null ? [] : [{ name, ...extent }]));
  if (known.length < tensors.length) return [];
  const slack: Slack[] = [];
  let end = dataAt;
  let last = "";
  for (const { name, at, bytes } of known.toSorted(
    (left, right) => left.at - right.at || left.bytes - right.bytes,
  )) {
    if (at < end) oddities.add("gguf-overlap", `the tensors ${shown(last)} and ${shown(name)} overlap`, at);
    else if (at > aligned(end, alignment))
      oddities.add("gguf-gap", `${at - end} bytes before ${shown(name)} belong to no tensor`, end);
    if (at > end && slack.length < SLACK_MAX) slack.push({ at: end, bytes: at - end });
    if (at + bytes >= end) last = name;
    end = Math.max(end, at + bytes);
  }
  if (fileSize > aligned(end, alignment))
    oddities.add("gguf-trailing", `${fileSize - end} bytes after the last tensor belong to nothing`, end);
  return fileSize > end ? [...slack, { at: end, bytes: fileSize - end }] : slack;
}
