import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteSource, bytesIn } from "#models";
import { bytesOf, number, type Part, proto, raw, text } from "../../../tests/samples/pickle-assembler.ts";
import { opcodeOn, runPickle } from "./machine.ts";
import { OPCODES } from "./opcodes.table.ts";
import { written } from "./show.ts";
import type { StreamEnd } from "./state.ts";
import { tapeOn } from "./tape.ts";

const END: StreamEnd["kind"][] = ["stopped", "broken", "lost"];
interface Ran {
  readonly end: StreamEnd;
  readonly calls: string[];
  readonly changes: string[];
}

function ran(source: ByteSource): Ran {
  const [calls, changes]: [string[], string[]] = [[], []];
  const { end } = runPickle(source, 0, (event) => {
    if (event.kind === "call") calls.push(`${event.opcode} ${written(event.result)}`);
    if (event.kind === "change") changes.push(`${event.how} ${written(event.target)}`);
  });
  return { end, calls, changes };
}

/** The value on top at STOP, as text; what ended the run, where that was something else. */
function value(...parts: readonly Part[]): string {
  const { end } = ran(bytesIn(bytesOf(...parts, ".")));
  return end.kind === "stopped" ? written(end.value) : `${end.kind}: ${end.what}`;
}

test("all 68 opcodes are there, once each", () => {
  expect([OPCODES.length, new Set(OPCODES.map(({ code }) => code)).size]).toEqual([68, 68]);
});

