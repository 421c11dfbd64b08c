import { type Fingerprint, type Lineage, lineageAmong, lineageOf } from "#models";
import { mixed, rounded, slerped, tied, tuned } from "./changes.ts";
import { fingerprintIn } from "./files.ts";
import { type Network, SIZES, trainedLike } from "./network.ts";
import { randomFrom } from "./random.ts";
import { TRANSFORMATIONS } from "./transformations.table.ts";

/** One pair and what was said of it. */
export interface Judged {
  readonly group: string;
  readonly isRelated: boolean;
  /** Any of these is right. */
  readonly relations: readonly string[];
  readonly lineage: Lineage;
}

export interface FamiliesOptions {
  /** Bases of each size that are transformed. */
  readonly bases: number;
  /** Bases of each size that are compared with each other. */
  readonly independents: number;
  readonly seed: number;
}

const UNRELATED = ["unrelated", "unknown"];

/** Makes families of models, writes each as a file and asks what it is to its base; then independent models of equal and other sizes. */
export function* familiesJudged({ bases, independents, seed }: FamiliesOptions): Generator<Judged> {
  const known: { readonly network: Network["size"]; readonly print: Fingerprint }[] = [];
  for (const [at, size] of SIZES.entries()) {
    for (let n = 0; n < Math.max(bases, independents); n += 1) {
      const own = seed + at * 1_000 + n;
      const base = rounded(trainedLike(size, own, n % 4 === 3 ? `other${n}` : "shared"));
      const print = fingerprintIn(base, "BF16");
      if (n < bases) yield* transformed(base, print, own);
      if (n < bases) yield* merged(base, print, own);
      if (n < independents) known.push({ network: size, print });
    }
  }
  for (const [n, one] of known.entries())
    for (const other of known.slice(n + 1))
      yield {
        group: one.network === other.network ? "independent, equal architecture" : "independent, other size",
        isRelated: false,
        relations: UNRELATED,
        lineage: lineageOf(one.print, other.print),
      };
}

function* transformed(base: Network, print: Fingerprint, seed: number): Generator<Judged> {
  for (const [n, { name, relations, type, make }] of TRANSFORMATIONS.entries()) {
    const child = fingerprintIn(make(base, randomFrom(seed * 100 + n)), type);
    yield { group: name, isRelated: true, relations, lineage: lineageOf(child, print) };
  }
}

const MERGES: readonly (readonly [
  name: string,
  make: (base: Network, tuned: readonly [Network, Network]) => Network,
])[] = [
  ["merged, linear", (_, both) => mixed(both, ([one = 0, other = 0]) => (one + other) / 2)],
  ["merged, linear 70:30", (_, both) => mixed(both, ([one = 0, other = 0]) => 0.7 * one + 0.3 * other)],
  ["merged, slerp", (_, [one, other]) => slerped(one, other)],
  ["merged, TIES of a fifth", (base, both) => tied(base, both)],
];

/** Two fine-tunes of the base, and what was made of both; beside them, for the contrary, a third that only looks alike. */
function* merged(base: Network, print: Fingerprint, seed: number): Generator<Judged> {
  for (const share of [0.02, 0.2]) {
    const [one, other, third] = [1, 2, 3].map((n) => rounded(tuned(base, randomFrom(seed * 10 + n), share)));
    if (one === undefined || other === undefined || third === undefined) return;
    const candidates = [
      { name: "base", print },
      { name: "one", print: fingerprintIn(one, "BF16") },
      { name: "other", print: fingerprintIn(other, "BF16") },
    ];
    const asked = (network: Network): Lineage => {
      const among = lineageAmong(fingerprintIn(network, "BF16"), candidates);
      const nearest = among.pairs.find(({ name }) => name === among.closest) ?? among.pairs[0];
      const found = among.merge?.lineage ?? nearest?.lineage;
      if (found === undefined) throw new Error("no candidate was judged");
      return found;
    };
    const said = ` (drift ${share * 100} %)`;
    for (const [name, make] of MERGES)
      yield {
        group: `${name}${said}`,
        isRelated: true,
        relations: ["merge"],
        lineage: asked(make(base, [one, other])),
      };
    yield {
      group: `a third fine-tune${said}`,
      isRelated: true,
      relations: ["fine-tune"],
      lineage: asked(third),
    };
    yield {
      group: `tuned on from one of two${said}`,
      isRelated: true,
      relations: ["fine-tune"],
      lineage: asked(tuned(one, randomFrom(seed * 10 + 4), share)),
    };
  }
}
