import { type Buffer, isUtf8 } from "node:buffer";
import { malformed } from "../bytes.ts";
import { dataspaceIn, datatypeIn, elementsOf } from "./datatype.ts";
import type { Hdf5Attribute } from "./facts.ts";
import { addressIn, type Hdf5File } from "./file.ts";
import type { HeaderMessage } from "./header.ts";
import { globalObject, textAt } from "./heaps.ts";

/** Of one attribute: names of layers and weights are such lists. */
const TEXTS_MAX = 65_536;

interface Parts {
  readonly name: string;
  readonly type: Buffer;
  readonly shape: Buffer;
  readonly data: Buffer;
}

/** What an attribute says, where that is text [IV.A.2.m]. `what` is null unless something of it could not be followed. */
export function attributeIn(
  file: Hdf5File,
  message: HeaderMessage,
  object: string,
): { readonly attribute: Hdf5Attribute; readonly what: string | null } {
  const { name, type, shape, data } = partsIn(message);
  const flags = message.data[0] === 1 ? 0 : (message.data[1] ?? 0);
  const none = { object, name, texts: [], at: message.at };
  if ((flags & 3) !== 0)
    return { attribute: none, what: `the type of the attribute ${JSON.stringify(name)} is elsewhere` };
  const { name: kind, size } = datatypeIn(type);
  if (kind !== "text" && kind !== "texts") return { attribute: none, what: null };
  const count = elementsOf(dataspaceIn(file, shape), message.at);
  if (count > TEXTS_MAX) throw malformed(`an attribute has more than ${TEXTS_MAX} texts`, message.at);
  const texts = Array.from({ length: count }, (_, n) =>
    kind === "text" ? fixedText(data, n, size) : heapText(file, data, n),
  );
  return { attribute: { ...none, texts }, what: null };
}

/** Version 1 pads each part to 8 bytes, 2 and 3 do not; 3 says in which letters the name is. */
function partsIn({ data, at }: HeaderMessage): Parts {
  const version = data[0] ?? 0;
  if (data.length < 9 || version < 1 || version > 3) throw malformed("an attribute is none", at);
  const pad = version === 1 ? 8 : 1;
  let next = version === 3 ? 9 : 8;
  const part = (length: number): Buffer => {
    if (next + length > data.length) throw malformed("an attribute is cut", at);
    const bytes = data.subarray(next, next + length);
    next += Math.ceil(length / pad) * pad;
    return bytes;
  };
  const name = part(data.readUInt16LE(2));
  const type = part(data.readUInt16LE(4));
  const shape = part(data.readUInt16LE(6));
  return {
    name: name.length === 0 ? "" : textAt(name, 0),
    type,
    shape,
    data: data.subarray(Math.min(next, data.length)),
  };
}

function fixedText(data: Buffer, n: number, size: number): string {
  if ((n + 1) * size > data.length) throw malformed("the text of an attribute is cut", n);
  return textOf(data.subarray(n * size, (n + 1) * size)).replace(/\0+$/u, "");
}

/** A length, the address of a heap, and the number of the text in it. */
function heapText(file: Hdf5File, data: Buffer, n: number): string {
  const each = 8 + file.offsetSize;
  if ((n + 1) * each > data.length) throw malformed("the text of an attribute is cut", n);
  const heap = addressIn(file, data, n * each + 4);
  if (heap === null || heap === 0) return "";
  const found = globalObject(file, heap, data.readUInt32LE(n * each + 4 + file.offsetSize));
  if (found === null) throw malformed("the text of an attribute is in no heap", file.base + heap);
  return textOf(found.subarray(0, data.readUInt32LE(n * each)));
}

/** What is no UTF-8 may be anything (PyTables writes pickles there): then each byte is a character. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
