import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fault } from "#base";
import { bytesIn, type ByteSource } from "#models";
import { bytesOf, global, proto, reduce, stop, text } from "../../tests/samples/pickle-assembler.ts";
import { oddFinding } from "./archives/odd.ts";
import { ODDITIES } from "./archives/oddities.table.ts";
import type { Finding } from "./finding.ts";
import { FINDINGS_MAX, type FileScan, scanFile } from "./file.ts";
import { type ScannerRow, SCANNERS } from "./scanners.table.ts";

const BAD = stop(proto(2), reduce(global("posix", "system"), text("id")));
const FINE = stop(proto(2), "}");
const scan = (bytes: Uint8Array | string, name = "file.bin"): FileScan =>
  scanFile(bytesIn(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes), name);
const rules = ({ findings }: FileScan): string[] => [...new Set(findings.map(({ rule }) => rule))];

test("a pickle is found by its content, whatever it is called, and by its name, whatever it begins with", () => {
  expect(scan(BAD, "notes.txt").verdict).toBe("malicious");
  expect(scan(BAD, "MODEL.PKL").verdict).toBe("malicious");
  expect(scan(FINE, "model.pkl")).toMatchObject({ verdict: "clean", kinds: ["pickle"], parts: 1 });
});

test("what nothing knows is clean and of no kind; an image is one, and no model", () => {
  expect(scan("\u0001\u0002\u0003\u00fe raw", "notes")).toEqual({
    verdict: "clean",
    findings: [],
    kinds: [],
    parts: 1,
  });
  expect(scan("\u0089PNG\r\n\u001a\n", "model.pt")).toMatchObject({ verdict: "clean", kinds: ["png"] });
});

test("a file that claims by its name to hold tensors, and cannot be read as such, is unscannable", () => {
  for (const name of ["model.gguf", "a/b/MODEL.safetensors"]) {
    expect([name, scan("version https://git-lfs.github.com/spec/v1\n", name).verdict]).toEqual([
      name,
      "unscannable",
    ]);
    expect([name, scan("", name).verdict]).toEqual([name, "unscannable"]);
  }
  expect(scan("7z\u00bc\u00af'\u001c\0\u0004 closed", "model.pt")).toMatchObject({ verdict: "unscannable" });
});

test("an index of shards that leads elsewhere, or is none, is told", () => {
  const index = (to: unknown): FileScan =>
    scan(
      JSON.stringify({ weight_map: { a: "model-1.safetensors", b: to } }),
      "m/model.safetensors.index.json",
    );
  expect(index("model-2.safetensors").findings).toEqual([]);
  for (const to of ["../other/model.safetensors", "/etc/passwd", "C:\\x", 7]) {
    expect([to, rules(index(to))]).toEqual([to, ["shard-index"]]);
  }
  expect(rules(scan("{", "pytorch_model.bin.index.json"))).toContain("shard-index");
  const twice = '{"weight_map": {"a": "x", "a": "y"}}';
  expect(rules(scan(twice, "model.safetensors.index.json"))).toEqual(["index-name-twice"]);
});

test.each([
  ["elf", "\u007fELF\u0002\u0001\u0001"],
  ["script", "#!/bin/sh\nid\n"],
  ["wasm", "\0asm\u0001\0\0\0"],
])("a program beside a model asks for a person: %s", (kind, bytes) => {
  const found = scan(bytes, "weights");
  expect(found).toMatchObject({ verdict: "suspicious", kinds: expect.arrayContaining([kind]) });
  expect(rules(found)).toEqual(["executable-file"]);
});

test("code beside a model, and what a system runs by its name alone, ask for a person; TorchScript's own code does not", () => {
  expect(scan("class X: pass\n", "modeling_x.py").findings).toMatchObject([
    { rule: "code-file", severity: "medium" },
  ]);
  expect(scan("echo off\n", "SETUP.BAT").findings).toMatchObject([
    { rule: "executable-file", severity: "medium" },
  ]);
  expect(scan("", "helper.EXE").findings).toMatchObject([{ rule: "executable-file", severity: "high" }]);
  const member = (name: string): string[] =>
    rules(scan(bytesOf(tarMember(name, Buffer.from("x = 1\n")), new Uint8Array(1024)), "m.tar"));
  expect(member("archive/code/__torch__/m.py")).not.toContain("code-file");
  expect(member("archive/handler.py")).toContain("code-file");
});

/** Zeros up to `size`, behind a head: no disk has them, and whoever asked for all of them would not come back. */
function sparse(
  head: Uint8Array,
  size: number,
): { readonly source: ByteSource; readonly asked: () => number } {
  let asked = 0;
  const read = (at: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
    bytes.set(head.subarray(Math.min(at, head.length), Math.min(at + bytes.length, head.length)));
    asked += bytes.length;
    return bytes;
  };
  return { source: { size, read }, asked: () => asked };
}

