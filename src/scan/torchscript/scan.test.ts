import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn } from "#models";
import { bytesOf, global, newobj, proto, stop, text } from "../../../tests/samples/pickle-assembler.ts";
import { scanPickle } from "../pickle/scan.ts";
import { scanExportedProgram, scanTorchScript } from "./scan.ts";

// The printed form of TorchScript: torch/csrc/jit/serialization/python_print.cpp of pytorch/pytorch.
const PATH = ["m.pt", "archive/code/__torch__.py"];
const codeOf = (...lines: string[]): string =>
  [
    "class M(Module):",
    "  def forward(self: __torch__.M, x: Tensor) -> Tensor:",
    ...lines.map((line) => `    ${line}`),
  ].join("\n");
const found = (code: string, path = PATH): string[] =>
  scanTorchScript(bytesIn(Buffer.from(code)), path).map(({ rule, verdict }) => `${rule} ${verdict}`);

test("a model that computes has nothing to find", () => {
  const code = codeOf(
    "_0 = torch.add(torch.matmul(x, self.w), self.b)",
    "_1 = ops.torchvision.nms(_0, x, 0.5)",
    "return _1",
  );
  expect(found(`import __torch__.torch.nn\n${code}`)).toEqual([]);
});

describe("operators that reach out of it", () => {
  test.each([
    ['torch.save(x, "/tmp/x")', "torchscript-op malicious"],
    ['torch.from_file("/etc/passwd", False, 100)', "torchscript-op malicious"],
    ["ops.image.read_file(name)", "torchscript-op suspicious"],
    ['ops.image.read_file("/etc/passwd")', "torchscript-op malicious"],
    ['ops.image.write_file("x", y)', "torchscript-op malicious"],
    ["ops.rpc.anything(x)", "torchscript-op malicious"],
    ["ops.mine.run(x)", "torchscript-custom-op suspicious"],
  ])("%s: %s", (line, rule) => {
    expect(found(codeOf(`_0 = ${line}`))).toEqual([rule]);
  });

  test("a class of somebody else's library, and code of Python", () => {
    expect(found("  a : __torch__.torch.classes.mine.Thing\n")).toEqual([
      "torchscript-custom-class suspicious",
    ]);
    expect(found("import os\n")).toEqual(["torchscript-import suspicious"]);
  });

  test("the line stands in the evidence", () => {
    const [finding] = scanTorchScript(bytesIn(Buffer.from(codeOf('torch.save(x, "a\u001b")'))), PATH);
    expect(finding?.evidence).toEqual(['torch.save(x, "a\\u{1b}")']);
  });
});

test("only code of an archive is looked at", () => {
  expect([found("import os", ["handler.py"]), found("import os", ["m.pt", "archive/extra/x.py"])]).toEqual([
    [],
    [],
  ]);
});

test("code that is too long blocks", () => {
  const large = { size: 2 ** 40, read: () => new Uint8Array() };
  expect(scanTorchScript(large, PATH).map(({ verdict }) => verdict)).toEqual(["unscannable"]);
});

const object = (module: string) =>
  stop(proto(2), newobj(global(module, "Linear")), bytesOf("}", text("w"), "K\x01", "sb"));
test("a pickle of TorchScript names classes of the archive's own code, and nothing else goes with them", () => {
  const rules = ["__torch__.torch.nn", "__torch__os.path"].map((module) =>
    scanPickle(bytesIn(object(module)), ["data.pkl"]).findings.map(({ rule }) => rule),
  );
  expect([rules[0], rules[1]?.length]).toEqual([[], 1]);
});

const exported = (json: string, name = "serialized_exported_program.json") =>
  scanExportedProgram(bytesIn(Buffer.from(json)), ["m.pt2", name]).map(
    ({ rule, verdict }) => `${rule} ${verdict}`,
  );
const nodes = (...targets: string[]) =>
  JSON.stringify({ graph_module: { graph: { nodes: targets.map((target) => ({ target, inputs: [] })) } } });

describe("a program of torch.export", () => {
  test.each([
    ["torch.ops.aten.add.Tensor", []],
    ["torch.ops.mine.run.default", ["torchscript-custom-op suspicious"]],
    ["torch.ops.image.write_file.default", ["torchscript-op malicious"]],
  ])("%s", (target, rules) => {
    expect(exported(nodes(target))).toEqual(rules);
  });

  test("what is no JSON blocks, where it must be", () => {
    expect([exported("{"), exported("{", "models/model.json")]).toEqual([
      ["torchscript-unread unscannable"],
      [],
    ]);
  });
});

test("any text is answered for", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("ops.", "torch.", "x(", '"', "'", "\\", "\n", "import ", "a") }),
      (code) => {
        expect(Array.isArray(found(code))).toBe(true);
      },
    ),
  );
});
