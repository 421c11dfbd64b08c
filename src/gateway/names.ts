import type { ServerName } from "#vocabulary";
import { serverNameOf } from "./columns.ts";

/** Between server and tool in names of the aggregate endpoint. Model providers take letters, digits, `_` and `-`. */
const SEPARATOR = "__";

/** `fs` and `read_file` -> `fs__read_file`. */
export function aggregateName(server: ServerName, name: string): string {
  return `${server}${SEPARATOR}${name}`;
}

/** The server and its own name for what an agent named, or null where the name has no server in it. */
export function splitName(
  endpoint: ServerName | null,
  name: string,
): { server: ServerName; name: string } | null {
  if (endpoint !== null) return { server: endpoint, name };
  // Server names hold no underscore, so the first separator is the only possible one.
  const at = name.indexOf(SEPARATOR);
  if (at <= 0) return null;
  return { server: serverNameOf(name.slice(0, at)), name: name.slice(at + SEPARATOR.length) };
}

const AGENT_PREFIX = "agent:";

/** The "server" that an agent's own tools are reviewed and decided under: `agent:mailbot`. No MCP server's name has a colon. */
export function agentServer(agentName: string): ServerName {
  return serverNameOf(`${AGENT_PREFIX}${agentName}`);
}
