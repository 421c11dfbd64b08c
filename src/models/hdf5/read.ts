import { Fault } from "#base";
import type { ByteSource } from "../bytes.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { attributeIn } from "./attribute.ts";
import { dataspaceIn, datatypeIn, elementsOf } from "./datatype.ts";
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Facts, Hdf5Link } from "./facts.ts";
import { addressIn, type Hdf5File, openHdf5 } from "./file.ts";
import { type HeaderMessage, messagesAt, SHARED } from "./header.ts";
import { type Child, externalFiles, linkIn, symbolTable } from "./links.ts";

const OBJECTS_MAX = 100_000;
const ATTRIBUTES_MAX = 200_000;
const LINKS_MAX = 10_000;
const UNREAD_MAX = 50;
const PATH_CHARACTERS_MAX = 4_096;
/** All texts of attributes together. */
const TEXT_CHARACTERS_MAX = 64 * 1_048_576;

/** Numbers of messages [IV.A.2]. */
const DATASPACE = 0x01;
const LINK_INFO = 0x02;
const DATATYPE = 0x03;
const LINK = 0x06;
const FILES = 0x07;
const LAYOUT = 0x08;
const FILTERS = 0x0b;
const ATTRIBUTE = 0x0c;
const SYMBOLS = 0x11;
const ATTRIBUTE_INFO = 0x15;
/** Those of which it matters that they are read where they are. */
const MATTERING = new Set([LINK_INFO, LINK, FILES, LAYOUT, FILTERS, ATTRIBUTE, SYMBOLS, ATTRIBUTE_INFO]);

interface Walk {
  readonly file: Hdf5File;
  readonly attributes: Hdf5Attribute[];
  readonly datasets: Hdf5Dataset[];
  readonly links: Hdf5Link[];
  readonly unread: { what: string; at: number }[];
  readonly queue: { readonly address: number; readonly path: string }[];
  characters: number;
}

/**
 * Reads what an HDF5 file holds beside its arrays: groups old and new, their links, the attributes and layouts of everything. What
 * only large new files have (attributes and links in fractal heaps, shared messages) is told as unread, and so is an object whose
 * header is broken: a loader may follow it. After the "HDF5 File Format Specification Version 3.0" of The HDF Group.
 */
export function readHdf5(source: ByteSource): Outcome<Hdf5Facts> {
  return outcomeOf(() => {
    const file = openHdf5(source);
    const walk: Walk = {
      file,
      attributes: [],
      datasets: [],
      links: [],
      unread: [],
      queue: [{ address: file.root, path: "/" }],
      characters: 0,
    };
    const seen = new Set<number>();
    for (const { address, path } of walk.queue) {
      if (seen.has(address)) continue;
      seen.add(address);
      attempt(walk, file.base + address, () => object(walk, address, path));
      if (seen.size < OBJECTS_MAX) continue;
      leave(walk, `it has more than ${OBJECTS_MAX} objects`, file.base + address);
      break;
    }
    const { attributes, datasets, links, unread } = walk;
    const { version, superblock: userBlock } = file;
    return { version, userBlock, objects: seen.size, attributes, datasets, links, unread };
  });
}

function leave(walk: Walk, what: string, at: number): void {
  if (walk.unread.length < UNREAD_MAX) walk.unread.push({ what, at });
}

function attempt(walk: Walk, at: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "model_malformed") throw error;
    leave(walk, error.message, at);
  }
}

function object(walk: Walk, address: number, path: string): void {
  const messages = messagesAt(walk.file, address);
  for (const message of messages) {
    if ((message.flags & SHARED) !== 0 && MATTERING.has(message.type))
      leave(walk, "a part of an object is shared, which is not followed", message.at);
    else attempt(walk, message.at, () => part(walk, message, path));
  }
  if (messages.some(({ type }) => type === LAYOUT))
    attempt(walk, walk.file.base + address, () => dataset(walk, messages, path, address));
}

