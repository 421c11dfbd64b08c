import { assert } from "#base";
import type { PolicyId } from "#vocabulary";

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function isPolicyId(text: string): text is PolicyId {
  return ID.test(text);
}

/** For ids that come back from the evaluator: they are ours, or something is badly wrong. */
export function policyIdOf(text: string): PolicyId {
  assert(isPolicyId(text), "the evaluator names a policy that we gave it");
  return text;
}
