import type { Bound, ChainModel, Resolved } from "./chain.ts";
import { type Duty, type Licence, STANDINGS } from "./licence.ts";

/** What is wrong with the licences of a chain, one sentence each. */
export interface Concern {
  /** `licence-unknown`, `licence-relabelled`, ... : the values of RULES. */
  readonly rule: ConcernRule;
  readonly severity: "medium" | "high";
  readonly says: string;
}

export const CONCERN_RULES = [
  "licence-unknown",
  "licence-mismatch",
  "licence-relabelled",
  "licence-conflict",
  "licence-naming",
  "output-training",
] as const;

export type ConcernRule = (typeof CONCERN_RULES)[number];

const CONCERNS_MAX = 200;

export function concernsOf(chain: readonly Resolved[]): readonly Concern[] {
  return [
    ...chain.flatMap(unknowns),
    ...chain.flatMap(mismatches),
    ...chain.flatMap(relabelledByName),
    ...relabelledByBase(chain),
    ...conflicts(chain),
    ...naming(chain),
    ...training(chain),
  ].slice(0, CONCERNS_MAX);
}

function unknowns({ unknown }: Resolved): readonly Concern[] {
  return unknown.map((what) => ({
    rule: "licence-unknown",
    severity: "high",
    says: `${what}: a person has to read what it allows`,
  }));
}

const isStricter = (one: Licence, other: Licence): boolean =>
  STANDINGS.indexOf(one.standing) > STANDINGS.indexOf(other.standing);

const isPlain = ({ standing }: Licence): boolean => standing === "open";

/** The text of a licence says one thing, a tag beside it another. */
function mismatches({ model, bound }: Resolved): readonly Concern[] {
  const texts = bound.filter(({ by }) => by === "text");
  const tags = bound.filter(({ by }) => by === "tag");
  if (texts.length === 0 || tags.length === 0) return [];
  const isSame = tags.some((tag) => texts.some(({ licence }) => licence.id === tag.licence.id));
  if (isSame && tags.every((tag) => texts.some(({ licence }) => licence.id === tag.licence.id))) return [];
  return [
    {
      rule: "licence-mismatch",
      severity: "high",
      says: `${model.name}: the text is ${named(texts)}, and it is labelled ${named(tags)}; both are taken to bind`,
    },
  ];
}

function named(bound: readonly Bound[]): string {
  return [...new Set(bound.map(({ licence, from }) => `${licence.name} (${from})`))].join(" and ");
}

/** The name of a model that was published under another licence: a copy, relabelled; or something else of the same name. */
function relabelledByName({ model, bound }: Resolved): readonly Concern[] {
  const claimed = bound.filter(({ by }) => by !== "name");
  if (claimed.length === 0) return [];
  return bound.flatMap(({ by, licence, from }): Concern[] => {
    if (by !== "name" || isPlain(licence)) return [];
    const says = `${model.name} is labelled ${named(claimed)}, and ${from}, a model of that name is under the ${licence.name}`;
    return [{ rule: "licence-relabelled", severity: "medium", says }];
  });
}

/** What was made of a model under a licence that stays with it does not carry that licence on. */
function relabelledByBase([self, ...bases]: readonly Resolved[]): readonly Concern[] {
  const own = (self?.bound ?? []).filter(({ by }) => by !== "name");
  if (self === undefined || own.length === 0) return [];
  return bases.flatMap(({ model, bound }) => {
    return bound.flatMap(({ licence }): Concern[] => {
      if (isPlain(licence) || own.some((one) => one.licence.id === licence.id)) return [];
      if (own.some((one) => isStricter(one.licence, licence))) return [];
      const says = `${self.model.name} is labelled ${named(own)}, and is a ${model.relation} (${model.grounds}) of ${model.name}, which is under the ${licence.name}: that goes on to bind`;
      return [{ rule: "licence-relabelled", severity: "high", says }];
    });
  });
}

const has = ({ licence }: Bound, kind: Duty["kind"]): boolean =>
  licence.duties.some((duty) => duty.kind === kind);

/** Licences that cannot both be kept by whoever passes the model on. */
function conflicts(chain: readonly Resolved[]): readonly Concern[] {
  const all = chain.flatMap(({ bound }) => bound);
  const sharing = all.filter((one) => has(one, "share-alike"));
  const found = sharing.flatMap((one) => {
    return all
      .filter(({ licence }) => licence.id !== one.licence.id && adds(licence, one.licence))
      .map(({ licence }) => {
        return `what is made of ${one.model} is passed on under the ${one.licence.name} alone, and the ${licence.name} asks for more than that`;
      });
  });
  const fixed = chain.slice(1).flatMap(({ bound }) => bound.filter((one) => has(one, "no-derivatives")));
  const closed = fixed.map(
    ({ model, licence }) => `the ${licence.name} of ${model} lets nothing that is made of it be passed on`,
  );
  return [...new Set([...found, ...closed])].map((says) => ({
    rule: "licence-conflict",
    severity: "high",
    says,
  }));
}

/** Whether a licence asks what a licence that shares alike forbids to add: anything but notices. */
function adds(licence: Licence, sharing: Licence): boolean {
  if (licence.standing === "open") return false;
  return licence.standing !== "copyleft" || sharing.id !== licence.id;
}

function naming([self, ...bases]: readonly Resolved[]): readonly Concern[] {
  if (self === undefined) return [];
  const own = self.model.name
    .slice(self.model.name.lastIndexOf("/") + 1)
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-");
  const asked = (bases.length === 0 ? [] : [self, ...bases]).flatMap(({ bound }) =>
    bound.flatMap(({ licence }) => licence.duties),
  );
  const words = new Set(
    asked.flatMap((duty) => (duty.kind === "naming" && duty.words !== null ? [duty.words] : [])),
  );
  return [...words]
    .filter(
      (word) =>
        !own.startsWith(word.toLowerCase().replaceAll(" ", "-")) &&
        !own.startsWith(`meta-${word.toLowerCase().replaceAll(" ", "-")}`),
    )
    .map((word) => ({
      rule: "licence-naming",
      severity: "medium",
      says: `where it is passed on, its name has to begin with "${word}", and it is called ${self.model.name}`,
    }));
}

/** A merge of families of which one may not improve others. */
function training(chain: readonly Resolved[]): readonly Concern[] {
  const merged = chain.filter(({ model }: { model: ChainModel }) => model.relation === "merge");
  const bound = merged.flatMap((one) => one.bound);
  const closed = bound.filter((one) => has(one, "output-training"));
  return closed
    .filter((one) => bound.some(({ licence }) => licence.id !== one.licence.id))
    .map(({ model, licence }) => ({
      rule: "output-training",
      severity: "medium",
      says: `${model} is merged with models of others, and the ${licence.name} lets it improve none but its own family`,
    }));
}
