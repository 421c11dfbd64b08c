/** Which agent's recorded actions are learned from; it stands in the address, so that a proposal can be passed on. */
export interface PolicySearch {
  readonly learn?: string;
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Reads an address; what it does not know it leaves out. */
export function policySearch({ learn }: Record<string, unknown>): PolicySearch {
  return typeof learn === "string" && NAME.test(learn) ? { learn } : {};
}
