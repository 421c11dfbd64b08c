// What models are to each other, by files of our own generator: nothing of a network reaches the engine but its bytes.
import { expect, test } from "vitest";
import { familyLikeness, type Fingerprint, type Lineage, lineageAmong, lineageOf } from "#models";
import * as change from "../../conformance/models/changes.ts";
import { fingerprintIn } from "../../conformance/models/files.ts";
import { EMBEDDING, type Network, trainedLike } from "../../conformance/models/network.ts";
import type { Quantised } from "../../conformance/models/quantise.ts";
import { randomFrom } from "../../conformance/models/random.ts";
import { BASE, PRINT, SIZE } from "./lineage-samples.ts";

const random = () => randomFrom(77);
const printOf = (network: Network, type: Quantised = "BF16"): Fingerprint => fingerprintIn(network, type);
const judged = (network: Network, type: Quantised = "BF16"): Lineage =>
  lineageOf(printOf(network, type), PRINT);
const methodsFor = ({ grounds }: Lineage): readonly string[] =>
  grounds.filter(({ speaks }) => speaks === "for").map(({ method }) => method);

type Told = readonly [Lineage["relation"], Lineage["rung"], Lineage["method"]];
const CHILDREN: readonly [string, Network, Quantised, ...Told][] = [
  ["itself", BASE, "BF16", "same", "proven", "norm-digests"],
  ["itself in 16-bit floats", BASE, "F16", "same", "proven", "norm-digests"],
  ["Q8_0", BASE, "Q8_0", "quantisation", "proven", "norm-digests"],
  ["Q4_0", BASE, "Q4_0", "quantisation", "proven", "norm-digests"],
  ["Q4_K", BASE, "Q4_K", "quantisation", "proven", "norm-digests"],
  ["a fine-tune", change.tuned(BASE, random(), 0.05), "BF16", "fine-tune", "proven", "matrix-signs"],
  [
    "a fine-tune, quantised",
    change.tuned(BASE, random(), 0.2),
    "Q4_0",
    "fine-tune",
    "proven",
    "matrix-signs",
  ],
  ["a merged adapter", change.adapted(BASE, random(), 0.05), "BF16", "fine-tune", "proven", "norm-digests"],
  ["noise", change.noised(BASE, random(), 0.3), "BF16", "fine-tune", "proven", "matrix-signs"],
  ["half of its weights", change.thinned(BASE, 0.5), "BF16", "pruned", "proven", "norm-digests"],
  ["three of its layers", change.stacked(BASE, [0, 1, 3]), "BF16", "pruned", "proven", "norm-digests"],
  ["fewer neurons", change.narrowed(BASE, 0.25), "BF16", "pruned", "proven", "norm-digests"],
  ["more tokens", change.extended(BASE, random(), 64), "BF16", "fine-tune", "proven", "norm-digests"],
  [
    "other order of channels",
    change.rechanneled(BASE, random().order(256)),
    "BF16",
    "fine-tune",
    "proven",
    "norm-digests",
  ],
  ["norms folded in", change.folded(BASE), "BF16", "fine-tune", "proven", "matrix-signs"],
  ["turned", change.rotated(BASE, random()), "BF16", "fine-tune", "inferred", "embedding-angles"],
];

test.each(CHILDREN)(
  "of %s is told what it is, how well that is known and by what",
  (_, network, type, ...told) => {
    const found = judged(network, type);
    expect([found.relation, found.rung, found.method]).toEqual(told);
    expect(found.contradictedBy).not.toBe("");
  },
);

test("what is proven has a bound on chance below one in a million", () => {
  const { rung, chance, score, threshold } = judged(change.tuned(BASE, random(), 0.05));
  expect(rung).toBe("proven");
  expect(chance).toBeLessThanOrEqual(1e-6);
  expect(score).toBeGreaterThanOrEqual(threshold ?? 1);
});

test("equal architecture, shapes, tokenizer and name are never a relation", () => {
  const other = fingerprintIn(change.rounded(trainedLike(SIZE, 2)), "BF16");
  const found = lineageOf({ ...other, declared: { name: "base", bases: ["org/Base-1B"] } }, PRINT, [
    "Base-1B",
  ]);
  expect(other.shape).toBe(PRINT.shape);
  expect(other.tokenizer).toEqual(PRINT.tokenizer);
  expect([found.relation, found.rung]).toEqual(["unrelated", "inferred"]);
  expect(methodsFor(found)).toEqual(["metadata"]);
  expect(found.grounds.map(({ says }) => says)).toContain("what it says of itself is not so by its weights");
});

