import { startSeatbelt } from "./seatbelt-start.ts";
import { type RunningSandbox, type Start, startBubblewrap } from "./start.ts";

/** Makes the sandbox of a plan by what this machine has, and runs a program in it. Throws `sandbox_failed`. */
export function startSandbox(start: Start): Promise<RunningSandbox> {
  return start.ready.backend === "seatbelt" ? startSeatbelt(start) : startBubblewrap(start);
}
