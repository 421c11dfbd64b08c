import { type Bound, type ChainModel, type Resolved, resolved, STANDING_SAYS } from "./chain.ts";
import { type Concern, concernsOf } from "./concerns.ts";
import { type Duty, DUTY_KINDS, type Standing, stricter } from "./licence.ts";

/** One duty, whose licence it is and at which model of the chain. */
export interface OwedDuty extends Duty {
  readonly licence: string;
  readonly model: string;
}

export interface LicenceReport {
  readonly model: string;
  /** The strictest over the chain; `unknown` where anything in it is. */
  readonly standing: Standing;
  readonly says: string;
  readonly licences: readonly {
    readonly model: string;
    readonly licence: string;
    readonly name: string;
    readonly by: Bound["by"];
    readonly from: string;
    readonly isSpdx: boolean;
  }[];
  /** The model and its ancestors, as far as they were read. */
  readonly chain: readonly Pick<ChainModel, "name" | "relation" | "grounds">[];
  readonly duties: readonly OwedDuty[];
  readonly concerns: readonly Concern[];
}

/** A lineage of more is read to here, and the rest is unknown. */
const CHAIN_MAX = 200;

/**
 * What whoever uses a model owes, over its whole lineage: the duties of every licence in it, each once per licence, the gravest first, and the
 * strictest standing. Nothing is freed by a later licence that asks less. Not legal advice: each duty names the section it was read in.
 */
export function dutiesOf(chain: readonly [ChainModel, ...ChainModel[]]): LicenceReport {
  const read = chain.slice(0, CHAIN_MAX).map(resolved);
  const bound = read.flatMap((one) => one.bound);
  const cutOff = chain.length > CHAIN_MAX;
  const standing = read.reduce<Standing>(
    (sum, one) => stricter(sum, one.standing),
    cutOff ? "unknown" : "open",
  );
  return {
    model: chain[0].name,
    standing,
    says: STANDING_SAYS[standing],
    licences: bound.map(({ model, licence, by, from }) => ({
      model,
      licence: licence.id,
      name: licence.name,
      by,
      from,
      isSpdx: licence.isSpdx,
    })),
    chain: read.map(({ model: { name, relation, grounds } }) => ({ name, relation, grounds })),
    duties: owed(read),
    concerns: concernsOf(read),
  };
}

function owed(read: readonly Resolved[]): readonly OwedDuty[] {
  const seen = new Set<string>();
  return read
    .flatMap(({ bound }) => bound)
    .filter(({ licence }) => !seen.has(licence.id) && seen.add(licence.id))
    .flatMap(({ model, licence }) => licence.duties.map((duty) => ({ ...duty, licence: licence.id, model })))
    .toSorted((one, other) => DUTY_KINDS.indexOf(one.kind) - DUTY_KINDS.indexOf(other.kind));
}
