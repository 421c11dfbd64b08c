import type { Digest } from "#base";
import type { LicenceReport, ModelFacts, ModelFile } from "#models";

/** One model, as a bill of materials tells of it. */
export interface BilledModel {
  readonly name: string;
  /** By which it is known: docs/formats/models.md. */
  readonly digest: Digest;
  readonly files: readonly ModelFile[];
  /** Null where its files are no model that is known here. */
  readonly facts: ModelFacts | null;
  readonly licences: LicenceReport;
}

/** What is the same in every bill of one run. */
export interface BillFrame {
  /** Of Doorward. */
  readonly version: string;
  /** ISO 8601 in UTC; null to leave the time out, so that the same model always gives the same bill. */
  readonly at: string | null;
}

/** The ancestors that the licences of a model were read over, each once, without the model itself. */
export function ancestorsOf({ licences }: BilledModel): readonly string[] {
  const named = licences.chain.slice(1);
  return [...new Set(named.map(({ name }) => name))];
}