function part(walk: Walk, message: HeaderMessage, path: string): void {
  const { file } = walk;
  switch (message.type) {
    case LINK:
      return child(walk, linkIn(file, message), path);
    case SYMBOLS:
      return symbolTable(file, message).forEach((one) => child(walk, one, path));
    case ATTRIBUTE:
      return attribute(walk, message, path);
    case LINK_INFO:
    case ATTRIBUTE_INFO:
      return info(walk, message);
    default:
  }
}

/** A group that is too large for messages has its links, or an object its attributes, in a fractal heap [IV.A.2.c, IV.A.2.v]. */
function info(walk: Walk, { type, data, at }: HeaderMessage): void {
  const width = type === LINK_INFO ? 8 : 2;
  const heap = addressIn(walk.file, data, 2 + ((data[1] ?? 0) & 1 ? width : 0));
  const what = type === LINK_INFO ? "links" : "attributes";
  if (heap !== null) leave(walk, `${what} stand in a fractal heap, which is not read`, at);
}

function child(walk: Walk, { name, address, link }: Child, path: string): void {
  const full = `${path === "/" ? "" : path}/${name}`.slice(0, PATH_CHARACTERS_MAX);
  if (address !== null) walk.queue.push({ address, path: full });
  if (walk.queue.length > 2 * OBJECTS_MAX) return;
  if (link === null) return;
  if (walk.links.length < LINKS_MAX) walk.links.push({ path: full, ...link });
  else leave(walk, `it has more than ${LINKS_MAX} links`, link.at);
}

function attribute(walk: Walk, message: HeaderMessage, path: string): void {
  const read = attributeIn(walk.file, message, path);
  walk.characters += read.attribute.texts.reduce((sum, text) => sum + text.length, 0);
  const isFull = walk.attributes.length >= ATTRIBUTES_MAX || walk.characters > TEXT_CHARACTERS_MAX;
  if (isFull) return leave(walk, "it has more attributes than are looked at", message.at);
  if (read.what !== null) leave(walk, read.what, message.at);
  walk.attributes.push(read.attribute);
}

const LAYOUTS = ["compact", "contiguous", "chunked", "virtual"] as const;

function dataset(walk: Walk, messages: readonly HeaderMessage[], path: string, address: number): void {
  const { file } = walk;
  const of = (type: number): HeaderMessage | undefined => messages.find((message) => message.type === type);
  const [type, space, layout] = [of(DATATYPE), of(DATASPACE), of(LAYOUT)];
  const version = layout?.data[0] ?? 0;
  const shape = space === undefined || (space.flags & SHARED) !== 0 ? [] : dataspaceIn(file, space.data);
  const at = file.base + address;
  walk.datasets.push({
    path,
    type: type === undefined || (type.flags & SHARED) !== 0 ? "unknown" : datatypeIn(type.data).name,
    shape,
    elements: elementsOf(shape, at),
    layout: LAYOUTS[layout?.data[version < 3 ? 2 : 1] ?? 9] ?? "unknown",
    filters: messages.filter((message) => message.type === FILTERS).flatMap(filtersIn),
    files: messages
      .filter((message) => message.type === FILES)
      .flatMap((message) => externalFiles(file, message)),
    at,
  });
}

/** [IV.A.2.l]: only their numbers. */
function filtersIn({ data }: HeaderMessage): readonly number[] {
  const [version, count] = [data[0] ?? 0, data[1] ?? 0];
  const filters: number[] = [];
  let at = version === 1 ? 8 : 2;
  for (let n = 0; n < count && at + 8 <= data.length; n += 1) {
    const id = data.readUInt16LE(at);
    filters.push(id);
    // Version 2 leaves the name's length out of the filters that HDF5 knows itself.
    const named = version === 1 || id >= 256;
    const name = named ? data.readUInt16LE(at + 2) : 0;
    const head = named ? 8 : 6;
    const values = data.readUInt16LE(at + head - 2);
    const padded = version === 1 ? Math.ceil(name / 8) * 8 + 4 * (values % 2) : name;
    at += head + padded + 4 * values;
  }
  return filters;
}
