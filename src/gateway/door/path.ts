import type { ServerName } from "#vocabulary";
import type { DoorPath } from "./road.ts";

const DOOR_PATH =
  /^\/door(?:\/k\/(?<secret>[A-Za-z0-9_-]{16,128}))?\/mcp(?:\/(?<server>[a-z][a-z0-9-]{0,30}))?$/;

/**
 * Reads `/door/mcp[/<server>]` and `/door/k/<secret>/mcp[/<server>]`; null for anything else, a query included: two
 * spellings of one address would be two places to guard.
 */
export function doorPathOf(url: string | undefined): DoorPath | null {
  const found = DOOR_PATH.exec(url ?? "");
  if (found === null) return null;
  const server = found.groups?.["server"];
  return { server: isServerName(server) ? server : null, secret: found.groups?.["secret"] ?? null };
}

/** The pattern has checked the form; this only gives it its name. */
function isServerName(text: string | undefined): text is ServerName {
  return text !== undefined;
}
