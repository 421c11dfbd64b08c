/** Sandbox: starts a program whose only way out is Doorward. */
export type * from "./port.ts";
export { findMeans } from "./means.ts";
export { holdLifeline, type Lifeline } from "./lifeline.ts";
export { replacedIn } from "./guard.ts";
export { makePlan } from "./plan.ts";
export { planServer } from "./server-plan.ts";
export { relayFor } from "./relay.ts";
export { relayHosts } from "./host-relay.ts";
export { startSandbox } from "./begin.ts";
export type { RunningSandbox } from "./start.ts";
export { sandboxUnavailable } from "./faults.ts";
export { NODE } from "./places.ts";
export { trusted } from "./trust.ts";
