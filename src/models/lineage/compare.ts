import { type Content, contentOf } from "./content.ts";
import { contentGrounds, isProof } from "./grounds.ts";
import { isDeclaredOf, metadataGrounds, type Names } from "./metadata.ts";
import type { Fingerprint } from "./print.ts";
import { kindOf } from "./relation.ts";
import { ANGLES_NONE, CHANCE_UNRELATED, type Ground, type Lineage } from "./verdict.ts";

const UNKNOWN = {
  relation: "unknown",
  rung: null,
  method: null,
  score: null,
  threshold: null,
  chance: null,
  direction: null,
} as const;

const CONTRADICTED = {
  proven:
    "weights of the base that are not those its fingerprint was made of; or that both were begun from the same random start",
  inferred: "a test of the weights themselves that scores as independent models do",
  declared: "the weights: they were not compared, and anybody may write a name",
  unrelated:
    "a tie that the tests do not see: turned or mixed channels, a distillation, or training far from where it began",
  unknown: "more of the weights, or a fingerprint that holds them",
} as const;

/**
 * What a model is to a possible base, by what was kept of both, with its grounds. The ladder: a digest or the weights prove, angles and
 * shapes make likely, names only say. Never throws.
 */
export function lineageOf(child: Fingerprint, base: Fingerprint, names: Names = []): Lineage {
  const called = base.declared.name === null ? names : [...names, base.declared.name];
  const content = contentOf(child, base);
  const measured = contentGrounds(content);
  const grounds = [...measured, ...metadataGrounds(child, base, called)];
  const unread = [...new Set([...child.unread, ...base.unread])];
  const answer = (found: Decided): Lineage => ({ ...found, unread });
  if (child.digest !== null && child.digest === base.digest) return answer(identical(grounds));
  if (child.kind === "adapter") return answer(adapterOf(child, base, grounds));
  const proof = measured.find((ground) => isProof(ground));
  if (proof !== undefined)
    return answer(related(child, base, content, { grounds, by: proof, rung: "proven" }));
  const angles = measured.find(({ method, speaks }) => method === "embedding-angles" && speaks === "for");
  if (angles !== undefined)
    return answer(related(child, base, content, { grounds, by: angles, rung: "inferred" }));
  return answer(unproven(child, base, content, { grounds, called }));
}

type Decided = Omit<Lineage, "unread">;

const whyOf = ({
  method,
  score,
  threshold,
  chance,
}: Ground): Pick<Lineage, "method" | "score" | "threshold" | "chance"> => ({
  method,
  score,
  threshold,
  chance,
});

function identical(grounds: readonly Ground[]): Decided {
  const digest: Ground = {
    method: "digest",
    says: "the files have the same SHA-256",
    score: 1,
    threshold: 1,
    chance: 2 ** -256,
    speaks: "for",
  };
  return {
    relation: "same",
    rung: "proven",
    ...whyOf(digest),
    direction: "not-told",
    grounds: [digest, ...grounds],
    contradictedBy: "nothing short of a collision of SHA-256",
  };
}

interface By {
  readonly grounds: readonly Ground[];
  readonly by: Ground;
  readonly rung: "proven" | "inferred";
}

function related(
  child: Fingerprint,
  base: Fingerprint,
  content: Content,
  { grounds, by, rung }: By,
): Decided {
  const { relation, direction, ground } = kindOf(child, base, content);
  return {
    relation,
    rung,
    ...whyOf(by),
    direction,
    grounds: [by, ground, ...grounds.filter((one) => one !== by)],
    contradictedBy: CONTRADICTED[rung],
  };
}

interface Unproven {
  readonly grounds: readonly Ground[];
  readonly called: Names;
}

