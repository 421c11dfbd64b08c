import type { Content, Scored } from "./content.ts";
import {
  ANGLES_LEAST,
  CHANCE_MAX,
  type Ground,
  type Method,
  NORMS_LEAST,
  RANKS_LEAST,
  SIGNS_LEAST,
  TESTS,
} from "./verdict.ts";

/** Of two digests of 64 bits that are equal by chance, by pairs that are compared. */
const DIGEST_CHANCE = 2 ** -64;

/** What each test of the weights says, the strongest first. */
export function contentGrounds(content: Content): readonly Ground[] {
  const { normDigests, normRanks, embedding, matrices, angles } = content;
  const grounds = [
    digestGround(normDigests),
    scoredGround("matrix-signs", matrices, SIGNS_LEAST, "the signs of sampled rows of the layers' matrices"),
    scoredGround("embedding-signs", embedding, SIGNS_LEAST, "the signs of sampled rows of the embedding"),
    scoredGround("norm-ranks", normRanks, RANKS_LEAST, "the norms' weights, by their order of size,"),
    angleGround(angles),
    partGround(content.byRole),
  ];
  return grounds.filter((ground) => ground !== null);
}

/** Whether a test of the weights shows a common origin beyond the bound. */
export function isProof({ method, speaks, chance }: Ground): boolean {
  return speaks === "for" && chance !== null && chance <= CHANCE_MAX && method !== "embedding-angles";
}

function digestGround(digests: Content["normDigests"]): Ground | null {
  if (digests === null) return null;
  const { ordered, sorted, compared } = digests;
  const isMoved = sorted > ordered;
  const score = Math.max(ordered, sorted);
  const share = `${Math.round(score * compared)} of ${compared}`;
  const how = isMoved ? "hold the same weights in another order" : "have the same weights";
  return {
    method: "norm-digests",
    says: `${share} norms ${how}, rounded to bfloat16`,
    score,
    threshold: NORMS_LEAST,
    chance: score > 0 ? Math.min(1, DIGEST_CHANCE * compared * TESTS) : 1,
    speaks: score >= NORMS_LEAST ? "for" : "neither",
  };
}

function scoredGround(method: Method, scored: Scored | null, threshold: number, what: string): Ground | null {
  if (scored === null) return null;
  const chance = Math.min(1, scored.chance * TESTS);
  const isFor = scored.score >= threshold && chance <= CHANCE_MAX;
  const said = method === "norm-ranks" ? "correlate by" : "agree in";
  return {
    method,
    says: `${what} ${said} ${rounded(scored.score)} (${scored.compared} compared)`,
    score: scored.score,
    threshold,
    chance,
    speaks: isFor ? "for" : "neither",
  };
}

function angleGround(angles: Content["angles"]): Ground | null {
  if (angles === null) return null;
  return {
    method: "embedding-angles",
    says: `the angles between tokens' embeddings correlate by ${rounded(angles.score)}; in part that follows from language itself`,
    score: angles.score,
    threshold: ANGLES_LEAST,
    chance: null,
    speaks: angles.score >= ANGLES_LEAST ? "for" : "neither",
  };
}

/** Where one kind of matrix agrees and another does not at all: reordered, replaced or pruned. */
function partGround(byRole: Content["byRole"]): Ground | null {
  const parts = [...byRole];
  const foreign = parts.filter(([, { chance }]) => chance > CHANCE_MAX).map(([role]) => role);
  if (foreign.length === 0 || foreign.length === parts.length) return null;
  return {
    method: "values",
    says: `${foreign.join(" and ")} do not agree while the rest does: reordered, replaced or pruned`,
    score: null,
    threshold: null,
    chance: null,
    speaks: "neither",
  };
}

export const rounded = (value: number): string => (Math.round(value * 1000) / 1000).toString();
