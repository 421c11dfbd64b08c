// `doorward models lineage` and `npm run conformance:lineage` as whole commands.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adapted, mixed, rounded, tuned } from "../../conformance/models/changes.ts";
import { ggufFile, safetensorsFile, tokenizerFile } from "../../conformance/models/files.ts";
import { type Network, type Size, trainedLike } from "../../conformance/models/network.ts";
import { randomFrom } from "../../conformance/models/random.ts";

const PROGRAM = join(process.cwd(), "bin", "doorward.mjs");
const SIZE: Size = {
  name: "small",
  width: 256,
  layers: 4,
  feedForward: 256,
  keyValue: 64,
  vocabulary: 1_024,
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lineage-cli-"));
  const base = rounded(trainedLike(SIZE, 1));
  const [one, other] = [1, 2].map((seed) => rounded(tuned(base, randomFrom(seed), 0.1)));
  if (one === undefined || other === undefined) throw new Error("no fine-tunes");
  putFolder("base", base);
  put("q4.gguf", ggufFile(base, "Q4_0"));
  put("one.safetensors", safetensorsFile(one, "BF16"));
  put("other.safetensors", safetensorsFile(other, "BF16"));
  const mix = mixed([one, other], ([left = 0, right = 0]) => (left + right) / 2);
  put("mix.safetensors", safetensorsFile(mix, "BF16"));
  put("\u001b[31mred.gguf", ggufFile(trainedLike(SIZE, 9), "Q8_0"));
  put("broken.gguf", ggufFile(base, "Q8_0").subarray(0, 500));
  put("notes.txt", Buffer.from("nothing"));
  put("pairs/pairs.json", Buffer.from(JSON.stringify(PAIRS)));
  put("pairs/base.gguf", ggufFile(base, "F32"));
  put("pairs/child.gguf", ggufFile(base, "Q8_0"));
  put("pairs/tuned.gguf", ggufFile(adapted(base, randomFrom(5), 0.1), "F32"));
  put("pairs/stranger.gguf", ggufFile(trainedLike(SIZE, 8), "F32"));
  for (const [name, family] of [
    ["a", "f"],
    ["b", "f"],
    ["c", "g"],
  ] as const)
    put(`features/${name}_features.json`, Buffer.from(JSON.stringify(features(name, family))));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAIRS = {
  pairs: [
    { child: "child.gguf", base: "base.gguf", related: true, relation: "quantisation" },
    { child: "tuned.gguf", base: "base.gguf", related: true, relation: "fine-tune" },
    { child: "stranger.gguf", base: "base.gguf", related: false, relation: "unrelated" },
  ],
};

/** The form of cisco-ai-defense/model-provenance-kit 9991417, `*_features.json`. */
function features(name: string, family: string): object {
  const hash = (family === "f" ? "a" : "b").repeat(64);
  const mfi = {
    model_type: family,
    hidden_size: 64,
    num_hidden_layers: 2,
    tokenizer_hash: hash,
    vocab_size: 100,
  };
  return { model_id: name, family_id: family, mfi, tfv: { vocab_size: 100, merge_rule_hash: hash } };
}

function put(name: string, bytes: Uint8Array): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), bytes);
}

function putFolder(name: string, network: Network): void {
  put(`${name}/model.safetensors`, safetensorsFile(network, "BF16"));
  put(`${name}/tokenizer.json`, tokenizerFile(network));
  put(`${name}/config.json`, Buffer.from("{}"));
}

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [PROGRAM, "models", "lineage", ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
    encoding: "utf8",
    timeout: 60_000,
  });

test("says what a quantised model is to a folder, how well that is known, by what, and what would contradict it", () => {
  const { status, stdout } = run("q4.gguf", "--base", "base");
  expect(status).toBe(0);
  expect(stdout).toContain("a quantisation of base (proven, by norm-digests)");
  expect(stdout).toContain("threshold");
  expect(stdout).toContain("would speak against it");
}, 120_000);

test("a stored fingerprint takes the place of the weights", () => {
  const written = run("base", "--fingerprint");
  expect(written.status).toBe(0);
  writeFileSync(join(folder, "base.json"), written.stdout);
  const { status, stdout } = run("q4.gguf", "--base", "base.json", "--json");
  const { pairs, closest } = JSON.parse(stdout);
  expect([status, closest]).toEqual([0, "base.json"]);
  expect(pairs[0].lineage).toMatchObject({
    relation: "quantisation",
    rung: "proven",
    method: "norm-digests",
  });
}, 120_000);

test("of several bases names the nearest, and the two that it was merged of", () => {
  const { stdout } = run(
    "mix.safetensors",
    "--base",
    "base",
    "one.safetensors",
    "other.safetensors",
    "--json",
  );
  const { merge } = JSON.parse(stdout);
  expect(merge.mixture.of).toEqual(["one.safetensors", "other.safetensors"]);
  expect(merge.lineage).toMatchObject({ relation: "merge", rung: "inferred" });
}, 120_000);

test("an unrelated model ends with 1, and no name reaches the terminal as it is", () => {
  const { status, stdout } = run("\u001b[31mred.gguf", "--base", "base");
  expect(status).toBe(1);
  expect(stdout).toContain("not related to base (inferred");
  expect(stdout).not.toContain("\u001b");
}, 120_000);

test("two files of one content are the same by their digest", () => {
  symlinkSync("q4.gguf", join(folder, "again.gguf"));
  const { stdout } = run("q4.gguf", "--base", "again.gguf");
  expect(stdout).toContain("the same model as again.gguf (proven, by digest)");
}, 120_000);

test.each([
  [["q4.gguf"], "no base was given"],
  [["gone.gguf", "--base", "base"], "it is not there"],
  [["notes.txt", "--base", "base"], "notes.txt"],
  [["broken.gguf", "--base", "base"], "broken.gguf"],
  [["pairs", "--base", "base"], "not parts of one model"],
  [["q4.gguf", "--base", ...Array.from({ length: 17 }, () => "base")], "more than 16 bases"],
])(
  "%j is refused with a reason",
  (args, reason) => {
    const { status, stderr, stdout } = run(...args);
    expect([status === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toContain(reason);
  },
  120_000,
);

const measure = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "conformance/lineage.ts", ...args], {
    encoding: "utf8",
    timeout: 60_000,
  });
const linesOf = (text: string): readonly Readonly<Record<string, unknown>>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("the conformance run counts pairs of reference models by family, and never calls their likeness lineage", () => {
  const { status, stdout } = measure(join(folder, "features"));
  const lines = linesOf(stdout);
  expect(status).toBe(0);
  expect(lines[0]).toEqual({ set: "labelled pairs", pairs: 3, related: 1, unrelated: 2 });
  expect(lines[1]).toMatchObject({ auc: 1, accuracy: 1, related: { precision: 1, recall: 1 } });
  expect(lines.filter((line) => "threshold" in line && "falsePositiveRate" in line)).toHaveLength(9);
  expect(lines.filter((line) => line["method"] === "lineage by weights").map((line) => line["said"])).toEqual(
    [{ unknown: 1 }, { unknown: 2 }],
  );
}, 120_000);

test("the conformance run reads pairs of files, and counts right relations", () => {
  const lines = linesOf(measure(join(folder, "pairs")).stdout);
  expect(lines.at(-1)).toEqual({ method: "lineage by weights", relationNamed: 3, relationRight: 3 });
}, 120_000);

test("without a folder, or with one and families too, the conformance run says how it is used", () => {
  expect([measure().status, measure("x", "--families").status]).toEqual([2, 2]);
}, 120_000);
