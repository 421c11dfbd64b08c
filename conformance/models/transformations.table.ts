import * as change from "./changes.ts";
import { type Network, trainedLike } from "./network.ts";
import type { Quantised } from "./quantise.ts";
import type { Random } from "./random.ts";

/** What is done to a base, and what may be said of it then. */
export interface Transformation {
  readonly name: string;
  readonly relations: readonly string[];
  readonly type: Quantised;
  readonly make: (base: Network, random: Random) => Network;
}

const one = (
  name: string,
  relations: readonly string[],
  make: Transformation["make"],
  type: Quantised = "BF16",
): Transformation => ({ name, relations, type, make });

const TUNED = ["fine-tune"];
const half = (base: Network): number => base.size.layers / 2;
const layersOf = (base: Network): readonly number[] => Array.from({ length: base.size.layers }, (_, n) => n);

export const TRANSFORMATIONS: readonly Transformation[] = [
  one("copied, other precision", ["same"], (base) => base, "F16"),
  one("fine-tuned, drift 0.5 %", TUNED, (base, random) => change.tuned(base, random, 0.005)),
  one("fine-tuned, drift 5 %", TUNED, (base, random) => change.tuned(base, random, 0.05)),
  one("fine-tuned, drift 30 %", TUNED, (base, random) => change.tuned(base, random, 0.3)),
  one("fine-tuned, drift 100 %", TUNED, (base, random) => change.tuned(base, random, 1)),
  one("fine-tuned, drift 400 %", TUNED, (base, random) => change.tuned(base, random, 4)),
  one("adapter merged, 2 %", TUNED, (base, random) => change.adapted(base, random, 0.02)),
  one("adapter merged, 20 %", TUNED, (base, random) => change.adapted(base, random, 0.2)),
  one("quantised to Q8_0", ["quantisation"], (base) => base, "Q8_0"),
  one("quantised to Q4_0", ["quantisation"], (base) => base, "Q4_0"),
  one("quantised to Q4_K", ["quantisation"], (base) => base, "Q4_K"),
  one(
    "fine-tuned 5 % and quantised to Q4_K",
    TUNED,
    (base, random) => change.tuned(base, random, 0.05),
    "Q4_K",
  ),
  one(
    "adapter merged 20 % and quantised to Q4_K",
    TUNED,
    (base, random) => change.adapted(base, random, 0.2),
    "Q4_K",
  ),
  one("pruned by size, 30 %", ["pruned"], (base) => change.thinned(base, 0.3)),
  one("pruned by size, 60 %", ["pruned"], (base) => change.thinned(base, 0.6)),
  one("neurons pruned, 25 %", ["pruned"], (base) => change.narrowed(base, 0.25)),
  one("a quarter of the layers left out", ["pruned"], (base) =>
    change.stacked(
      base,
      layersOf(base).filter((layer) => layer % 4 !== 2),
    ),
  ),
  one("half of the layers left out and fine-tuned 5 %", ["pruned"], (base, random) =>
    change.tuned(
      change.stacked(
        base,
        layersOf(base).filter((layer) => layer < half(base) - 1 || layer === base.size.layers - 1),
      ),
      random,
      0.05,
    ),
  ),
  one("a quarter of the channels left out", ["pruned"], (base, random) =>
    change.rechanneled(
      base,
      random
        .order(base.size.width)
        .subarray(0, base.size.width * 0.75)
        .toSorted(),
    ),
  ),
  one("layers stacked twice", TUNED, (base) =>
    change.stacked(base, [
      ...layersOf(base).slice(0, half(base) + 1),
      ...layersOf(base).slice(half(base) - 1),
    ]),
  ),
  one("neurons reordered", TUNED, (base, random) => change.reordered(base, random)),
  one("heads reordered", TUNED, (base, random) => change.reheaded(base, random, 8)),
  one("channels reordered", ["same", ...TUNED], (base, random) =>
    change.rechanneled(base, random.order(base.size.width)),
  ),
  one("channels reordered and fine-tuned 5 %", TUNED, (base, random) =>
    change.tuned(change.rechanneled(base, random.order(base.size.width)), random, 0.05),
  ),
  one("noise of 5 %", TUNED, (base, random) => change.noised(base, random, 0.05)),
  one("noise of 100 %", TUNED, (base, random) => change.noised(base, random, 1)),
  one("norms folded into the matrices", TUNED, (base) => change.folded(base)),
  one("signs of channels turned", ["same", ...TUNED], (base, random) => change.flipped(base, random)),
  one("folded, signs turned and channels reordered", TUNED, (base, random) =>
    change.rechanneled(change.flipped(change.folded(base), random), random.order(base.size.width)),
  ),
  one("rotated (folded first)", TUNED, (base, random) => change.rotated(base, random)),
  one("rotated and fine-tuned 30 %", TUNED, (base, random) =>
    change.tuned(change.rotated(base, random), random, 0.3),
  ),
  one("vocabulary extended", TUNED, (base, random) => change.extended(base, random, 256)),
  one("trained anew with the base's outputs (distilled)", TUNED, (base, random) =>
    trainedLike(base.size, Math.floor(random.even() * 2 ** 31), base.tokenizer),
  ),
];
