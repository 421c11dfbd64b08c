// Crosscheck: one decision in N is made again by the official Cedar engine, in a thread of its own. Where the two ever
// differ, an alarm is raised, and from then on an action needs both.
export {
  type Crosscheck,
  type CrosscheckOptions,
  type Disagreement,
  EVERY_DEFAULT,
  openCrosscheck,
} from "./open.ts";
