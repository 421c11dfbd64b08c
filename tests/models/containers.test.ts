import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesIn,
  readNumpy,
  readTar,
  recognise,
  WALK_LIMITS,
  type WalkLimits,
  walkContainers,
} from "#models";
import { tarEntry, type TarEntry, tarOf } from "./tar-writer.ts";
import { zipOf } from "./zip-writer.ts";

const text = (value: string): Buffer => Buffer.from(value, "latin1");
/** Protocol 2: None, and nothing else. */
const PICKLE = text("\u0080\u0002N.");
/** An import and a call of it, as protocol 0 writes them; walked by no unpickler here. */
const CALLING = text("cbuiltins\nprint\n(S'x'\ntR.");

const npy = (descr: string, data: Uint8Array, shape = "(2,)"): Buffer => {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
  return Buffer.concat([text("\u0093NUMPY\u0001\u0000"), Buffer.of(header.length, 0), text(header), data]);
};

function tarred(bytes: Uint8Array) {
  const tar = readTar(bytesIn(bytes));
  if (!tar.ok) return { members: [] as string[], rules: [tar.malformed.what], unread: [] as string[] };
  const members = tar.members.map((member) => {
    const { source, why } = member.open(0);
    return `${member.reading} ${member.name}: ${why ?? Buffer.from(source.read(0, source.size)).toString()}`;
  });
  return { members, rules: tar.oddities.map(({ rule }) => rule), unread: tar.unread.map(({ what }) => what) };
}

describe("tar", () => {
  const data = text("weights");
  test.each<[string, TarEntry, string]>([
    ["ustar", { name: "a/w", data }, "a/w"],
    ["v7", { name: "w", data, old: true }, "w"],
    ["a size of base 256", { name: "w", data, wide: true }, "w"],
    ["a name in a pax header", { name: "short", data, pax: { path: "a/long/name" } }, "a/long/name"],
    ["a size in a pax header, too", { name: "w", data, pax: { size: "7" } }, "w"],
  ])("%s is read as it is", (_, entry, name) => {
    expect(tarred(tarOf([entry]))).toEqual({ members: [`both ${name}: weights`], rules: [], unread: [] });
  });

  test("GNU's long names belong to what follows them", () => {
    const bytes = tarOf([
      { name: "././@LongLink", kind: "L", data: text("a/long/name\0") },
      { name: "a", data },
    ]);
    expect(tarred(bytes)).toEqual({ members: ["both a/long/name: weights"], rules: [], unread: [] });
  });

  test.each<[string, Uint8Array, string]>([
    ["a link", tarOf([{ name: "l", kind: "2", link: "/etc/passwd" }]), "tar-link"],
    ["a hard link", tarOf([{ name: "l", kind: "1", link: "../x" }]), "tar-link"],
    ["a device", tarOf([{ name: "d", kind: "3" }]), "tar-kind"],
    ["an unknown kind", tarOf([{ name: "d", kind: "Z" }]), "tar-kind"],
    ["a path upwards", tarOf([{ name: "../x", data }]), "path-traversal"],
    ["an absolute path in a pax header", tarOf([{ name: "x", data, pax: { path: "/x" } }]), "path-absolute"],
    [
      "a member behind the end",
      Buffer.concat([tarOf([{ name: "x", data }]), tarOf([{ name: "y", data }])]),
      "tar-behind",
    ],
    ["no header", Buffer.alloc(1024), "it has no header of a tar"],
  ])("%s is told", (_, bytes, rule) => {
    expect(tarred(bytes).rules).toContain(rule);
  });

  test("CVE-2025-62518: with two sizes both readings are walked, the members inside of the data too", () => {
    const inner = tarEntry({ name: "hidden.pkl", data: PICKLE });
    const bytes = tarOf([
      { name: "w", data: inner, size: 0, pax: { size: String(inner.length) } },
      { name: "z", data },
    ]);
    const { members, rules } = tarred(bytes);
    expect(rules).toContain("tar-two-sizes");
    expect(members.map((member) => member.split(":")[0])).toEqual([
      "central w",
      "local w",
      "both z",
      "both hidden.pkl",
    ]);
  });

  test("what follows the end of a tar is a file of its own", () => {
    const bytes = Buffer.concat([tarOf([{ name: "x", data }]), zipOf([{ name: "evil", data: CALLING }])]);
    expect(walked(bytes).leaves).toContain("behind its end > evil: pickle");
  });

  test("what isn't there, or is stored with holes, is unread", () => {
    const short = tarred(tarOf([{ name: "w", data, size: 5000 }]));
    expect(short.members).toEqual(["both w: it claims 5000 bytes, of which 1536 are there"]);
    expect(short.unread).toEqual(["its last member goes on past the end"]);
    expect(tarred(tarOf([{ name: "s", kind: "S", data }])).members).toEqual([
      "both s: it is stored with holes",
    ]);
  });

  test("no mutation of a tar throws", () => {
    const good = tarOf([
      { name: "a", data, pax: { path: "b" } },
      { name: "c", data, wide: true },
    ]);
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(good.length), (changes, cut) => {
        const bytes = Buffer.from(good.subarray(0, cut));
        for (const { at, to } of changes) if (at < cut) bytes[at] = to;
        expect(walked(bytes).leaves.length).toBeLessThan(100);
      }),
    );
  });
});

