// `npm run -s conformance:lineage -- PATH | --families [N] [--seed N]`: how well lineage is told. PATH: labelled pairs of the format of
// ../shared/data/models/lineage, or a pairs.json of our own. --families: models of our own generator, N bases of each size.
import { parseArgs } from "node:util";
import { FAMILY_LEAST, familyLikeness, lineageOf } from "#models";
import { familiesJudged, type Judged } from "./models/families.ts";
import { aucOf, counted, groupLines, isFound, share, thresholdLines } from "./models/measure.ts";
import { type LabelledPair, labelledPairs } from "./models/reference.ts";

const USAGE =
  "usage: npm run -s conformance:lineage -- PATH | --families [--bases N] [--independents N] [--seed N]\n";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    families: { type: "boolean", default: false },
    bases: { type: "string", default: "2" },
    independents: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
  },
});
const [folder] = positionals;
if ((folder === undefined) === !values.families) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
if (folder !== undefined) tellPairs(await labelledPairs(folder));
if (values.families) tellFamilies();

function tellPairs(pairs: readonly LabelledPair[]): void {
  const judged = pairs.map(({ prints: [child, base], related, relation, names }) => ({
    related,
    relation,
    lineage: lineageOf(child, base, [names[1]]),
    score: familyLikeness(child, base)?.score ?? 0,
  }));
  const ofLabel = (wanted: boolean) => judged.filter(({ related }) => related === wanted);
  print({
    set: "labelled pairs",
    pairs: judged.length,
    related: ofLabel(true).length,
    unrelated: ofLabel(false).length,
  });
  const taken = judged.filter(({ score }) => score >= FAMILY_LEAST);
  const left = judged.filter(({ score }) => score < FAMILY_LEAST);
  print({
    method: "family likeness (tokenizer, architecture, shape)",
    rung: "inferred",
    threshold: FAMILY_LEAST,
    auc: aucOf(judged),
    accuracy: share(
      judged.filter(({ related, score }) => related === score >= FAMILY_LEAST).length,
      judged.length,
    ),
    related: rates(taken, ofLabel(true), true),
    unrelated: rates(left, ofLabel(false), false),
  });
  for (const line of thresholdLines(judged)) print({ method: "family likeness", ...line });
  for (const related of [true, false]) {
    const own = ofLabel(related);
    const said = counted(
      own.map(({ lineage }) => `${lineage.relation}${lineage.rung === null ? "" : ` (${lineage.rung})`}`),
    );
    print({
      method: "lineage by weights",
      label: related ? "related" : "unrelated",
      pairs: own.length,
      said,
    });
  }
  const named = judged.filter(({ relation }) => relation !== null);
  const right = named.filter(({ relation, lineage }) => relation === lineage.relation).length;
  if (named.length > 0)
    print({ method: "lineage by weights", relationNamed: named.length, relationRight: right });
}

function rates(
  said: readonly { readonly related: boolean }[],
  all: readonly unknown[],
  wanted: boolean,
): object {
  const right = said.filter(({ related }) => related === wanted).length;
  return { precision: share(right, said.length), recall: share(right, all.length) };
}

function tellFamilies(): void {
  const judged: Judged[] = [
    ...familiesJudged({
      bases: Number(values.bases),
      independents: Number(values.independents),
      seed: Number(values.seed),
    }),
  ];
  for (const line of groupLines(judged)) print(line);
  const found = judged.filter(isFound);
  const proven = judged.filter(({ lineage }) => lineage.rung === "proven");
  const [related, independent] = [true, false].map((wanted) =>
    judged.filter(({ isRelated }) => isRelated === wanted),
  );
  print({
    set: "families of our own generator",
    seed: Number(values.seed),
    related: related?.length,
    independent: independent?.length,
    precision: share(found.filter(({ isRelated }) => isRelated).length, found.length),
    recall: share(found.filter(({ isRelated }) => isRelated).length, related?.length ?? 0),
    provenPrecision: share(proven.filter(({ isRelated }) => isRelated).length, proven.length),
    falselyFound: independent?.filter(isFound).length,
  });
  for (const bound of [0.1, 0.01, 0.001]) print({ ...chancesBelow(independent ?? [], bound) });
}

/** Of independent pairs: how many score as if by a chance below the bound, and how many may. */
function chancesBelow(independent: readonly Judged[], bound: number): object {
  const chances = independent.flatMap(({ lineage }) =>
    lineage.grounds.flatMap(({ method, chance }) => {
      const isBounded = chance !== null && (method.endsWith("signs") || method === "norm-ranks");
      return isBounded ? [chance] : [];
    }),
  );
  return {
    bound,
    tests: chances.length,
    below: share(chances.filter((chance) => chance <= bound).length, chances.length),
  };
}
