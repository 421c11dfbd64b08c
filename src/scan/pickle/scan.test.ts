import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn } from "#models";
import {
  bytesOf,
  global,
  newobj,
  number,
  type Part,
  proto,
  raw,
  reduce,
  stackGlobal,
  stop,
  text,
  tuple,
} from "../../../tests/samples/pickle-assembler.ts";
import { verdictOf } from "../finding.ts";
import { scanPickle } from "./scan.ts";

const scanned = (...parts: readonly Part[]) => scanPickle(bytesIn(bytesOf(...parts)), ["model.pkl"]);
const verdict = (...parts: readonly Part[]): string => verdictOf(scanned(...parts).findings);
const rules = (...parts: readonly Part[]): string[] => scanned(...parts).findings.map(({ rule }) => rule);

const SYSTEM = global("os", "system");
const COMMAND = text("id");
const ordered = (...args: readonly Part[]): Uint8Array =>
  reduce(global("collections", "OrderedDict"), ...args);

describe("what models hold is clean", () => {
  const storage = bytesOf(
    tuple(text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), "K\x04"),
    "Q",
  );
  const tensor = reduce(
    global("torch._utils", "_rebuild_tensor_v2"),
    storage,
    "K\x00",
    tuple("K\x04"),
    tuple("K\x01"),
    "\x89",
    ordered(),
  );
  const latin = reduce(global("_codecs", "encode"), text("b"), text("latin1"));
  const array = reduce(
    global("numpy.core.multiarray", "_reconstruct"),
    global("numpy", "ndarray"),
    tuple("K\x00"),
    latin,
  );
  test.each<[string, Part[]]>([
    ["a tensor", [proto(2), ordered(), "(", text("weight"), tensor, "u."]],
    [
      "an array",
      [proto(2), array, tuple("K\x01", tuple("K\x02"), "N", "\x89", raw(new Uint8Array(4))), "b."],
    ],
    [
      "training arguments",
      [proto(2), newobj(global("argparse", "Namespace")), "}", text("lr"), "K\x01", "sb."],
    ],
    [
      "a dictionary with a factory",
      [stop(proto(2), reduce(global("collections", "defaultdict"), global("__builtin__", "list")))],
    ],
    [
      "a set of protocol 2",
      [stop(proto(2), reduce(global("__builtin__", "set"), bytesOf("(", "K\x01", "l")))],
    ],
    ["a date", [stop(proto(2), reduce(global("datetime", "datetime"), raw(new Uint8Array(10))))]],
    [
      "an object of a listed class in protocol 0",
      [
        stop(
          reduce(
            global("copy_reg", "_reconstructor"),
            global("argparse", "Namespace"),
            global("__builtin__", "object"),
            "N",
          ),
        ),
      ],
    ],
    [
      "two pickles and a tensor's bytes",
      [stop(proto(2), "K\x01"), stop(proto(2), "K\x02"), new Uint8Array(64)],
    ],
  ])("%s", (_, parts) => {
    expect(scanned(...parts)).toMatchObject({ isPickle: true, findings: [] });
  });
});

describe("what runs code is malicious", () => {
  test.each<[string, Part[]]>([
    ["REDUCE", [stop(reduce(SYSTEM, COMMAND))]],
    ["an import that is not called", [stop(SYSTEM)]],
    ["INST", [stop("(", COMMAND, "ios\nsystem\n")]],
    ["INST at the end of the file, whose last byte stands for the newline", ["(", COMMAND, "ios\nsystem#"]],
    ["OBJ, its result dropped", ["N(", SYSTEM, COMMAND, "o0."]],
    ["STACK_GLOBAL", [stop(proto(4), bytesOf(stackGlobal("os", "system"), tuple(COMMAND), "R"))]],
    ["STACK_GLOBAL of escaped text", [stop("Vo\\u0073\nVsystem\n\x93", tuple(COMMAND), "R")]],
    ["STACK_GLOBAL of an escaped STRING", [stop("S'\\x6fs'\nS'sys\\164em'\n\x93", tuple(COMMAND), "R")]],
    [
      "STACK_GLOBAL out of the memo",
      [stop(text("os"), "p007_7\n0", text("system"), "q\x010", "g 77 \nh\x01\x93", tuple(COMMAND), "R")],
    ],
    [
      "dots that protocol 4 follows",
      [stop(proto(4), stackGlobal("collections", "OrderedDict.fromkeys.__globals__"), ")R")],
    ],
    ["a call before the break", [reduce(SYSTEM, COMMAND), "\xff"]],
    ["a second pickle", [stop("N"), stop(reduce(SYSTEM, COMMAND))]],
    ["what a call gave, called", [stop(bytesOf(ordered(), ")R"))]],
    [
      "an instance's method, replaced",
      [newobj(global("argparse", "Namespace")), "}", text("__setstate__"), global("torch", "device"), "sb."],
    ],
    ["a module's attribute, replaced", [global("torch", "Size"), "}", text("x"), "K\x01", "sb."]],
    ["a codec that runs code", [stop(reduce(global("_codecs", "encode"), text("x"), text("rot13")))]],
    [
      "a factory that is no container",
      [stop(reduce(global("collections", "defaultdict"), global("torch", "Size")))],
    ],
    [
      "a call inside of a listed one",
      [
        stop(
          reduce(
            global("torch._tensor", "_rebuild_from_type_v2"),
            SYSTEM,
            global("torch", "Tensor"),
            tuple(COMMAND),
            "N",
          ),
        ),
      ],
    ],
    [
      "a class by way of copyreg",
      [stop(reduce(global("copyreg", "__newobj__"), global("subprocess", "Popen"), COMMAND))],
    ],
    [
      "as much memory as it asks for",
      [stop(reduce(global("builtins", "bytearray"), bytesOf("\x8a\x06", [0, 0, 0, 0, 0, 1])))],
    ],
    ["a developer's tool of a framework", [stop(reduce(global("torch.utils.collect_env", "run"), COMMAND))]],
    ["a part of a module through its name", [stop(proto(4), stackGlobal("torch", "hub.load"))]],
    ["what stands on no list of harm", [stop(reduce(global("statistics", "mean"), "]"))]],
  ])("%s", (_, parts) => {
    expect(verdict(...parts)).toBe("malicious");
  });
});

