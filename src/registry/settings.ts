import type { RiskClass } from "./model.ts";
import { SERVING_DEFAULTS, type ServingRules } from "./serving.ts";

/** What an installation says of its register. */
export interface RegistrySettings {
  readonly serving: ServingRules;
  /** Who says yes to a model of each risk class: lines as `@hold` of a policy writes them, all of which must. */
  readonly approval: Readonly<Record<RiskClass, readonly string[]>>;
}

/** One person can run an installation; what can do much harm needs two, neither of them who proposed it. */
export const REGISTRY_DEFAULTS: RegistrySettings = {
  serving: SERVING_DEFAULTS,
  approval: { low: ["admins"], medium: ["admins"], high: ["admins, 2, not-requester"] },
};
