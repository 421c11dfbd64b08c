import type { Content } from "./content.ts";
import type { Fingerprint } from "./print.ts";
import { rounded } from "./grounds.ts";
import { isPacked, isQuantised, PRECISION, storedDifference } from "./values.ts";
import type { Ground, Relation } from "./verdict.ts";

/** Of the layers' matrices; storing in four bits makes up to a tenth of the weights zero. */
const ZEROS_PRUNED = 0.1;
const ZEROS_PRUNED_QUANTISED = 0.25;
const ZEROS_USUAL = 0.05;

export interface Kind {
  readonly relation: Exclude<Relation, "unrelated" | "unknown" | "merge" | "adapter">;
  readonly direction: "of-base" | "not-told";
  readonly ground: Ground;
}

/** What kind of relation it is, where the weights show that there is one. */
export function kindOf(child: Fingerprint, base: Fingerprint, content: Content): Kind {
  return (
    prunedKind(child, base, content) ??
    sameKind(child, base, content) ??
    quantisedKind(child, base, content) ??
    tunedKind(child, base, content)
  );
}

const said = (method: Ground["method"], says: string, score: number | null = null): Ground => ({
  method,
  says,
  score,
  threshold: null,
  chance: null,
  speaks: "neither",
});

function prunedKind(child: Fingerprint, base: Fingerprint, { values }: Content): Kind | null {
  const smaller = (["width", "layers", "feedForward", "keyValue"] as const).filter((name) => {
    const [one, other] = [child.dimensions[name], base.dimensions[name]];
    return one !== null && other !== null && one < other;
  });
  if (smaller.length > 0)
    return {
      relation: "pruned",
      direction: "of-base",
      ground: said("layers", `it has less of ${smaller.join(", ")} than the base`),
    };
  const least = isQuantised(child.type) ? ZEROS_PRUNED_QUANTISED : ZEROS_PRUNED;
  if (values === null || values.zeros < least || values.baseZeros > ZEROS_USUAL) return null;
  return {
    relation: "pruned",
    direction: "of-base",
    ground: said(
      "values",
      `${percent(values.zeros)} of the sampled weights of its layers are zero`,
      values.zeros,
    ),
  };
}

const hasAllNorms = ({ normDigests }: Content): boolean => normDigests === null || normDigests.sorted === 1;
const hasForeignPart = ({ byRole }: Content): boolean =>
  [...byRole.values()].some(({ chance, score }) => chance > 1e-6 || score < 0.75);
const isSameSize = (child: Fingerprint, base: Fingerprint): boolean =>
  (["width", "layers", "vocabulary", "feedForward"] as const).every((name) => {
    const [one, other] = [child.dimensions[name], base.dimensions[name]];
    return one === other || one === null || other === null;
  });
const hasAllRows = (child: Fingerprint, base: Fingerprint): boolean => child.rows.length === base.rows.length;

function sameKind(child: Fingerprint, base: Fingerprint, content: Content): Kind | null {
  const { values } = content;
  const isEqual = values !== null && values.difference <= PRECISION && !hasForeignPart(content);
  if (!isEqual || !hasAllNorms(content) || !isSameSize(child, base) || !hasAllRows(child, base)) return null;
  const isExact = values.equal > 0.999;
  const says = isExact
    ? "all sampled weights are equal"
    : `the sampled weights differ by ${rounded(values.difference)} of their size, as another precision makes them`;
  // What is quantised is never called the same as what is not, however fine.
  if (child.type !== base.type && isQuantised(child.type)) return null;
  return { relation: "same", direction: "not-told", ground: said("values", says, values.difference) };
}

function quantisedKind(child: Fingerprint, base: Fingerprint, content: Content): Kind | null {
  const { values } = content;
  if (isPacked(child.type)) return packedKind(child, base, content);
  const isFiner = storedDifference(base.type) < storedDifference(child.type);
  if (values === null || !isQuantised(child.type) || !isFiner || values.excess > 1) return null;
  if (!hasAllNorms(content) || !isSameSize(child, base) || hasForeignPart(content)) return null;
  const says = `the sampled weights differ by ${rounded(values.difference)} of their size, which storing them as ${child.type} explains; a change smaller than that can't be seen`;
  return { relation: "quantisation", direction: "of-base", ground: said("values", says, values.difference) };
}

/** What is not packed is as it was; of the rest nothing is known but that it is not read. */
function packedKind(child: Fingerprint, base: Fingerprint, content: Content): Kind | null {
  const isKept = content.normDigests?.ordered === 1 && (content.values?.excess ?? 0) <= 1;
  if (!isKept || isPacked(base.type) || !isSameSize(child, base) || hasForeignPart(content)) return null;
  const says =
    "its norms and what else is not packed are the base's; the packed weights are not read, and a change to them can't be seen";
  return { relation: "quantisation", direction: "of-base", ground: said("values", says, null) };
}

function tunedKind(child: Fingerprint, base: Fingerprint, { values }: Content): Kind {
  const more = (child.dimensions.vocabulary ?? 0) > (base.dimensions.vocabulary ?? Infinity);
  const grown = more ? "; its vocabulary is larger" : "";
  const says =
    values === null
      ? `no weights could be compared one by one${grown}`
      : `the sampled weights differ by ${rounded(values.difference)} of their size${grown}; which of the two came first, or whether both come from a third, weights do not tell`;
  return {
    relation: "fine-tune",
    direction: more ? "of-base" : "not-told",
    ground: said("values", says, values?.difference ?? null),
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
