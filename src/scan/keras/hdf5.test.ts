import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readHdf5, recognise } from "#models";
import {
  arrayOf,
  attribute,
  denseLinks,
  externalLink,
  filter,
  FIRST,
  hardLink,
  hdf5Of,
  heapAttribute,
  heapOf,
  namesAt,
  objectOf,
  oldHdf5Of,
  oldObjectOf,
  type Part,
  softLink,
  symbols,
  tableAt,
} from "../../../tests/samples/hdf5.ts";
import { scanHdf5 } from "./hdf5.ts";

const found = (bytes: Uint8Array): string[] =>
  scanHdf5(bytesIn(bytes), ["m.h5"]).map(({ rule, verdict }) => `${rule} ${verdict}`);
const rootOf = (...parts: readonly Part[]): Buffer => hdf5Of(FIRST, objectOf(...parts));
const LAMBDA = JSON.stringify({
  class_name: "Sequential",
  config: { layers: [{ class_name: "Lambda", config: { function: "lambda x: os.system('id')" } }] },
});
const DENSE = JSON.stringify({ class_name: "Sequential", config: [{ class_name: "Dense", config: {} }] });

const inHeap = (text: string): Buffer => {
  const heap = heapOf(text);
  return oldHdf5Of(96 + heap.length, heap, oldObjectOf(heapAttribute("model_config", text.length, 96)));
};

describe("the model in the attributes", () => {
  test.each([
    ["of new files", (text: string) => rootOf(attribute("model_config", text))],
    ["of old files, in a heap", inHeap],
  ])("%s", (_, file) => {
    expect([recognise(bytesIn(file(DENSE))).kinds, found(file(DENSE))]).toEqual([["hdf5"], []]);
    expect(found(file(LAMBDA))).toEqual(["keras-lambda malicious"]);
    expect(found(file("{"))).toEqual(["keras-unread unscannable"]);
  });

  test("of a group in a group, by an old table and by a link", () => {
    const inner = objectOf(attribute("layer_config", LAMBDA));
    const linked = hdf5Of(FIRST + inner.length, inner, objectOf(hardLink("a", FIRST)));
    expect(found(linked)).toEqual(["keras-lambda malicious"]);
    const old = oldObjectOf(attribute("layer_config", LAMBDA));
    const table = tableAt(96 + old.length, [{ name: "a", address: 96 }]);
    const root = oldObjectOf(symbols(96 + old.length, 1));
    expect(found(oldHdf5Of(96 + old.length + table.length, old, table, root))).toEqual([
      "keras-lambda malicious",
    ]);
  });
});

const pickle = (text: string) => rootOf(attribute("CLASS", "GROUP"), attribute("non_index_axes", text));

test("a pickle in an attribute is followed: PyTables loads it unasked", () => {
  expect(found(pickle("cposix\nsystem\n(S'id'\ntR."))).toEqual(["pickle-call malicious"]);
  expect(found(pickle("(lp0\n."))).toEqual([]);
});

describe("what leads out of the file", () => {
  test.each([
    ["weights.h5", "suspicious"],
    ["../../secret.h5", "malicious"],
    ["/etc/passwd", "malicious"],
  ])("a link, and an array, to %s: %s", (file, verdict) => {
    expect(found(rootOf(externalLink("w", file, "/data")))).toEqual([`hdf5-link ${verdict}`]);
    const names = namesAt(FIRST, file);
    const array = objectOf(...arrayOf([4], FIRST));
    const root = objectOf(hardLink("w", FIRST + names.length));
    const bytes = hdf5Of(FIRST + names.length + array.length, names, array, root);
    expect(found(bytes)).toEqual([`hdf5-external ${verdict}`]);
  });

  test("a virtual array, and a filter that is a library of somebody else's", () => {
    const virtual = objectOf(...arrayOf([4], null, 3));
    expect(found(hdf5Of(FIRST + virtual.length, virtual, objectOf(hardLink("w", FIRST))))).toEqual([
      "hdf5-virtual suspicious",
    ]);
    const packed = objectOf(...arrayOf([4], null, 2), filter(1), filter(32_015));
    expect(found(hdf5Of(FIRST + packed.length, packed, objectOf(hardLink("w", FIRST))))).toEqual([
      "hdf5-filter suspicious",
    ]);
  });

  test("links within the file are what they are", () => {
    const read = readHdf5(bytesIn(rootOf(softLink("a", "/b"))));
    expect(read.ok && read.links.map(({ path, is, target }) => [path, is, target])).toEqual([
      ["/a", "soft", "/b"],
    ]);
    const table = tableAt(96, [{ name: "a", address: 0, soft: "/b" }]);
    const old = readHdf5(bytesIn(oldHdf5Of(96 + table.length, table, oldObjectOf(symbols(96, 1)))));
    expect(old.ok && old.links.map(({ path, is, target }) => [path, is, target])).toEqual([
      ["/a", "soft", "/b"],
    ]);
  });

  test("something before it is not HDF5's", () => {
    expect(found(Buffer.concat([Buffer.alloc(512, 1), rootOf()]))).toEqual(["hdf5-user-block suspicious"]);
  });
});

test("arrays are counted", () => {
  const array = objectOf(...arrayOf([3, 5], null));
  const read = readHdf5(bytesIn(hdf5Of(FIRST + array.length, array, objectOf(hardLink("w", FIRST)))));
  expect(
    read.ok && read.datasets.map(({ path, type, shape, elements }) => [path, type, shape, elements]),
  ).toEqual([["/w", "F32", [3, 5], 15]]);
});

describe("hostile bytes", () => {
  test.each([
    ["two bytes", Buffer.from("\u0089H", "latin1")],
    ["a root past the end", hdf5Of(1_000_000)],
    ["links in a heap that is not read", rootOf(denseLinks(64))],
    ["a shared message", rootOf({ ...attribute("model_config", LAMBDA), flags: 2 })],
    [
      "a header that leads back to itself",
      rootOf({
        type: 0x10,
        data: Buffer.concat([Buffer.from([74, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([9, 0, 0, 0, 0, 0, 0, 0])]),
      }),
    ],
    ["an array of 2^63 elements", rootOf(...arrayOf([2 ** 32, 2 ** 31], null))],
  ])("%s: unscannable", (_, bytes) => {
    expect([...new Set(found(bytes))]).toEqual(["hdf5-unread unscannable"]);
  });

  test("a group that holds itself is walked once", () => {
    expect(found(rootOf(hardLink("again", FIRST)))).toEqual([]);
  });

  test("a file cut anywhere, or with any bytes changed, is answered for", () => {
    const heap = heapOf(LAMBDA);
    const table = tableAt(96 + heap.length, [{ name: "a", address: 96 }]);
    const at = 96 + heap.length;
    const root = oldObjectOf(heapAttribute("model_config", LAMBDA.length, 96), symbols(at, 1));
    const whole = [
      oldHdf5Of(at + table.length, heap, table, root),
      rootOf(attribute("model_config", LAMBDA), externalLink("w", "/etc/passwd", "/"), hardLink("a", FIRST)),
    ];
    const change = fc.tuple(fc.nat(2_000), fc.nat(255));
    fc.assert(
      fc.property(fc.nat(1), fc.nat(2_000), fc.array(change, { maxLength: 4 }), (which, end, changes) => {
        const bytes = Buffer.from(whole[which] ?? []);
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        expect(Array.isArray(scanHdf5(bytesIn(bytes.subarray(0, Math.max(end, 0))), ["m"]))).toBe(true);
        expect(Array.isArray(scanHdf5(bytesIn(bytes), ["m"]))).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});
