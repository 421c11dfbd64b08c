import type { ChainModel } from "./chain.ts";
import type { FileClaims } from "./claims.ts";
import { type LicenceReport, dutiesOf } from "./duties.ts";

/** A base of a model: by its own files' word, or by what else is known. */
export interface NamedBase {
  readonly name: string;
  readonly relation: Exclude<ChainModel["relation"], "self">;
  readonly grounds: ChainModel["grounds"];
  /** What its own files say; left out where only its name is known. */
  readonly files?: readonly FileClaims[];
}

const BASES_MAX = 64;

/**
 * The report of one model from what its files say; `bases` are those that others know of (a lineage by content, a person). Of a base whose
 * files are not there, nothing is known but its name: where no publication of that name is known, its licence is unknown, and so is the whole.
 */
export function licenceReport(
  name: string,
  files: readonly FileClaims[],
  bases: readonly NamedBase[] = [],
): LicenceReport {
  const aliases = [...new Set(files.flatMap((file) => file.names))].filter((alias) => alias !== name);
  const declared = files
    .flatMap((file) => file.bases)
    .map((base): NamedBase => {
      return { name: base, relation: "derivative", grounds: "declared" };
    });
  const known = new Set([name, ...aliases]);
  const all = [...bases, ...declared].filter((base) => !known.has(base.name) && known.add(base.name));
  const self: ChainModel = {
    name,
    aliases,
    relation: "self",
    grounds: "declared",
    claims: files.flatMap((file) => file.claims),
  };
  const ancestors = all.slice(0, BASES_MAX).map(({ files: said = [], ...base }): ChainModel => {
    return {
      ...base,
      aliases: said.flatMap((file) => file.names),
      claims: said.flatMap((file) => file.claims),
    };
  });
  return dutiesOf([self, ...ancestors]);
}