describe("arguments are read as loaders read them", () => {
  test.each<[string, Part[], string]>([
    ["INT", ["I-12\n"], "-12"],
    ["INT of a boolean", ["I01\n"], "a boolean"],
    ["INT in octal, as C reads it", ["I010\n"], "8"],
    ["INT in hexadecimal", ["I0x1F\n"], "31"],
    ["BININT", ["J", number(4, -2)], "-2"],
    ["BININT1", ["K\xff"], "255"],
    ["BININT2", ["M\x01\x02"], "513"],
    ["LONG with its L", ["L123456789012345678901L\n"], "123456789012345678901"],
    ["LONG1", ["\x8a\x02\x00\xff"], "-256"],
    ["LONG1 of no bytes", ["\x8a\x00"], "0"],
    ["LONG4", ["\x8b", number(4, 1), "\x7f"], "127"],
    ["STRING", ["S'a\\n\\x41\\101\\q\\''\n"], "'a\\u{a}AA\\\\q''"],
    ["STRING with spaces after its quotes", ['S"a" \n'], "'a'"],
    ["BINSTRING", ["T", number(4, 2), "ab"], "'ab'"],
    ["SHORT_BINSTRING", ["U\x02ab"], "'ab'"],
    ["BINBYTES", [raw(new Uint8Array(3))], "<3 bytes>"],
    ["SHORT_BINBYTES", ["C\x01a"], "<1 bytes>"],
    ["BINBYTES8", ["\x8e", number(8, 2), "ab"], "<2 bytes>"],
    ["BYTEARRAY8", ["\x96", number(8, 2), "ab"], "<2 bytes>"],
    ["NEXT_BUFFER", ["\x97\x98"], "<a buffer beside the file>"],
    ["UNICODE", ["Va\\u0041\\U00000042\\\\u0041\xe9\n"], "'aAB\\\\\\\\u0041\\u{e9}'"],
    ["SHORT_BINUNICODE", ["\x8c\x02\xc3\xa9"], "'\\u{e9}'"],
    ["BINUNICODE", [text("ab")], "'ab'"],
    ["BINUNICODE8", ["\x8d", number(8, 1), "a"], "'a'"],
    ["FLOAT", ["F-1.5e3\n"], "a number"],
    ["BINFLOAT", ["G", new Uint8Array(8)], "a number"],
    ["NONE, NEWTRUE and NEWFALSE", ["N\x88\x89\x87"], "(None, a boolean, a boolean)"],
    ["TUPLE1 and TUPLE2", ["K\x01\x85K\x02\x86"], "((1), 2)"],
    ["a list of protocol 0", ["(K\x01K\x02l"], "[1, 2]"],
    ["APPEND and APPENDS", ["]K\x01a(K\x02K\x03e"], "[1, 2, 3]"],
    ["DICT, SETITEM and SETITEMS", ["(K\x01K\x02dK\x03K\x04s(K\x05K\x06u"], "{1, 2, 3, 4, 5, 6}"],
    ["EMPTY_SET, ADDITEMS and FROZENSET", ["(\x8f(K\x01\x90K\x02\x91"], "((1), 2)"],
    ["POP of a value, and of a mark", ["K\x01K\x020(0"], "1"],
    ["POP_MARK", ["K\x01(K\x02K\x031"], "1"],
    ["DUP", ["K\x012\x86"], "(1, 1)"],
    ["PUT and GET", ["K\x07p1_0\n0g +10\n"], "7"],
    [
      "BINPUT, LONG_BINPUT and their GETs",
      ["K\x07q\x01r", number(4, 2), "0h\x01j", number(4, 2), "\x86"],
      "(7, 7)",
    ],
    ["MEMOIZE, which counts what is there", ["K\x07p5\n\x940h\x01"], "7"],
    ["EXT1", ["\x82\x05"], "<extension 5 of a registry that only the loading program knows>"],
    ["EXT2", ["\x83\x01\x01"], "<extension 257 of a registry that only the loading program knows>"],
    ["EXT4", ["\x84", number(4, -1)], "<extension -1 of a registry that only the loading program knows>"],
    ["GLOBAL", ["ca.b\nC\n"], "a.b.C"],
    ["STACK_GLOBAL", [text("a"), text("B.c"), "\x93"], "a.B.c"],
    ["REDUCE", ["ca\nb\nK\x01\x85R"], "a.b(1)"],
    ["INST", ["(K\x01ia\nb\n"], "a.b(1)"],
    ["OBJ", ["(ca\nb\nK\x01o"], "a.b(1)"],
    ["NEWOBJ", ["ca\nb\n)\x81"], "a.b.__new__()"],
    ["NEWOBJ_EX", ["ca\nb\nK\x01\x85}\x92"], "a.b.__new__(1, {})"],
    ["PERSID", ["Px1\n"], "<persistent 'x1'>"],
    ["BINPERSID", ["K\x01Q"], "<persistent 1>"],
    ["PROTO and FRAME", [proto(5), "\x95", number(8, 2), "N"], "None"],
  ])("%s", (_, parts, expected) => {
    expect(value(...parts)).toBe(expected);
  });

  test.each<[string, Part[], string]>([
    ["a protocol that is none", ["\x80\x06"], "broken"],
    ["a frame of no possible size", ["\x95", number(8, -1)], "broken"],
    ["LONG4 of a negative length", ["\x8b", number(4, -1)], "broken"],
    ["BINSTRING of a negative length", ["T", number(4, -1)], "broken"],
    ["BINUNICODE8 of 2^63 bytes", ["\x8d", number(8, 2n ** 63n)], "broken"],
    ["BINBYTES8 of more than there is", ["\x8e", number(8, 2n ** 40n)], "broken"],
    ["STRING without quotes", ["Sabc\n"], "broken"],
    ["UNICODE with half an escape", ["V\\u00\n"], "broken"],
    ["INT of words", ["Iam\n"], "broken"],
    ["a GET of what was never PUT", ["g7\n"], "broken"],
    ["a byte that is no opcode", ["\x00"], "broken"],
    ["a key of a memo that is none", ["Npx\n"], "lost"],
    ["a value from under a mark", ["N(a"], "lost"],
    ["an OBJ without a class", ["(o"], "lost"],
  ])("%s ends it", (_, parts, expected) => {
    expect(value(...parts).split(":")[0]).toBe(expected);
  });
});

test("what is put into an object is a call of its methods", () => {
  const made = "ca\nb\n)\x81";
  const { changes } = ran(bytesIn(bytesOf(made, "K\x01a(K\x01e", "K\x01K\x02s", "(K\x01\x90", "}b.")));
  expect(changes).toEqual(["append", "append", "items", "add", "build"].map((how) => `${how} a.b.__new__()`));
});

test("no file takes more memory than is lent to it", () => {
  const block = bytesOf("X", number(4, 65_536), new Uint8Array(65_536).fill(0x61));
  const many = Buffer.concat(Array.from({ length: 3 }, () => block));
  const source = {
    size: 2 ** 40,
    read: (at: number, length: number) => many.subarray(at % block.length, (at % block.length) + length),
  };
  expect(ran(source).end).toMatchObject({ kind: "lost", isLimit: true });
});

/** A program that is valid, and the calls that it makes, in order. */
interface Program {
  readonly bytes: Uint8Array;
  readonly calls: readonly string[];
}

