import type { LicenceClaim } from "./claims.ts";
import { licenceOfBase, licenceOfId } from "./known.ts";
import type { Licence, Standing } from "./licence.ts";

/** One model of a lineage, and what is said of its licence; the first of a chain is the model in question, the others its ancestors. */
export interface ChainModel {
  readonly name: string;
  /** Other names that its files give it. */
  readonly aliases: readonly string[];
  /** What the model before it in the chain is of this one; `self` for the first. */
  readonly relation: "self" | "fine-tune" | "adapter" | "merge" | "quantisation" | "derivative";
  readonly grounds: "declared" | "inferred" | "proven";
  readonly claims: readonly LicenceClaim[];
}

/** A licence that binds at one model of the chain, and by what it is known. */
export interface Bound {
  readonly model: string;
  readonly licence: Licence;
  readonly by: "text" | "tag" | "name";
  readonly from: string;
}

/** One model of the chain, read: all that is said of it binds, and the strictest of it counts. */
export interface Resolved {
  readonly model: ChainModel;
  readonly bound: readonly Bound[];
  /** What is said and not known; for a model of which nothing is said and nothing is known, that. */
  readonly unknown: readonly string[];
  readonly standing: Standing;
}

export const STANDING_SAYS: Readonly<Record<Standing, string>> = {
  open: "may be used by anyone, with notices kept",
  copyleft: "passed on under the same licence alone",
  conditional: "usable under conditions",
  "non-commercial": "not for commercial use",
  research: "for research alone",
  unknown: "not known: nothing may be taken as allowed until a person has read it",
};

/**
 * What binds at one model: every licence that its files claim and, where its name is that of a model whose first publication is known, the
 * licence of that publication too: nobody frees a model by repeating its name over another licence.
 */
export function resolved(model: ChainModel): Resolved {
  const claimed = model.claims.flatMap(({ licences, is, from }) => {
    return licences.flatMap((id) => bound(model, licenceOfId(id), is, from));
  });
  const published = [model.name, ...model.aliases].flatMap((name) => {
    return bound(model, licenceOfBase(name), "name", `published as ${name}`);
  });
  const also = published.filter(({ licence }) => {
    return model.claims.length === 0 || licence.standing !== "open";
  });
  const all = [...claimed, ...also.filter((one) => isNew(one, claimed))];
  const said = model.claims.flatMap(({ unknown, from }) => unknown.map((what) => `${from}: ${what}`));
  const unknown =
    all.length === 0 && said.length === 0 ? [`${model.name}: nothing is said of its licence`] : said;
  return { model, bound: all, unknown, standing: standingOf(all, unknown) };
}

function isNew({ licence }: Bound, others: readonly Bound[]): boolean {
  return !others.some((other) => other.licence.id === licence.id);
}

function bound(model: ChainModel, licence: Licence | null, by: Bound["by"], from: string): readonly Bound[] {
  return licence === null ? [] : [{ model: model.name, licence, by, from }];
}

const ORDER: readonly Standing[] = ["open", "copyleft", "conditional", "non-commercial", "research"];

function standingOf(all: readonly Bound[], unknown: readonly string[]): Standing {
  if (unknown.length > 0) return "unknown";
  return ORDER[Math.max(0, ...all.map(({ licence }) => ORDER.indexOf(licence.standing)))] ?? "unknown";
}
