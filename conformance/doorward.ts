import { signIn, startDoorward as startProcess, scratch } from "../tests/journeys/doorward-process.ts";
import type { ServerConfiguration } from "#upstream";

/** A running Doorward with servers behind it and one agent that may do everything. */
export interface RunningDoorward {
  /** The mcp door of one server for a keyless client (the suite cannot send a header). */
  readonly urlOf: (server: string) => string;
  readonly close: () => Promise<void>;
}

/** Starts a Doorward with these servers, by name, their tools accepted, under a policy that permits every action. */
export type StartDoorward = (
  upstreams: Readonly<Record<string, ServerConfiguration>>,
) => Promise<RunningDoorward>;

const PERMIT_ALL = `@id("conformance")
@reason("The conformance suite tests the road, not the rules.")
permit (principal, action, resource);
`;

/** A Doorward of its own process, set up over its HTTP API as an admin sets it up. */
export const startDoorward: StartDoorward = async (upstreams) => {
  const data = scratch();
  const running = await startProcess(data.path);
  const close = async (): Promise<void> => {
    await running.stop();
    data.remove();
  };
  try {
    const admin = await signIn(running);
    for (const [name, upstream] of Object.entries(upstreams)) {
      await admin.perform("servers.add", { name, accept: true, ...inputOf(upstream) });
    }
    await admin.perform("policy.activate", { text: PERMIT_ALL });
    const { keylessDoor } = await admin.perform("agents.add", { name: "suite", keyless: true });
    if (typeof keylessDoor !== "string") throw new Error("agents.add gave no keyless door");
    return { urlOf: (server) => `${keylessDoor}/${server}`, close };
  } catch (cause) {
    await close();
    throw cause;
  }
};

function inputOf(upstream: ServerConfiguration): object {
  if (upstream.transport === "stdio") return { command: upstream.command };
  return { url: upstream.url, allowPrivate: upstream.allowPrivate };
}
