import type { ByteSource } from "#models";
import type { Argument } from "./argument.ts";
import { opcodeOn } from "./machine.ts";
import { tapeOn } from "./tape.ts";
import type { Dictionary, Result, Sequence, Value } from "./value.ts";

const TEXT_MAX = 120;
const DEPTH_MAX = 4;
const ITEMS_MAX = 6;

/** Text of the file as ASCII on one line, cut: nothing of it can move a cursor, hide or reorder what stands around it. */
export function shown(text: string, max = TEXT_MAX): string {
  const cut = Array.from(text.slice(0, max * 2))
    .slice(0, max)
    .join("");
  const plain = cut.replaceAll(/[^\x20-\x7e]|\\/gu, (character) =>
    character === "\\" ? "\\\\" : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return cut.length < text.length ? `${plain}...` : plain;
}

/** A value as one would write it in Python, inert and cut. */
export function written(value: Value, depth = 0): string {
  const inside = depth + 1;
  if (depth > DEPTH_MAX) return "...";
  if (value.kind === "result") return writtenCall(value, inside);
  if (value.kind === "persistent") return `<persistent ${written(value.id, inside)}>`;
  if (value.kind === "dict") return `{${list(value.pairs, inside)}}`;
  if (value.kind === "list") return `[${list(value.items, inside)}]`;
  if ("items" in value) return `(${list(value.items, inside)})`;
  return writtenPlain(value);
}

function writtenPlain(
  value: Exclude<Value, Sequence | Dictionary | Result | { kind: "persistent" }>,
): string {
  switch (value.kind) {
    case "none":
      return "None";
    case "truth":
      return "a boolean";
    case "float":
      return "a number";
    case "int":
      return value.value === null ? "a long number" : String(value.value);
    case "text":
      return `'${shown(value.text)}'`;
    case "bytes":
      return `<${value.size} bytes>`;
    case "global":
      return `${shown(value.module)}.${shown(value.name)}`;
    case "unknown":
      return `<${shown(value.why)}>`;
    case "buffer":
      break;
  }
  return "<a buffer beside the file>";
}

function writtenCall({ callee, args, how }: Result, depth: number): string {
  const given = args.kind === "tuple" ? list(args.items, depth) : `*${written(args, depth)}`;
  return `${written(callee, depth)}${how === "new" ? ".__new__" : ""}(${given})`;
}

function list(items: readonly Value[], depth: number): string {
  const first = items.slice(0, ITEMS_MAX).map((item) => written(item, depth));
  return items.length > ITEMS_MAX ? [...first, "..."].join(", ") : first.join(", ");
}

export interface Line {
  readonly at: number;
  readonly name: string;
  readonly argument: Argument;
}

/** The opcode that begins at each offset, as pickletools would list it: offset, name, argument. */
export function linesAt(source: ByteSource, offsets: readonly number[]): Line[] {
  return offsets.map((at) => {
    const { opcode, argument } = opcodeOn(tapeOn(source, at));
    return { at, name: opcode.name, argument };
  });
}

export function lineText({ at, name, argument }: Line): string {
  const text =
    argument.kind === "names" ? `'${shown(argument.module)} ${shown(argument.name)}'` : written(argument);
  return `${String(at).padStart(6)}: ${name.padEnd(14)} ${argument.kind === "none" ? "" : text}`.trimEnd();
}