const NAMES = ["os", "torch._utils", "a.b", "__main__"];
const name = fc.constantFrom(...NAMES);
const joined = (programs: readonly Program[]): Program => ({
  bytes: bytesOf(...programs.map(({ bytes }) => bytes)),
  calls: programs.flatMap(({ calls }) => calls),
});
const around = (before: Part, inside: Program, after: Part, ...calls: readonly string[]): Program => ({
  bytes: bytesOf(before, inside.bytes, after),
  calls: [...inside.calls, ...calls],
});

const { program } = fc.letrec<{ program: Program }>((tie) => {
  const items = fc.array(tie("program"), { maxLength: 3 }).map(joined);
  const leaf = fc
    .oneof(
      fc.integer({ min: 0, max: 255 }).map((n) => bytesOf("K", [n])),
      fc.string({ maxLength: 12 }).map(text),
      fc.uint8Array({ maxLength: 12 }).map(raw),
      fc
        .constantFrom("N", "\x88", "]", ")", "}", "\x8f", "I01\n", "F1.5\n", "L5L\n")
        .map((part) => bytesOf(part)),
    )
    .map((bytes): Program => ({ bytes, calls: [] }));
  return {
    program: fc.oneof(
      { depthSize: "small" },
      leaf,
      items.map((inside) => around("(", inside, "t")),
      items.map((inside) => around("](", inside, "e")),
      items.map((inside) => around("(", inside, "\x91")),
      tie("program").map((inside) => around("", inside, "q\x010h\x01")),
      tie("program").map((inside) => around("", inside, "20")),
      fc
        .tuple(name, items)
        .map(([module, inside]) => around(`c${module}\nf\n(`, inside, "tR", `REDUCE ${module}.f`)),
      fc
        .tuple(name, items)
        .map(([module, inside]) => around(`c${module}\nf\n(`, inside, "t\x81", `NEWOBJ ${module}.f`)),
      fc
        .tuple(name, items)
        .map(([module, inside]) => around("(", inside, `i${module}\nf\n`, `INST ${module}.f`)),
      fc
        .tuple(name, items)
        .map(([module, inside]) => around(`(c${module}\nf\n`, inside, "o", `OBJ ${module}.f`)),
      fc
        .tuple(name, items)
        .map(([module, inside]) =>
          around(bytesOf(text(module), text("f"), "\x93("), inside, "tR", `REDUCE ${module}.f`),
        ),
      fc
        .tuple(name, items)
        .map(([module, inside]) => around(`Nc${module}\nf\n(`, inside, "tR0", `REDUCE ${module}.f`)),
    ),
  };
});

test("the calls that the machine tells of are those that the program makes", () => {
  fc.assert(
    fc.property(program, ({ bytes, calls }) => {
      const told = ran(bytesIn(bytesOf(proto(4), bytes, ".")));
      expect([told.end.kind, told.calls.map((call) => call.split(/\(|\.__new__/, 1)[0])]).toEqual([
        "stopped",
        calls,
      ]);
    }),
    { numRuns: 500 },
  );
});

test("a change of any byte of a program still ends it, in one of the three ways", () => {
  fc.assert(
    fc.property(program, fc.nat(), fc.nat({ max: 255 }), ({ bytes }, at, byte) => {
      const changed = bytesOf(bytes, ".");
      changed[at % changed.length] = byte;
      expect(END).toContain(ran(bytesIn(changed)).end.kind);
    }),
    { numRuns: 1000 },
  );
});

const PYTHON = spawnSync("python3", ["-c", "import pickletools"]).status === 0;
const GENOPS = `
import base64, json, pickletools, sys
print(json.dumps([[[at, op.name] for op, _, at in pickletools.genops(base64.b64decode(one))] for one in json.load(sys.stdin)]))
`;

function listed(bytes: Uint8Array): [number, string][] {
  const tape = tapeOn(bytesIn(bytes));
  const lines: [number, string][] = [];
  while (tape.left() > 0) {
    const at = tape.at();
    lines.push([at, opcodeOn(tape).opcode.name]);
  }
  return lines;
}

describe.skipIf(!PYTHON)("the disassembly beside pickletools' (skipped: no python3)", () => {
  test("the same opcodes at the same bytes", () => {
    const programs = fc
      .sample(program, { numRuns: 300, seed: 7 })
      .map(({ bytes }) => bytesOf(proto(4), bytes, "."));
    const input = JSON.stringify(programs.map((bytes) => Buffer.from(bytes).toString("base64")));
    const { stdout } = spawnSync("python3", ["-c", GENOPS], { input, encoding: "utf8", maxBuffer: 2 ** 26 });
    expect(JSON.parse(stdout)).toEqual(programs.map(listed));
  });
});