const dtype = (code: string) => reduce(global("numpy", "dtype"), text(code), "\x89", "\x88");

const wrapper = (code: string): Uint8Array => {
  const state = bytesOf(
    "}(",
    text("shape"),
    tuple("K\x02"),
    text("dtype"),
    dtype(code),
    text("numpy_array_alignment_bytes"),
    "K\x10u",
  );
  return bytesOf(newobj(global("joblib.numpy_pickle", "NumpyArrayWrapper")), state, "b");
};

describe("arrays of joblib", () => {
  const padding = "\x03\xff\xff\xff";
  test("their bytes are no opcodes to joblib, and what follows is read", () => {
    expect(scanned(proto(4), "](", wrapper("f4"), padding, new Uint8Array(8), ordered(), "e.")).toMatchObject(
      { findings: [] },
    );
    expect(
      verdict(proto(4), "](", wrapper("U4"), padding, new Uint8Array(32), reduce(SYSTEM, COMMAND), "e."),
    ).toBe("malicious");
  });
  test("objects are a pickle of their own", () => {
    expect(verdict(proto(4), "](", wrapper("O8"), stop(proto(4), ordered()), "e.")).toBe("clean");
    expect(verdict(proto(4), "](", wrapper("O8"), stop(proto(4), reduce(SYSTEM, COMMAND)), "e.")).toBe(
      "malicious",
    );
  });
  test("their bytes are opcodes to pickle", () => {
    const hidden = bytesOf(stop(reduce(SYSTEM, COMMAND)));
    const filled = bytesOf(hidden, new Uint8Array(2 * hidden.length));
    expect(verdict(proto(4), "](", wrapper("f400"), "1", filled, new Uint8Array(800), "e.")).toBe(
      "malicious",
    );
  });
  test("where they end must be told", () => {
    expect([verdict(proto(4), wrapper("V8"), "."), verdict(proto(4), wrapper("f4"), "\x00.")]).toEqual([
      "unscannable",
      "unscannable",
    ]);
  });
});

describe("what cannot be followed is unscannable", () => {
  test.each<[string, Part[]]>([
    ["another package's function", [stop(reduce(global("mypackage.models", "build"), "N"))]],
    ["an extension", ["\x82\x05)R."]],
    ["a computed name", [stop(text("os"), reduce(global("builtins", "str"), text("system")), "\x93")]],
    ["a pickle that is cut", [proto(2), ordered()]],
    ["a stack that is empty", [proto(2), "a."]],
    ["a mark that is missing", [proto(2), "Nt."]],
    ["a change of what a persistent id stands for", ["P1\n}b."]],
  ])("%s", (_, parts) => {
    expect(verdict(...parts)).toBe("unscannable");
  });
});

test("a class of which only an object is made, and whose code is not here, is for a person", () => {
  expect([
    verdict(stop(proto(2), newobj(global("__main__", "Net")), "}b")),
    verdict(stop(global("__main__", "Net"))),
    rules(stop(proto(2), newobj(global("__main__", "Net")))),
  ]).toEqual(["suspicious", "suspicious", ["pickle-object"]]);
});

test("no flood of small findings hides a grave one", () => {
  const flood = Array.from({ length: 300 }, (_, n) => global("__main__", `C${n}`));
  expect(verdict(stop(...flood, reduce(SYSTEM, COMMAND)))).toBe("unscannable");
  expect(verdict(stop(...flood.slice(0, 9), reduce(SYSTEM, COMMAND)))).toBe("malicious");
});