function unproven(
  child: Fingerprint,
  base: Fingerprint,
  content: Content,
  { grounds, called }: Unproven,
): Decided {
  const against = againstOf(child, base, content);
  const name = isDeclaredOf(child, called);
  if (against !== null) {
    const lied: Ground[] =
      name === null ? [] : [{ ...against, says: "what it says of itself is not so by its weights" }];
    return {
      relation: "unrelated",
      rung: "inferred",
      ...whyOf(against),
      direction: null,
      grounds: [against, ...lied, ...grounds.filter(({ method }) => method !== against.method)],
      contradictedBy: CONTRADICTED.unrelated,
    };
  }
  const said = grounds.find(({ method, speaks }) => method === "metadata" && speaks === "for");
  if (said !== undefined && !hasCompared(content))
    return {
      relation: child.type !== base.type && base.type !== null ? "quantisation" : "fine-tune",
      rung: "declared",
      ...whyOf(said),
      direction: "of-base",
      grounds,
      contradictedBy: CONTRADICTED.declared,
    };
  return { ...UNKNOWN, grounds, contradictedBy: CONTRADICTED.unknown };
}

const hasCompared = ({ embedding, matrices, normRanks, normDigests }: Content): boolean =>
  [embedding, matrices, normRanks, normDigests].some((test) => test !== null);

/** Why a pair is called unrelated: what was compared scores as independent models do, and no test is left open. */
function againstOf(child: Fingerprint, base: Fingerprint, content: Content): Ground | null {
  const { embedding, matrices, normRanks, angles } = content;
  const scored = [embedding, matrices, normRanks].filter((test) => test !== null);
  if (angles !== null && angles.score > ANGLES_NONE) return null;
  const isCalm = scored.every(({ chance }) => chance > CHANCE_UNRELATED);
  const strongest = matrices ?? embedding;
  const isEnough = scored.length >= 2 || (embedding !== null && angles !== null);
  if (isEnough && isCalm && strongest !== null)
    return {
      method: matrices === null ? "embedding-signs" : "matrix-signs",
      says: "the sampled weights agree no more than those of independently trained models do",
      score: strongest.score,
      threshold: null,
      chance: Math.min(1, strongest.chance),
      speaks: "against",
    };
  return otherShape(child, base, content);
}

/** Another width and another tokenizer: no way to come from a model is known that keeps neither. */
function otherShape(child: Fingerprint, base: Fingerprint, { angles }: Content): Ground | null {
  const hasRead = child.rows.length > 0 && base.rows.length > 0;
  if (!hasRead || child.dimensions.width === base.dimensions.width) return null;
  if (angles === null && hasSameTokens(child, base)) return null;
  return {
    method: angles === null ? "shape" : "embedding-angles",
    says: "neither the width nor the angles between tokens' embeddings are the base's",
    score: angles?.score ?? null,
    threshold: angles === null ? null : ANGLES_NONE,
    chance: null,
    speaks: "against",
  };
}

const hasSameTokens = ({ tokenizer }: Fingerprint, base: Fingerprint): boolean =>
  tokenizer !== null && tokenizer.digest === base.tokenizer?.digest;

function adapterOf(child: Fingerprint, base: Fingerprint, grounds: readonly Ground[]): Decided {
  const said = grounds.find(({ method, speaks }) => method === "metadata" && speaks === "for");
  const fits =
    child.dimensions.width === base.dimensions.width &&
    (child.dimensions.layers ?? 0) <= (base.dimensions.layers ?? 0);
  const shape: Ground = {
    method: "shape",
    says: fits
      ? "its matrices fit the base's, as they fit every model of that size"
      : "its matrices do not fit the base's",
    score: fits ? 1 : 0,
    threshold: 1,
    chance: null,
    speaks: fits ? "neither" : "against",
  };
  const all = [shape, ...grounds];
  if (!fits)
    return {
      relation: "unrelated",
      rung: "inferred",
      ...whyOf(shape),
      direction: null,
      grounds: all,
      contradictedBy: "shapes that were read wrongly",
    };
  if (said === undefined) return { ...UNKNOWN, grounds: all, contradictedBy: CONTRADICTED.unknown };
  return {
    relation: "adapter",
    rung: "declared",
    ...whyOf(said),
    direction: "of-base",
    grounds: all,
    contradictedBy: CONTRADICTED.declared,
  };
}
