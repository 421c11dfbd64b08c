import {
  Client,
  type ClientCapabilities,
  type PriorDiscovery,
  type Transport,
} from "@modelcontextprotocol/client";
import { Fault, type JsonObject } from "#base";
import { CONNECT_TIMEOUT_MS, PROBE_TIMEOUT_MS } from "./limits.ts";
import { plainJson } from "./message.ts";

export type Era = "legacy" | "modern";

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
}

export interface Negotiated {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly serverInfo: ServerInfo;
  readonly instructions: string | null;
  /** Skips the probe of the next connection to the same pin. */
  readonly prior: PriorDiscovery;
}

/** What Doorward tells servers it can do for them; sampling and elicitation are decided call by call (T15). */
export interface DeclaredClient {
  readonly capabilities: ClientCapabilities;
}

export const CLIENT_INFO = { name: "doorward", version: "0.1.0" } as const;

/**
 * Runs the SDK's handshake over a fresh transport: `server/discover` first, `initialize` where the server is of the
 * 2025 era. Afterwards the SDK's client is done: the caller takes the transport's callbacks over.
 */
export async function negotiate(
  transport: Transport,
  declared: DeclaredClient,
  prior?: PriorDiscovery,
): Promise<Negotiated> {
  const client = new Client(CLIENT_INFO, {
    capabilities: declared.capabilities,
    versionNegotiation: { mode: "auto", probe: { timeoutMs: PROBE_TIMEOUT_MS } },
  });
  await client.connect(transport, { timeout: CONNECT_TIMEOUT_MS, ...(prior === undefined ? {} : { prior }) });
  const era = client.getProtocolEra();
  const protocolVersion = client.getNegotiatedProtocolVersion();
  if (era === undefined || protocolVersion === undefined) throw unnegotiated();
  const discover = client.getDiscoverResult();
  const { name, version } = client.getServerVersion() ?? { name: "", version: "" };
  return {
    era,
    protocolVersion,
    capabilities: plainJson(client.getServerCapabilities() ?? {}),
    serverInfo: { name, version },
    instructions: client.getInstructions() ?? null,
    prior: discover === undefined ? { kind: "legacy" } : { kind: "modern", discover },
  };
}

function unnegotiated(): Fault {
  return new Fault(
    "upstream_no_protocol",
    "the server and Doorward found no protocol revision in common",
    "Update the server; Doorward speaks 2024-11-05 to 2026-07-28.",
  );
}
