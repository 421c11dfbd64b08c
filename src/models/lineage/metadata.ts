import { shown } from "../oddity.ts";
import { FAMILY_LEAST, familyLikeness } from "./family.ts";
import { rounded } from "./grounds.ts";
import type { Fingerprint } from "./print.ts";
import { tokenizerLikeness } from "./tokenizer.ts";
import type { Ground } from "./verdict.ts";

/** How the base is called: its own declared name, and by what the caller knows it. */
export type Names = readonly string[];

/** Whether the child says that it is of the base: the last part of a repository's name counts, letters and digits alone. */
export function isDeclaredOf(child: Fingerprint, names: Names): string | null {
  const known = new Set(names.map((name) => plainName(name)).filter((name) => name.length > 2));
  return child.declared.bases.find((base) => known.has(plainName(base))) ?? null;
}

const SUFFIX = /\.(?:gguf|safetensors|json)$/i;

function plainName(name: string): string {
  const last =
    name
      .replace(SUFFIX, "")
      .split(/[/\\]/)
      .findLast((part) => part !== "") ?? "";
  return last.toLowerCase().replaceAll(/[^a-z0-9.]/g, "");
}

/** What names, shapes and tokenizers say: never more than said or likely. */
export function metadataGrounds(child: Fingerprint, base: Fingerprint, names: Names): readonly Ground[] {
  const all = [
    declaredGround(child, names),
    shapeGround(child, base),
    tokenizerGround(child, base),
    familyGround(child, base),
  ];
  return all.filter((ground) => ground !== null);
}

const SAID = { threshold: null, chance: null } as const;

function declaredGround(child: Fingerprint, names: Names): Ground | null {
  const { bases } = child.declared;
  if (bases.length === 0) return null;
  const found = isDeclaredOf(child, names);
  const says =
    found === null
      ? `it says to be of ${shown(bases[0] ?? "")}, which is not how this base is called`
      : `it says to be of ${shown(found)}`;
  return { ...SAID, method: "metadata", says, score: null, speaks: found === null ? "neither" : "for" };
}

const DIMENSIONS = ["width", "layers", "vocabulary", "feedForward", "keyValue"] as const;

function shapeGround(child: Fingerprint, base: Fingerprint): Ground | null {
  if (child.shape !== null && child.shape === base.shape)
    return {
      ...SAID,
      method: "shape",
      says: "all shapes are equal, as in every model of this architecture and size",
      score: 1,
      speaks: "neither",
    };
  const known = DIMENSIONS.filter(
    (name) => child.dimensions[name] !== null && base.dimensions[name] !== null,
  );
  if (known.length === 0) return null;
  const other = known.filter((name) => child.dimensions[name] !== base.dimensions[name]);
  const said = other.map((name) => `${name} ${child.dimensions[name]} for ${base.dimensions[name]}`);
  return {
    ...SAID,
    method: "shape",
    says: other.length === 0 ? "the known dimensions are equal" : `it differs in ${said.join(", ")}`,
    score: (known.length - other.length) / known.length,
    speaks: "neither",
  };
}

function tokenizerGround(child: Fingerprint, base: Fingerprint): Ground | null {
  if (child.tokenizer === null || base.tokenizer === null) return null;
  const { how, score, sameFirst } = tokenizerLikeness(child.tokenizer, base.tokenizer);
  const says = {
    equal: "the tokenizers are equal",
    prefix: `the first ${sameFirst} tokens or more are equal, and the larger tokenizer adds some`,
    merges: "the merges are equal and the tokens are not",
    overlap: `the tokenizers share some ${rounded(score)} of their tokens`,
  }[how];
  return { ...SAID, method: "tokenizer", says, score, speaks: "neither" };
}

function familyGround(child: Fingerprint, base: Fingerprint): Ground | null {
  const likeness = familyLikeness(child, base);
  if (likeness === null) return null;
  return {
    method: "family",
    says: `by tokenizer, architecture and shape they are alike by ${rounded(likeness.score)}, which is likeness and not origin`,
    score: likeness.score,
    threshold: FAMILY_LEAST,
    chance: null,
    speaks: "neither",
  };
}
