import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesIn } from "#models";
import {
  bytesOf,
  global,
  proto,
  reduce,
  stop,
  text,
  tuple,
} from "../../../tests/samples/pickle-assembler.ts";
import { pickledTensors } from "./tensors.ts";

/** As torch/serialization.py and torch/_tensor.py write them: a storage by its persistent id, and the function that rebuilds. */
const storage = (type: string, key: string): Uint8Array =>
  bytesOf(tuple(text("storage"), global("torch", type), text(key), text("cpu"), "K\x06"), "Q");
const tensor = (type: string, key: string): Uint8Array =>
  reduce(
    global("torch._utils", "_rebuild_tensor_v2"),
    storage(type, key),
    "K\x00",
    tuple("K\x02", "K\x03"),
    tuple("K\x03", "K\x01"),
    "\x89",
    reduce(global("collections", "OrderedDict")),
  );
const dict = (...pairs: Uint8Array[]): Uint8Array => bytesOf("}(", ...pairs, "u");

test("names, types and shapes of a state dict, in dicts and in OrderedDicts", () => {
  const inner = dict(text("weight"), tensor("HalfStorage", "1"));
  const ordered = bytesOf(
    reduce(global("collections", "OrderedDict")),
    "(",
    text("b"),
    tensor("FloatStorage", "0"),
    "u",
  );
  const bytes = stop(proto(2), dict(text("model"), dict(text("a"), inner), text("more"), ordered));
  const { tensors, end } = pickledTensors(bytesIn(bytes));
  expect(
    tensors.map(({ name, type, shape, elements, storage: key }) => [name, type, shape, elements, key]),
  ).toEqual([
    ["model.a.weight", "F16", [2, 3], 6, "1"],
    ["more.b", "F32", [2, 3], 6, "0"],
  ]);
  expect(end).toBe(bytes.length);
});

test("of files before PyTorch 1.6 all pickles are read, and what follows them is told", () => {
  const first = stop(proto(2), "K\x01");
  const second = stop(proto(2), dict(text("w"), tensor("FloatStorage", "0")));
  const { tensors, end } = pickledTensors(bytesIn(bytesOf(first, second, Buffer.alloc(24, 1))));
  expect([tensors.map(({ name }) => name), end]).toEqual([["w"], first.length + second.length]);
});

test("whatever stands in a pickle is answered for", () => {
  const whole = stop(proto(2), dict(text("w"), tensor("FloatStorage", "0")));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      expect(pickledTensors(bytesIn(bytes)).tensors.length).toBeLessThan(2);
    }),
  );
});