test.each([
  ["model.gguf", "GGUF\u0003\0\0\0"],
  ["model.safetensors", "\u0010\0\0\0\0\0\0\0{}              "],
  ["model.pt", "\u0080\u0002}."],
  ["model.pt", "PK\u0003\u0004"],
  ["model.npy", "\u0093NUMPY\u0001\0"],
  ["model.h5", "\u0089HDF\r\n\u001a\n"],
  ["model.onnx", ""],
  ["nothing", ""],
])("%s of 500 GB, or of 2 bytes, is answered for after a bounded part of it", (name, head) => {
  const { source, asked } = sparse(Buffer.from(head, "latin1"), 500 * 2 ** 30);
  expect(["clean", "suspicious", "unscannable"]).toContain(scanFile(source, name).verdict);
  expect(asked()).toBeLessThan(2 ** 30);
  expect(["clean", "suspicious", "unscannable"]).toContain(scan(head.slice(0, 2), name).verdict);
});

test("the first line of a script is shown, and nothing in it moves a cursor", () => {
  expect(scan("#!/bin/sh \u001b[2J\nid", "x").findings[0]?.evidence).toEqual(["#!/bin/sh .[2J"]);
});

const odd = (rule: string): Finding | null => oddFinding({ rule, what: "it is so", at: 7 }, ["a", "b"]);

test("what a reader noticed is a finding with its place, unless honest writers do it", () => {
  expect(odd("zip-name-differs")).toMatchObject({
    rule: "zip-name-differs",
    verdict: "suspicious",
    severity: "high",
    offset: 7,
    path: ["a", "b"],
    advisories: ["CVE-2025-1944"],
  });
  expect(odd("gzip-parts")).toBeNull();
  expect(odd("no-such-rule-yet")).toMatchObject({ verdict: "suspicious", severity: "medium" });
});

test("every oddity that a reader of containers, GGUF or safetensors can tell has a meaning", () => {
  const folders = ["containers", "gguf", "safetensors"].map((name) => join("src", "models", name));
  const named = folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file) => {
      const source = readFileSync(join(folder, file), "utf8");
      return [
        ...source.matchAll(/"((?:zip|tar|gzip|zlib|zstd|npy|path|gguf|safetensors)-[a-z0-9-]+)"/gu),
      ].map(([, rule]) => rule ?? "");
    }),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((rule) => !ODDITIES.has(rule))).toEqual([]);
});

test("a scanner that fails leaves the file unscannable and the others their say", () => {
  const fails: ScannerRow = {
    names: /\.fails$/u,
    scan: () => {
      throw new RangeError("too deep");
    },
  };
  const scanned = (bytes: Uint8Array): FileScan =>
    scanFile(bytesIn(bytes), "model.fails", { scanners: [fails, ...SCANNERS] });
  expect(rules(scanned(BAD))).toEqual(["scanner-failed", "pickle-call"]);
  expect(scanned(FINE).verdict).toBe("unscannable");
});

test("a disk that fails is nothing that a file could be called for", () => {
  const fails: ByteSource = {
    size: 10,
    read: () => {
      throw new Fault("model_unreadable", "gone", "Look for it.");
    },
  };
  expect(() => scanFile(fails, "model.pkl")).toThrow("gone");
});

test("of more findings than are kept the graver ones stay, and how many were cut is told", () => {
  const links = Array.from({ length: FINDINGS_MAX + 20 }, (_, at) => scriptMember(at));
  const found = scan(bytesOf(...links, tarMember("model.pkl", BAD), new Uint8Array(1024)), "many.tar");
  expect(found.verdict).toBe("malicious");
  expect(found.findings).toHaveLength(FINDINGS_MAX + 1);
  expect(rules(found)).toContain("pickle-call");
  expect(found.findings.at(-1)).toMatchObject({
    rule: "findings-cut",
    says: "21 more findings are not listed.",
  });
});

const scriptMember = (at: number): Uint8Array => tarMember(`run-${at}.sh`, Buffer.from("#!/bin/sh\n"));

/** By POSIX.1-2017, "ustar Interchange Format". */
function tarMember(name: string, data: Uint8Array): Uint8Array {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write(
    `0000644\x000000000\x000000000\0${data.length.toString(8).padStart(11, "0")}\x0000000000000\0        0`,
    100,
  );
  block.write("ustar\x0000", 257);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return bytesOf(block, data, new Uint8Array((512 - (data.length % 512)) % 512));
}