describe("numpy", () => {
  test.each<[string, string, boolean]>([
    ["floats", "'<f4'", false],
    ["records", "[('a', '<i8'), ('b', '|S10', (2,))]", false],
    ["objects", "'|O'", true],
    ["a record with objects", "[('a', '<i8'), ('b', '|O')]", true],
    ["a list of kinds as text, which NumPy takes", "'i4,O'", true],
  ])("%s", (_, descr, pickled) => {
    const read = readNumpy(bytesIn(npy(descr, PICKLE)));
    expect(read).toMatchObject({ ok: true, pickled, shape: [2], dataAt: 128 });
  });

  test.each(["{", "{'descr': 'a' + 'b'}", "[]", "__import__('os')", `{'descr': ${"[".repeat(100)}}`])(
    "a header that is no dict of literals is malformed: %s",
    (header) => {
      const bytes = Buffer.concat([
        text("\u0093NUMPY\u0001\u0000"),
        Buffer.of(header.length, 0),
        text(header),
      ]);
      expect(readNumpy(bytesIn(bytes)).ok).toBe(false);
    },
  );
});

describe("recognise", () => {
  const elf = Buffer.concat([text("\u007FELF"), Buffer.alloc(200)]);
  const gguf = Buffer.concat([text("GGUF\u0003\u0000\u0000\u0000"), Buffer.alloc(40)]);
  const header = text('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  const safetensors = Buffer.concat([Buffer.of(header.length, 0, 0, 0, 0, 0, 0, 0), header, Buffer.alloc(4)]);
  const zip = zipOf([{ name: "a", data: PICKLE }]);
  test.each<[string, Uint8Array, string[], boolean]>([
    ["a zip", zip, ["zip"], false],
    ["a program with a zip behind it", Buffer.concat([elf, zip]), ["elf", "zip"], true],
    ["a GGUF with a zip behind it", Buffer.concat([gguf, zip]), ["gguf", "zip"], true],
    ["a pickle with a zip behind it", Buffer.concat([PICKLE, zip]), ["zip", "pickle"], true],
    [
      "a zip of an array of objects, whose lines read like opcodes",
      zipOf([{ name: "a.npy", data: npy("'|O'", CALLING) }]),
      ["zip"],
      false,
    ],
    ["GGUF", gguf, ["gguf"], false],
    ["safetensors", safetensors, ["safetensors"], false],
    ["tar", tarOf([{ name: "a", data: PICKLE }]), ["tar"], false],
    ["gzip", gzipSync(PICKLE), ["gzip"], false],
    ["zlib", deflateSync(PICKLE), ["zlib"], false],
    ["zstd", zstdCompressSync(PICKLE), ["zstd"], false],
    ["protocol 2", PICKLE, ["pickle"], false],
    ["protocol 0", CALLING, ["pickle"], false],
    [
      "a stream that breaks behind its call",
      Buffer.concat([CALLING.subarray(0, -1), Buffer.of(255)]),
      ["pickle"],
      false,
    ],
    [
      "a pickle that begins with 8 KB of text",
      Buffer.concat([text("T\u0000\u0020\u0000\u0000"), Buffer.alloc(8192, 65), CALLING]),
      ["pickle"],
      false,
    ],
    ["words that begin like an import", text("cat\ndog\nbird\n"), ["text"], false],
    ["npy", npy("'<f4'", PICKLE), ["npy"], false],
    ["7z", text("7z\u00BC\u00AF\u0027\u001C rest"), ["7z"], false],
    ["ONNX", Buffer.of(8, 7, 18, 1, 97, 58, 2, 0, 0), ["onnx"], false],
    ["SavedModel", Buffer.of(8, 1, 18, 2, 0, 0), ["savedmodel"], false],
    ["TFLite", text("\u001C\u0000\u0000\u0000TFL3\u0000\u0000"), ["tflite"], false],
    ["JSON", text('{"architectures": ["LlamaForCausalLM"]}'), ["json", "text"], false],
    ["text", text("This is the card of a model.\n"), ["text"], false],
    ["zeros", Buffer.alloc(5000), [], false],
    ["nothing", Buffer.alloc(0), [], false],
  ])("%s", (_, bytes, kinds, polyglot) => {
    expect(recognise(bytesIn(bytes))).toEqual({ kinds, polyglot });
  });

  test("no bytes make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (bytes) => {
        expect(Array.isArray(recognise(bytesIn(bytes)).kinds)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function walked(bytes: Uint8Array, limits?: WalkLimits) {
  const all = [...walkContainers(bytesIn(bytes), "file", limits)];
  return {
    leaves: all.flatMap((one) =>
      one.is === "member" && !one.container
        ? [`${one.path.slice(1).join(" > ")}: ${one.kinds.join("+")}`]
        : [],
    ),
    rules: all.flatMap((one) => (one.is === "oddity" ? [one.oddity.rule] : [])),
    unread: all.flatMap((one) => (one.is === "unread" ? [one.what] : [])),
  };
}

describe("what is in what", () => {
  test("containers in containers are walked to the pickle inside, each by its content", () => {
    const inner = zipOf([{ name: "archive/data.bin", data: CALLING, deflated: true }]);
    const bytes = gzipSync(
      tarOf([
        { name: "model.txt", data: inner },
        { name: "x", data: zstdCompressSync(PICKLE) },
      ]),
    );
    expect(walked(bytes)).toEqual({
      leaves: ["unpacked > model.txt > archive/data.bin: pickle", "unpacked > x > unpacked: pickle"],
      rules: [],
      unread: [],
    });
  });

  test("npz is a zip of arrays, and those of objects are pickles behind a header", () => {
    const bytes = zipOf([{ name: "arr_0.npy", data: npy("'|O'", CALLING), deflated: true }]);
    expect(walked(bytes).leaves).toEqual(["arr_0.npy > objects: pickle"]);
  });

  test("CVE-2025-1889, CVE-2025-10155: no name, no extension hides a pickle", () => {
    const bytes = zipOf([
      { name: "readme.md", data: CALLING },
      { name: "config.p", data: CALLING },
    ]);
    expect(walked(bytes).leaves).toEqual(["readme.md: pickle", "config.p: pickle"]);
  });

  test("nullifAI: a 7z, whatever it is called, cannot be opened and is said to be", () => {
    expect(walked(text("7z\u00BC\u00AF\u0027\u001C rest")).unread).toEqual([
      "it is a 7z file, which cannot be opened here",
    ]);
  });

  test("several gzip members are one stream, and bytes behind them are told", () => {
    const halves = [gzipSync(CALLING.subarray(0, 9)), gzipSync(CALLING.subarray(9)), text("more")];
    const { leaves, rules } = walked(Buffer.concat(halves));
    expect([leaves, rules]).toEqual([["unpacked: pickle"], ["gzip-parts", "gzip-trailing"]]);
  });

  test.each<[string, Partial<WalkLimits>, string]>([
    ["depth", { depth: 2 }, "it holds more, deeper than 2 containers"],
    ["members", { members: 1 }, "1 of its members were not read: 1 are, in all"],
    ["bytes of a member", { memberBytes: 100 }, "it unpacks to more than 100 bytes"],
    ["bytes in all", { bytes: 3000 }, "it unpacks to more than 2"],
  ])("past the bound of %s, what was left out is said", (_, limits, what) => {
    const nested = gzipSync(gzipSync(gzipSync(new Uint8Array(100_000))));
    const bytes = zipOf([
      { name: "a", data: nested },
      { name: "b", data: nested },
    ]);
    expect(walked(bytes, { ...WALK_LIMITS, ...limits }).unread.join()).toContain(what);
  });

  test("what is held in memory at once is bounded, however deep; one behind the other may have it again", () => {
    const once = gzipSync(new Uint8Array(100_000), { level: 0 });
    const twice = gzipSync(once, { level: 0 });
    const limits = { ...WALK_LIMITS, heldBytes: 150_000 };
    expect(walked(twice, limits).unread.join()).toMatch(/^it unpacks to more than 4\d{4} bytes$/u);
    const bytes = zipOf(["a", "b"].map((name) => ({ name, data: once })));
    expect(walked(bytes, limits).unread).toEqual([]);
  });

  test("no mutation of a nested file throws, or unpacks to more than the bound", () => {
    const good = zipOf([
      { name: "t", data: gzipSync(tarOf([{ name: "p", data: CALLING }])), deflated: true },
      { name: "n", data: npy("'|O'", PICKLE) },
    ]);
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 10 }), (changes) => {
        const bytes = good.slice();
        for (const { at, to } of changes) bytes[at] = to;
        expect(walked(bytes).leaves.length).toBeLessThan(100);
      }),
      { numRuns: 200 },
    );
  });
});

const python = spawnSync("python3", ["-c", "import tarfile"]).status === 0;

test.skipIf(!python)(`python3's tarfile reads the same${python ? "" : " (skipped: no python3)"}`, () => {
  const list = `import sys,io,json,tarfile
t=tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps([[m.name,t.extractfile(m).read().hex()] for m in t if m.isfile()]))`;
  const bytes = tarOf([
    { name: "a", data: PICKLE },
    { name: "short", data: CALLING, pax: { path: "a/long/name" } },
    { name: "b", data: CALLING, wide: true },
    { name: "v7", data: PICKLE, old: true },
  ]);
  const theirs: unknown = JSON.parse(spawnSync("python3", ["-c", list], { input: bytes }).stdout.toString());
  const tar = readTar(bytesIn(bytes));
  const ours = (tar.ok ? tar.members : []).map((member) => {
    const { source } = member.open(0);
    return [member.name, Buffer.from(source.read(0, source.size)).toString("hex")];
  });
  expect(ours).toEqual(theirs);
});

const DATA = join(import.meta.dirname, "../../../shared/data/models");
const SAMPLES = existsSync(DATA);

describe.skipIf(!SAMPLES)(`samples${SAMPLES ? "" : " (skipped: no ../shared/data)"}`, () => {
  const found = SAMPLES
    ? globSync("{pickle,keras,gguf,onnx,safetensors}/**/*.*", { cwd: DATA }).toSorted()
    : [];
  const files = found.filter((file) => statSync(join(DATA, file)).isFile());

  test("every one is walked, and none throws", () => {
    const unknown = files.filter((file) => {
      const all = [...walkContainers(bytesIn(readFileSync(join(DATA, file))), file)];
      return all.every((one) => one.is !== "member" || one.kinds.length === 0);
    });
    expect(files.length).toBeGreaterThan(100);
    // By its own publisher's name it is none, and it is nothing else either.
    expect(unknown.map((file) => file.replace(/.*__/u, ""))).toEqual(["not_a_pickle.bin"]);
  });

  test("in every zip that hides a pickle from a scanner, it is found", () => {
    const zips = files.filter((file) => /malicious1.*\.zip$/u.test(file));
    const opened = zips.filter((file) => {
      const leaves = walked(readFileSync(join(DATA, file))).leaves;
      return leaves.some((leaf) => leaf.endsWith(": pickle"));
    });
    expect(opened).toEqual(zips);
  });
});
