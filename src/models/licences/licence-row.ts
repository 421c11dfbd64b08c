import { dutiesIn, type Licence, type Source, use } from "./licence.ts";

/** A row of the tables of licences that SPDX does not list: one text, read in one way. */
export interface LicenceRow extends Omit<Licence, "isSpdx" | "duties"> {
  readonly url: string;
  readonly read: Source["read"];
  /** By section. */
  readonly asks: Parameters<typeof dutiesIn>[2];
}

export function modelLicence({ url, read, asks, ...licence }: LicenceRow): Licence {
  return { ...licence, isSpdx: false, duties: dutiesIn(url, read, asks) };
}

export const research = (says: string) => use("research-only", says);
