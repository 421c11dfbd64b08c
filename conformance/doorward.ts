import type { ServerConfiguration } from "#upstream";

/** A running Doorward with one server behind it and one agent that may do everything. */
export interface RunningDoorward {
  /** The mcp door of that server for a keyless client (the suite cannot send a header). */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts a real Doorward process with `upstream` behind it, accepted, under a policy that permits every action. */
export type StartDoorward = (upstream: ServerConfiguration) => Promise<RunningDoorward>;
