/** Main: parses what it was told, opens the outside in order, hands it in, starts, stops. */
import { run } from "./run.ts";

export { type Config, type Flags, readConfig } from "./config.ts";
export { type Doorward, openDoorward } from "./doorward.ts";

// The program itself; imported by benchmarks and journeys, it only offers its parts.
if (import.meta.main) process.exit(await run(process.argv.slice(2)));
