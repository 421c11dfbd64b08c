/**
 * Learning: what an agent was seen doing in; the least policy that allows just that out, with its grounds, its tests and
 * the few generalisations that it says. Pure and deterministic; what others may have asked for is never learned (T18).
 */
export { createObserver, type Known, type Observer } from "./observer.ts";
export { isLearnedIn, type Proposal, propose } from "./proposal.ts";