test.each<[string, Part[]]>([
  ["an image", [[0x89], "PNG\r\n\x1a\n"]],
  ["a name that is no text", ["c\xff\xfe\n"]],
  ["a sentence", ["In the year\ncase of\nnothing"]],
  ["nothing", []],
])("%s is no pickle", (_, parts) => {
  expect(scanned(...parts)).toEqual({ isPickle: false, streams: 0, end: 0, findings: [] });
});

test("a finding says what is called with which arguments, where, and shows the opcodes", () => {
  const [finding] = scanned(proto(2), reduce(SYSTEM, text("echo \u202e\u001b[2J")), ".").findings;
  expect(finding).toMatchObject({
    rule: "pickle-call",
    severity: "critical",
    verdict: "malicious",
    path: ["model.pkl"],
    says: "Loading calls os.system, which runs programs: os.system('echo \\u{202e}\\u{1b}[2J').",
    techniques: ["AML.T0011.000", "AML.T0010.003"],
  });
  expect(finding?.evidence.at(-1)).toBe(`    ${finding?.offset}: REDUCE`);
  expect(finding?.evidence).toContain("     2: GLOBAL         'os system'");
});

test("what is known of a gadget stands in its finding", () => {
  expect(scanned(stop(reduce(global("pip", "main"), "]"))).findings[0]?.advisories).toEqual([
    "CVE-2025-1716",
  ]);
});

const frame = (size: number | bigint): Uint8Array => bytesOf("\x95", number(8, size));

test("a frame that ends elsewhere than it says hides nothing", () => {
  expect([
    verdict(proto(4), frame(3), stop(reduce(SYSTEM, COMMAND))),
    verdict(frame(2n ** 40n), SYSTEM),
  ]).toEqual(["malicious", "malicious"]);
});

test("a pickle in the data of another is for a person, as bytes, Base64 and hexadecimal", () => {
  const inner = Buffer.from(stop(proto(2), reduce(SYSTEM, COMMAND)));
  const held = (part: Part) => [verdict(stop(proto(2), part)), rules(stop(proto(2), part))];
  const expected = ["suspicious", ["pickle-hidden"]];
  expect([raw(inner), text(inner.toString("base64")), text(inner.toString("hex"))].map(held)).toEqual([
    expected,
    expected,
    expected,
  ]);
  expect(verdict(stop(proto(2), raw(stop(proto(2), ordered()))))).toBe("clean");
  expect(verdict(stop(text("exec(zlib.decompress(data))")))).toBe("suspicious");
});

test("a value that is small in the file and endless to walk is a bomb", () => {
  const doubled = Array.from({ length: 40 }, () => "2\x86");
  expect(rules(stop("N", ...doubled))).toEqual(["pickle-expansion"]);
  expect(verdict(stop("N", ...doubled.slice(0, 8)))).toBe("clean");
});

test("any bytes are scanned to an end, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const { isPickle, end } = scanPickle(bytesIn(bytes), []);
      expect(end <= bytes.length && (isPickle || end === 0)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

const DATA = new URL("../../../../shared/data/models/", import.meta.url).pathname;
interface Sample {
  readonly file: string;
  readonly format?: string;
  readonly label?: string;
}

describe.skipIf(!existsSync(DATA))("raw pickles of the samples (skipped: no ../shared/data)", () => {
  const FORMATS = ["pickle", "pytorch", "pytorch/pickle"];
  const samples = (): { label: string; file: string; bytes: Uint8Array }[] => {
    const { items } = JSON.parse(readFileSync(`${DATA}manifest.json`, "utf8")) as { items: Sample[] };
    return items
      .filter(({ file, format = "" }) => file.startsWith("pickle/") && FORMATS.includes(format))
      .map(({ file, label = "" }) => ({ label, file, bytes: readFileSync(DATA + file) }))
      .filter(({ bytes }) => bytes.subarray(0, 2).toString("latin1") !== "PK");
  };
  test("none that is malicious is missed, and none that is benign is flagged", () => {
    const judged = samples().map(({ bytes, ...one }) => ({
      ...one,
      verdict: verdictOf(scanPickle(bytesIn(bytes), []).findings),
    }));
    const of = (label: string) => judged.filter((one) => one.label === label);
    const missed = of("malicious").filter((one) => one.verdict === "clean" || one.verdict === "suspicious");
    const falseAlarms = of("benign").filter((one) => one.verdict !== "clean");
    expect({
      missed,
      falseAlarms,
      malicious: of("malicious").length > 90,
      benign: of("benign").length > 5,
    }).toEqual({
      missed: [],
      falseAlarms: [],
      malicious: true,
      benign: true,
    });
  });
});
