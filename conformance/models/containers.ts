import { Buffer } from "node:buffer";
import { deflateSync, gzipSync } from "node:zlib";
import { bytesOf, global, number, proto, stop, text, tuple } from "../../tests/samples/pickle-assembler.ts";
import { tarOf } from "../../tests/models/tar-writer.ts";
import { type Entry, zipOf } from "../../tests/models/zip-writer.ts";
import { calling, harmless, type Made } from "./made.ts";

const BAD = calling("posix", "system");
const FINE = harmless();
const DATA = Buffer.alloc(4096, 7);

/** As torch.save writes since 1.6: names below one folder, everything stored. */
function torch(pickle: Uint8Array, ...more: readonly Entry[]): readonly Entry[] {
  return [
    { name: "archive/data.pkl", data: pickle },
    { name: "archive/byteorder", data: Buffer.from("little") },
    { name: "archive/data/0", data: DATA },
    { name: "archive/version", data: Buffer.from("3\n") },
    ...more,
  ];
}

/** A member whose data is there and whose size is said to be none. */
const hiddenSize = (data: Uint8Array): Entry => ({
  name: "archive/data.pkl",
  data,
  listed: { size: 0, packed: 0 },
});

function tensor(): Uint8Array {
  const storage = tuple(
    text("storage"),
    global("torch", "FloatStorage"),
    text("0"),
    text("cpu"),
    "M",
    number(2, 4),
  );
  const sizes = bytesOf("K", [4], "\x85");
  const strides = bytesOf("K", [1], "\x85");
  const hooks = bytesOf(global("collections", "OrderedDict"), ")", "R");
  const rebuilt = bytesOf(
    global("torch._utils", "_rebuild_tensor_v2"),
    tuple(bytesOf(storage, "Q"), "K\0", sizes, strides, "\x89", hooks),
    "R",
  );
  return stop(proto(2), bytesOf("}", text("weight"), rebuilt, "s"));
}

/** An array of Python objects: behind NumPy's header stands a pickle. */
function npy(pickle: Uint8Array): Uint8Array {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117) + "\n";
  return bytesOf("\x93NUMPY\x01\x00", number(2, header.length), header, pickle);
}

const zips: readonly (readonly [string, readonly Entry[], Parameters<typeof zipOf>[1]?])[] = [
  ["plain.pt", torch(BAD)],
  ["other-name.pt", torch(FINE, { name: "archive/extra.txt", data: BAD })],
  ["no-extension.pt", torch(FINE, { name: "archive/data/1", data: BAD })],
  [
    "two-names.pt",
    torch(BAD).map((one, at) => (at === 0 ? { ...one, local: { name: "archive/data.txt" } } : one)),
  ],
  ["unicode-path.pt", torch(FINE, { name: "archive/readme", data: BAD, otherName: "archive/data.pkl" })],
  ["listed-twice.pt", [...torch(FINE), { name: "archive/data.pkl", data: BAD }]],
  ["unlisted.pt", torch(FINE, { name: "archive/data.pkl", data: BAD, unlisted: true })],
  ["wrong-crc.pt", torch(BAD).map((one) => ({ ...one, local: { crc: 1 }, listed: { crc: 1 } }))],
  ["crc-in-one.pt", torch(BAD).map((one) => ({ ...one, listed: { crc: 1 } }))],
  ["encrypted-flag.pt", torch(BAD).map((one) => ({ ...one, local: { flags: 1 }, listed: { flags: 1 } }))],
  ["strong-flag.pt", torch(BAD).map((one) => ({ ...one, listed: { flags: 0x40 } }))],
  ["patch-flag.pt", torch(BAD).map((one) => ({ ...one, listed: { flags: 0x20 }, local: { flags: 0x20 } }))],
  ["size-in-one.pt", [hiddenSize(BAD), ...torch(FINE).slice(1)]],
  ["deflated.pt", torch(BAD).map((one) => ({ ...one, deflated: true }))],
  ["descriptor.pt", torch(BAD).map((one) => ({ ...one, deflated: true, descriptor: true }))],
  ["zip64.pt", torch(BAD).map((one) => ({ ...one, wide: true })), { wide: true }],
  ["method-lies.pt", torch(BAD).map((one, at) => (at === 0 ? { ...one, listed: { method: 14 } } : one))],
  ["prefix.pt", torch(BAD), { prefix: Buffer.from("\x89PNG\r\n\x1a\n", "latin1") }],
  ["pickle-then-zip.pt", torch(FINE), { prefix: BAD, adjusted: true }],
  ["zip-then-pickle.pt", torch(FINE), { trailing: BAD }],
  ["comment.pt", torch(BAD), { comment: Buffer.from("PK\x05\x06".padEnd(22, "\0"), "latin1") }],
  ["count-lies.pt", torch(BAD), { count: 0 }],
  ["traversal.zip", [{ name: "../../../tmp/x.py", data: Buffer.from("import os") }]],
  ["traversal-windows.zip", [{ name: "..\\..\\x.dll", data: Buffer.from("MZ") }]],
];

const zip = (name: string, data: Uint8Array): Uint8Array => zipOf([{ name, data, deflated: true }]);

function nested(pickle: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  return [
    ["zip-in-zip.bin", zip("inner.zip", zip("model.pt", zipOf(torch(pickle))))],
    ["gzip-in-zip.bin", zip("weights.gz", gzipSync(pickle))],
    ["pickle-in-tar.nemo", tarOf([{ name: "model_weights.ckpt", data: zipOf(torch(pickle)) }])],
    ["tar-gz.bin", gzipSync(tarOf([{ name: "data.pkl", data: pickle }]))],
    ["twice-gzipped.joblib", gzipSync(gzipSync(pickle))],
    ["zlib.joblib", deflateSync(pickle)],
    ["objects.npy", npy(pickle)],
    ["objects.npz", zipOf([{ name: "arr_0.npy", data: npy(pickle), deflated: true }])],
    [
      "padded.tar",
      Buffer.concat([tarOf([{ name: "readme", data: FINE }]), tarOf([{ name: "x.pkl", data: pickle }])]),
    ],
    ["two-sizes.tar", tarOf([{ name: "x.pkl", data: pickle, pax: { size: "1" } }])],
  ];
}

const renamed7z = bytesOf("7z\xbc\xaf'\x1c\0\x04", Buffer.alloc(24, 1), DATA);

function filesOf(
  files: readonly (readonly [string, Uint8Array])[],
  label: Made["label"],
  group: string,
): readonly Made[] {
  return files.map(([name, bytes]) => ({ file: `${group}/${name}`, label, technique: name, bytes }));
}

export function containers(): readonly Made[] {
  const closed: readonly (readonly [string, Uint8Array])[] = [
    ["renamed-7z.pt", renamed7z],
    ["xz.pt", bytesOf("\xfd7zXZ\0", DATA)],
    ["link.tar", tarOf([{ name: "weights", kind: "2", link: "/etc/passwd" }])],
  ];
  const fine: readonly (readonly [string, Uint8Array])[] = [
    ["state-dict.pt", zipOf(torch(tensor()))],
    ["text.zip", zip("a.txt", Buffer.from("text\n"))],
  ];
  const made = zips.map(([name, entries, how]) => [name, zipOf(entries, how)] as const);
  return [
    ...filesOf(made, "malicious", "zips"),
    ...filesOf(fine, "benign", "zips"),
    ...filesOf([...nested(BAD), ...closed], "malicious", "nested"),
    ...filesOf(nested(FINE).slice(0, 8), "benign", "nested-benign"),
  ];
}
