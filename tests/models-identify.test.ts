// `doorward models identify`: what it says of models of every format, and how it ends. Nothing listens, and no server is asked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "#cli";
import { SMALL, writeGguf } from "./models/gguf-writer.ts";
import { SMALL_SAFETENSORS, writeSafetensors } from "./models/safetensors-writer.ts";
import { zipOf } from "./models/zip-writer.ts";
import { bytesOf, global, proto, reduce, stop, text, tuple } from "./samples/pickle-assembler.ts";
import { message, pb } from "./samples/protobuf.ts";
import { doorwardAlone, type Ran } from "./support/local-cli.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-identify-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

const identify = (...args: string[]): Promise<Ran> => doorwardAlone("models", "identify", ...args);

const Report = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      files: z.array(z.string()),
      unread: z.string().nullable(),
      found: z
        .object({
          facts: z
            .object({
              format: z.string(),
              kind: z.string(),
              parameters: z.number().nullable(),
              quantisation: z.object({ dominant: z.string().nullable() }),
              adapterOf: z.object({ method: z.string(), base: z.string() }).nullable(),
              mergeOf: z.object({ method: z.string(), models: z.array(z.string()) }).nullable(),
            })
            .nullable(),
        })
        .nullable(),
    }),
  ),
  troubles: z.array(z.string()),
});

async function report() {
  const { code, out } = await identify(folder, "--json");
  const { models } = Report.parse(JSON.parse(out));
  const rows = models.map(({ name, files, found }) => [
    relative(folder, name),
    files.length,
    found?.facts?.format,
    found?.facts?.parameters,
    found?.facts?.quantisation.dominant,
  ]);
  return { code, models, rows: rows.toSorted((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1)) };
}

/** As torch/serialization.py writes a state dict, before PyTorch 1.6 and since. */
const TENSOR = reduce(
  global("torch._utils", "_rebuild_tensor_v2"),
  bytesOf(tuple(text("storage"), global("torch", "HalfStorage"), text("0"), text("cpu"), "K\x06"), "Q"),
  "K\x00",
  tuple("K\x02", "K\x03"),
  tuple("K\x03", "K\x01"),
);
const STATE = stop(proto(2), "}(", text("w"), TENSOR, "u");
const ONNX = message(
  pb(1, 9),
  pb(7, message(pb(1, message(pb(1, "x"), pb(2, "y"), pb(4, "Relu"))), pb(5, message(pb(1, 7), pb(2, 1))))),
);

describe("what it says", () => {
  test("of models of several formats, each by its content", async () => {
    put("a.gguf", writeGguf(SMALL));
    put("b.onnx", ONNX);
    put("c.pt", zipOf([{ name: "archive/data.pkl", data: STATE }]));
    put("d.bin", STATE);
    put("e/model-00001-of-00002.safetensors", writeSafetensors(SMALL_SAFETENSORS));
    put("e/model-00002-of-00002.safetensors", writeSafetensors(SMALL_SAFETENSORS));
    put("e/config.json", JSON.stringify({ model_type: "llama" }));
    put("notes.txt", "no model");
    const { code, rows } = await report();
    expect(rows.map(([name, files, format]) => [name, files, format])).toEqual([
      ["a.gguf", 1, "gguf"],
      ["b.onnx", 1, "onnx"],
      ["c.pt", 1, "pytorch"],
      ["d.bin", 1, "pytorch"],
      ["e", 3, "safetensors"],
    ]);
    expect(rows.slice(1, 4).map(([, , , parameters, type]) => [parameters, type])).toEqual([
      [7, "F32"],
      [6, "F16"],
      [6, "F16"],
    ]);
    expect(code).toBe(EXIT.ok);
  });

  test("of adapters and merges what they say of themselves", async () => {
    put("a/adapter_model.safetensors", writeSafetensors(SMALL_SAFETENSORS));
    put("a/adapter_config.json", JSON.stringify({ peft_type: "LORA", base_model_name_or_path: "org/base" }));
    put("b/model.safetensors", writeSafetensors(SMALL_SAFETENSORS));
    put("b/mergekit_config.yml", "merge_method: ties\nmodels:\n  - model: org/one\n  - model: org/two\n");
    const { models } = await report();
    expect(
      models.map(({ found }) => [found?.facts?.kind, found?.facts?.adapterOf, found?.facts?.mergeOf]),
    ).toEqual(
      expect.arrayContaining([
        ["adapter", { method: "LORA", base: "org/base" }, null],
        ["model", null, { method: "ties", models: ["org/one", "org/two"] }],
      ]),
    );
    const { out } = await identify(folder);
    expect(out).toContain("says it is an adapter (LORA) of org/base");
    expect(out).toContain("says it is a merge (ties) of org/one, org/two");
  });

  test("of a file that is named itself, whatever its name", async () => {
    const { out, code } = await identify(put("weights", writeGguf(SMALL)));
    expect([code, out.includes("gguf")]).toEqual([EXIT.ok, true]);
  });
});

describe("what it can't read", () => {
  test.each([
    ["a file that is broken", "a.gguf", Buffer.from("GGUF\u0003\0\0\0", "latin1")],
    ["a file of two bytes that claims to be one", "b.gguf", Buffer.from("GG")],
  ])("%s ends with 1", async (_, name, bytes) => {
    const { code } = await identify(put(name, bytes));
    expect(code).toBe(EXIT.failed);
  });

  test("what is not there ends with 1, and says so", async () => {
    const { code, out } = await identify(join(folder, "nothing"));
    expect([code, out.includes("cannot be read")]).toEqual([EXIT.failed, true]);
  });

  test("names in a file move no cursor", async () => {
    put("a/adapter_model.safetensors", writeSafetensors(SMALL_SAFETENSORS));
    put("a/adapter_config.json", JSON.stringify({ peft_type: "\u001b[2J", base_model_name_or_path: "x" }));
    const { out } = await identify(folder);
    expect(out.includes("\u001b")).toBe(false);
  });
});
