import { Buffer } from "node:buffer";
import {
  type GgufRecipe,
  i32,
  list,
  SMALL,
  text,
  texts,
  u32,
  writeGguf,
} from "../../tests/models/gguf-writer.ts";
import { SMALL_SAFETENSORS, writeSafetensors } from "../../tests/models/safetensors-writer.ts";
import { zipOf } from "../../tests/models/zip-writer.ts";
import { calling, type Made } from "./made.ts";

const KEYS = SMALL.keys ?? [];
const TENSORS = SMALL.tensors ?? [];
const HUGE = 2n ** 60n;
const small = (recipe: GgufRecipe): Uint8Array => writeGguf({ ...SMALL, ...recipe });
const keyed = (...more: NonNullable<GgufRecipe["keys"]>): Uint8Array => small({ keys: [...KEYS, ...more] });
const [FIRST] = TENSORS;
const first = (change: object): Uint8Array =>
  small({ tensors: FIRST === undefined ? [] : [{ ...FIRST, ...change }, ...TENSORS.slice(1)] });

/** Lists of lists of lists: ggml refuses the second, other readers go down for as long as there are any. */
function deep(levels: number) {
  let value = list(5, [i32(1)]);
  for (let n = 1; n < levels; n += 1) value = list(9, [value]);
  return value;
}

// The recipes of models.md 2.4.
const GGUFS: readonly (readonly [string, Uint8Array])[] = [
  ["tensors-2-60", small({ tensorCount: HUGE })],
  ["keys-2-60", small({ keyCount: HUGE })],
  ["string-2-63", keyed(["general.url", text("x", 2n ** 63n)])],
  ["string-beyond", keyed(["general.url", text("x", 2n ** 40n)])],
  ["array-2-60", keyed(["general.tags", list(4, [u32(1)], HUGE)])],
  ["array-nested", keyed(["general.tags", deep(200)])],
  ["key-long", keyed(["k".repeat(70_000), u32(1)])],
  ["key-not-ascii", keyed(["général.nom", u32(1)])],
  ["alignment-0", keyed(["general.alignment", u32(0)])],
  ["alignment-3", keyed(["general.alignment", u32(3)])],
  ["alignment-2-31", keyed(["general.alignment", u32(2 ** 31)])],
  ["extent-past-end", first({ dimensions: [32, 3_000_000] })],
  ["offset-past-end", first({ offset: 2n ** 40n })],
  ["offset-wraps", first({ offset: 2n ** 64n - 32n })],
  ["dimensions-wrap", first({ dimensions: [2n ** 33n, 2n ** 33n] })],
  ["overlap", small({ tensors: TENSORS.map((tensor) => ({ ...tensor, offset: 0n })) })],
  ["type-31", first({ type: 31 })],
  ["type-99", first({ type: 99 })],
  ["key-twice", keyed(["tokenizer.chat_template", text("{{ other }}")])],
  ["tensor-twice", small({ tensors: [...TENSORS, ...TENSORS] })],
  ["trailing", small({ trailing: calling("posix", "system") })],
  ["zip-behind", small({ trailing: zipOf([{ name: "data.pkl", data: calling("posix", "system") }]) })],
  [
    "program-behind",
    small({ trailing: Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200)]) }),
  ],
  ["cut", small({}).subarray(0, 300)],
  ["cut-data", small({}).subarray(0, -40)],
];

const SAFE = SMALL_SAFETENSORS.tensors ?? [];
const tensors = (change: (one: (typeof SAFE)[number], at: number) => object): Uint8Array =>
  writeSafetensors({
    ...SMALL_SAFETENSORS,
    tensors: SAFE.map((one, at) => ({ ...one, ...change(one, at) })),
  });
const TWICE =
  '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';

const SAFETENSORS: readonly (readonly [string, Uint8Array])[] = [
  ["header-100-mib", writeSafetensors({ ...SMALL_SAFETENSORS, headerLength: 100_000_001n })],
  ["header-2-63", writeSafetensors({ ...SMALL_SAFETENSORS, headerLength: 2n ** 63n })],
  ["overlap", tensors(() => ({ offsets: [0, 32] }))],
  ["past-end", tensors((_, at) => (at === 1 ? { offsets: [64, 9000] } : {}))],
  ["wrong-shape", tensors((_, at) => (at === 0 ? { shape: [400, 800] } : {}))],
  ["backwards", tensors((_, at) => (at === 0 ? { offsets: [64, 0] } : {}))],
  ["name-twice", writeSafetensors({ header: TWICE, trailing: Buffer.alloc(1) })],
  ["trailing", writeSafetensors({ ...SMALL_SAFETENSORS, trailing: calling("posix", "system") })],
  ["pickle-renamed", calling("posix", "system")],
  ["not-json", writeSafetensors({ header: "{".repeat(5000) })],
];

const GGUFS_FINE: readonly (readonly [string, Uint8Array])[] = [
  ["small", small({})],
  ["big-endian", small({ bigEndian: true })],
  ["version-2", small({ version: 2 })],
  ["vocabulary", small({ tensors: [] })],
  ["tags", keyed(["general.tags", texts(["a", "b"])])],
];

function filesOf(
  files: readonly (readonly [string, Uint8Array])[],
  label: Made["label"],
  kind: string,
): readonly Made[] {
  return files.map(([name, bytes]) => ({ file: `${kind}/${name}.${kind}`, label, technique: name, bytes }));
}

export function headers(): readonly Made[] {
  return [
    ...filesOf(GGUFS, "malicious", "gguf"),
    ...filesOf(GGUFS_FINE, "benign", "gguf"),
    ...filesOf(SAFETENSORS, "malicious", "safetensors"),
    ...filesOf([["small-sound", writeSafetensors(SMALL_SAFETENSORS)]], "benign", "safetensors"),
  ];
}