test("of a model that has the base's embedding alone, the answer says that the rest is another's", () => {
  const stranger = change.rounded(trainedLike(SIZE, 4));
  const found = judged(
    change.changed(stranger, (matrix, name) =>
      name === EMBEDDING ? (BASE.tensors.get(name) ?? matrix) : matrix,
    ),
  );
  expect(found).toMatchObject({ relation: "fine-tune", rung: "proven", method: "embedding-signs" });
  expect(found.grounds.map(({ says }) => says).join("\n")).toContain(
    "attn_v and ffn_up do not agree while the rest does",
  );
});

test("a base that is quantised itself is compared within what both types explain", () => {
  const four = printOf(BASE, "Q4_0");
  expect(lineageOf(printOf(BASE, "Q4_0"), four).relation).toBe("same");
  expect(lineageOf(four, printOf(BASE, "Q8_0")).relation).toBe("quantisation");
  expect(lineageOf(PRINT, four).relation).toBe("fine-tune");
});

test("without weights nothing is known, however alike the rest", () => {
  const bare = { ...PRINT, norms: [], rows: [], cosines: { tokens: [], values: [] } };
  const found = lineageOf(bare, bare);
  expect([found.relation, found.rung, found.method]).toEqual(["unknown", null, null]);
  expect(familyLikeness(bare, bare)?.score).toBe(1);
});

test("without weights a name is what is said, and no more", () => {
  const bare = { ...PRINT, norms: [], rows: [], cosines: { tokens: [], values: [] } };
  const child = { ...bare, declared: { name: null, bases: ["https://huggingface.co/org/Base-1B"] } };
  expect(lineageOf(child, bare, ["/models/Base-1B"])).toMatchObject({
    relation: "fine-tune",
    rung: "declared",
    method: "metadata",
  });
  expect(lineageOf(child, bare, ["/models/Other-1B"]).relation).toBe("unknown");
});

test("files with one digest are the same, whatever else was read", () => {
  const digest = `sha256:${"a".repeat(64)}` as const;
  expect(lineageOf({ ...PRINT, digest }, { ...PRINT, digest, norms: [] })).toMatchObject({
    relation: "same",
    rung: "proven",
    method: "digest",
  });
});

test("independent models are not found related, and score no better than the bound says", () => {
  const size = { ...SIZE, layers: 2, feedForward: 128, vocabulary: 512 };
  const prints = Array.from({ length: 16 }, (_, n) =>
    fingerprintIn(change.rounded(trainedLike(size, 100 + n)), "BF16"),
  );
  const all = prints.flatMap((one, n) => prints.slice(n + 1).map((other) => lineageOf(one, other)));
  const chances = all.flatMap(({ grounds }) =>
    grounds.flatMap(({ method, chance }) => (method.endsWith("signs") ? [chance ?? 1] : [])),
  );
  expect(new Set(all.map(({ relation }) => relation))).toEqual(new Set(["unrelated"]));
  expect(chances.filter((chance) => chance <= 0.05).length / chances.length).toBeLessThanOrEqual(0.05);
});

const changed = (seed: number): Network => change.rounded(change.tuned(BASE, randomFrom(seed), 0.1));
const PARENTS = [
  { name: "base", print: PRINT },
  { name: "one", print: printOf(changed(11)) },
  { name: "other", print: printOf(changed(12)) },
];

test("a merge is told with its parents and their shares, a third fine-tune is none", () => {
  const mix = change.mixed([changed(11), changed(12)], ([one = 0, other = 0]) => 0.6 * one + 0.4 * other);
  const { merge, closest } = lineageAmong(printOf(mix), PARENTS);
  expect(merge?.lineage).toMatchObject({ relation: "merge", rung: "inferred", method: "mixture" });
  expect(merge?.mixture.of).toEqual(["one", "other"]);
  expect(merge?.mixture.shares[0]).toBeCloseTo(0.6, 1);
  expect(closest).not.toBeNull();
  expect(lineageAmong(printOf(changed(13)), PARENTS).merge).toBeNull();
  expect(lineageAmong(printOf(BASE), PARENTS)).toMatchObject({ closest: "base", merge: null });
});

test("a model that is tuned on from one of two is nearest to that one, and no merge", () => {
  const on = lineageAmong(printOf(change.tuned(changed(11), randomFrom(14), 0.05)), PARENTS);
  expect([on.closest, on.merge]).toEqual(["one", null]);
});
