import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { assert, Fault } from "#base";
import type { Entity, Evaluation, EvaluationRequest, Evaluator, Outlook, Slice } from "./evaluator.ts";
import { policyIdOf } from "./policy-id.ts";

/** Parsed slices that the WASM instance keeps; beyond it the least recently used gives up its place. */
export const SLICES_MAX = 256;

// The WASM instance caches parsed policy sets by name for as long as the process lives, so places are handed out here,
// once per process or thread. A slice's key names its content: what is cached never changes an answer.
const places = new Map<string, string>();
const freePlaces = Array.from({ length: SLICES_MAX }, (_, index) => `slice-${index}`);

/** Cedar's official WASM build, with policies parsed once per slice: what our own engine is held against. */
export const cedarEvaluator: Evaluator = { evaluate, outlook };

function evaluate(slice: Slice, request: EvaluationRequest): Evaluation {
  const answer = guarded(() =>
    cedar.statefulIsAuthorized({
      ...callOf(request),
      preparsedPolicySetId: placeOf(slice),
      validateRequest: false,
    }),
  );
  if (answer.type === "failure") throw failed(answer.errors);
  const { decision, diagnostics } = answer.response;
  // Cedar walks its policies in the order of a hash table; a verdict must read the same every time.
  const errors = diagnostics.errors.map(({ policyId, error }) => ({
    policy: policyIdOf(policyId),
    message: error.message,
  }));
  return {
    decision,
    reasons: diagnostics.reason.toSorted().map(policyIdOf),
    errors: errors.toSorted((one, other) => (one.policy < other.policy ? -1 : 1)),
  };
}

export function outlook(slice: Slice, request: EvaluationRequest): Outlook {
  const call = callOf(request);
  const open = "budget" in call.context ? "budget" : "input";
  const context = { ...call.context, [open]: unknown(open), flow: unknown("flow") };
  const staticPolicies = Object.fromEntries(slice.policies.map(({ id, text }) => [id, text]));
  const answer = guarded(() => cedar.isAuthorizedPartial({ ...call, context, policies: { staticPolicies } }));
  if (answer.type === "failure") throw failed(answer.errors);
  const { satisfied, errored, nontrivialResiduals } = answer.response;
  return {
    satisfied: satisfied.map(policyIdOf),
    errored: errored.map(policyIdOf),
    open: nontrivialResiduals.map(policyIdOf),
  };
}

function unknown(name: string) {
  return { __extn: { fn: "unknown", arg: name } };
}

type CedarCall = Pick<
  cedar.StatefulAuthorizationCall,
  "principal" | "action" | "resource" | "context" | "entities"
>;

function callOf({ principal, action, resource, context }: EvaluationRequest): CedarCall {
  return {
    principal: principal.uid,
    action: action.uid,
    resource: resource.uid,
    context,
    entities: [principal, action, resource].map(entityJson),
  };
}

function entityJson({ uid, attrs, parents }: Entity): cedar.EntityJson {
  return { uid, attrs, parents: [...parents] };
}

/** The name under which the slice is parsed in the WASM instance, parsing it on first use. */
function placeOf(slice: Slice): string {
  const key = keyOf(slice);
  const known = places.get(key);
  if (known !== undefined) {
    places.delete(key);
    places.set(key, known);
    return known;
  }
  const place = takePlace();
  try {
    parse(place, slice);
  } catch (cause) {
    freePlaces.push(place);
    throw cause;
  }
  places.set(key, place);
  return place;
}

/** INVARIANT: names the content, a digest of the text and the ids taken from it, and no id holds a comma. */
function keyOf({ set, policies }: Slice): string {
  const ids: readonly string[] = policies.map(({ id }) => id);
  return `${set},${ids.toSorted().join(",")}`;
}

function takePlace(): string {
  const free = freePlaces.pop();
  if (free !== undefined) return free;
  const [oldest] = places;
  assert(oldest !== undefined, "a place is either free or taken");
  places.delete(oldest[0]);
  return oldest[1];
}

function parse(place: string, slice: Slice): void {
  const staticPolicies = Object.fromEntries(slice.policies.map(({ id, text }) => [id, text]));
  const answer = guarded(() => cedar.preparsePolicySet(place, { staticPolicies }));
  if (answer.type === "failure") throw failed(answer.errors);
}

/** A trap inside WASM (a stack overflow, memory exhausted) surfaces as a plain throw; the instance may be unusable then. */
function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new Fault(
      "policy_failed",
      "the Cedar engine stopped while evaluating a policy",
      "Nothing was sent. Restart Doorward; if it happens again, report the policy set and the log line.",
      cause,
    );
  }
}

function failed(errors: readonly cedar.DetailedError[]): Fault {
  const message = errors.map((error) => error.message).join("; ");
  return new Fault(
    "policy_failed",
    `the Cedar engine could not read the request: ${message}`,
    "Nothing was sent. Report this with the log line; the call itself may hold values that no policy can see.",
  );
}
