import { KINDS } from "./words.ts";

type Kind = (typeof KINDS)[number]["value"];

/** What the address of a machine's page may say; anything else is left out. */
export function machineSearch(search: Record<string, unknown>): { kind?: Kind; gone?: true } {
  const kind = KINDS.find(({ value }) => value === search["kind"])?.value;
  return { ...(kind === undefined ? {} : { kind }), ...(search["gone"] === true ? { gone: true } : {}) };
}
