import {
  bytesOf,
  global,
  newobj,
  number,
  proto,
  reduce,
  stackGlobal,
  stop,
  text,
  tuple,
} from "../../tests/samples/pickle-assembler.ts";
import { GADGETS } from "./gadgets.table.ts";
import { calling, COMMAND, harmless, type Made } from "./made.ts";

const SYSTEM = ["posix", "system"] as const;
/** Short ways of pushing a text: SHORT_BINUNICODE, and with it in the memo. */
const short = (value: string): Uint8Array => bytesOf("\x8c", [value.length], value);
const unicode = (value: string): Uint8Array => bytesOf(`V${value}\n`);

/** One call, by every way that the opcodes have of making it; each is loaded alike. */
const WAYS: readonly (readonly [string, Uint8Array])[] = [
  ["inst", stop(`(`, text(COMMAND), `i${SYSTEM[0]}\n${SYSTEM[1]}\n`)],
  ["obj", stop("(", global(...SYSTEM), text(COMMAND), "o")],
  ["obj-pop", stop("(", global(...SYSTEM), text(COMMAND), "o", "0", "N")],
  ["newobj", stop(proto(2), newobj(global("subprocess", "Popen"), text(COMMAND)))],
  ["newobj-ex", stop(proto(4), global("subprocess", "Popen"), tuple(text(COMMAND)), "}", "\x92")],
  ["stack-global", stop(proto(4), stackGlobal(...SYSTEM), tuple(text(COMMAND)), "R")],
  ["stack-global-memo", memoised()],
  ["stack-global-first", stop(short("posix"), short("system"), "\x93", tuple(text(COMMAND)), "R")],
  ["old-strings", stop(unicode("posix"), unicode("system"), "\x93", "(", unicode(COMMAND), "t", "R")],
  ["build", stop(proto(2), global("collections", "OrderedDict"), ")", "R", buildState(), "b")],
  ["extension", stop(proto(2), "\x82", [7], tuple(text(COMMAND)), "R")],
  ["persistent", stop(proto(2), "(", text("storage"), reduce(global(...SYSTEM), text(COMMAND)), "t", "Q")],
  ["dotted", stop(proto(4), stackGlobal("collections", "OrderedDict.__init__.__globals__"))],
  [
    "dotted-torch",
    stop(proto(4), stackGlobal("torch._utils", "_rebuild_tensor_v2.__globals__.get"), tuple(text("os")), "R"),
  ],
  [
    "getattr",
    stop(
      reduce(reduce(global("__builtin__", "getattr"), global("os", "path"), text("system")), text(COMMAND)),
    ),
  ],
  ["truncated", calling(...SYSTEM).subarray(0, -1)],
  ["broken-after", bytesOf(calling(...SYSTEM).subarray(0, -1), "\xff\xff\xff")],
  ["second-stream", bytesOf(harmless(), calling(...SYSTEM))],
  ["deep", bytesOf("(".repeat(2000), harmless().subarray(0, -1), calling(...SYSTEM).subarray(2))],
  ["frame-lies", stop(proto(4), "\x95", number(8, 3), stackGlobal(...SYSTEM), tuple(text(COMMAND)), "R")],
  ["name-with-nul", stop(proto(2), reduce(global("posix", "system\0"), text(COMMAND)))],
  ["overwritten-memo", overwritten()],
];

/** The names come out of the memo, written there as plain data a while before. */
function memoised(): Uint8Array {
  return stop(
    proto(4),
    "]",
    bytesOf(short("system"), "\x94", "a", short("posix"), "\x94", "a"),
    bytesOf("h", [1], "h", [0], "\x93"),
    tuple(text(COMMAND)),
    "R",
  );
}

/** A memo slot that says something harmless first, and the call's name when it is read. */
function overwritten(): Uint8Array {
  return stop(
    proto(2),
    bytesOf(text("join"), "q", [0], "0", text("system"), "q", [0], "0"),
    bytesOf(text("posix"), "h", [0], "\x93"),
    tuple(text(COMMAND)),
    "R",
  );
}

function buildState(): Uint8Array {
  return bytesOf("}", text("__reduce_ex__"), global(...SYSTEM), "s");
}

export function gadgets(): readonly Made[] {
  const called = GADGETS.flatMap(([does, names]) =>
    names.map((both): Made => {
      const [module = "", name = ""] = both.split(" ");
      const file = `gadgets/${module}-${name.replaceAll(/\W/gu, "_")}.pkl`;
      return { file, label: "malicious", technique: `a call that ${does}`, bytes: calling(module, name) };
    }),
  );
  const ways = WAYS.map(
    ([name, bytes]): Made => ({
      file: `opcodes/${name}.pkl`,
      label: "malicious",
      technique: `a call by ${name}`,
      bytes,
    }),
  );
  const rest: readonly Made[] = [
    { file: "opcodes/harmless.pkl", label: "benign", technique: "nothing", bytes: harmless() },
    {
      file: "opcodes/protocol-99.pkl",
      label: "suspicious",
      technique: "a protocol that every loader refuses before it does anything",
      bytes: bytesOf("\x80", [99], calling(...SYSTEM).subarray(2)),
    },
  ];
  return [...called, ...ways, ...rest];
}
