import { signIn, startDoorward as startProcess, scratch } from "../tests/journeys/doorward-process.ts";
import type { ServerConfiguration } from "#upstream";

/** A running Doorward with one server behind it and one agent that may do everything. */
export interface RunningDoorward {
  /** The mcp door of that server for a keyless client (the suite cannot send a header). */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts a Doorward with `upstream` behind it, its tools accepted, under a policy that permits every action. */
export type StartDoorward = (upstream: ServerConfiguration) => Promise<RunningDoorward>;

const PERMIT_ALL = `@id("conformance")
@reason("The conformance suite tests the road, not the rules.")
permit (principal, action, resource);
`;
const SERVER = "suite";

/** A Doorward of its own process, set up over its HTTP API as an admin sets it up. */
export const startDoorward: StartDoorward = async (upstream) => {
  const data = scratch();
  const running = await startProcess(data.path);
  const close = async (): Promise<void> => {
    await running.stop();
    data.remove();
  };
  try {
    const admin = await signIn(running);
    await admin.perform("servers.add", { name: SERVER, accept: true, ...inputOf(upstream) });
    await admin.perform("policy.activate", { text: PERMIT_ALL });
    const { keylessDoor } = await admin.perform("agents.add", { name: "suite", keyless: true });
    if (typeof keylessDoor !== "string") throw new Error("agents.add gave no keyless door");
    return { url: `${keylessDoor}/${SERVER}`, close };
  } catch (cause) {
    await close();
    throw cause;
  }
};

function inputOf(upstream: ServerConfiguration): object {
  if (upstream.transport === "stdio") return { command: upstream.command };
  return { url: upstream.url, allowPrivate: upstream.allowPrivate };
}
