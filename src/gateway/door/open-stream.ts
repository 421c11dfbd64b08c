import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { DoorContext } from "./context.ts";
import { openOutlet, type Outlet } from "./outlet.ts";
import { tooManyStreams } from "./refusals.ts";
import { errorText, sendJson } from "./replies.ts";

/**
 * Makes `response` an event stream of this agent: counted, kept alive, forgotten when it closes. Null where the client
 * is gone already, or where the agent has too many (which it is then told).
 */
export function openStream(
  context: DoorContext,
  response: ServerResponse,
  agent: string,
  headers: OutgoingHttpHeaders = {},
): Outlet | null {
  if (response.destroyed || response.headersSent) return null;
  if (!context.streams.take(agent)) {
    sendJson(response, 429, errorText(undefined, tooManyStreams(context.limits)), { "retry-after": "1" });
    return null;
  }
  const outlet = openOutlet(response, context.limits.backlogBytesMax, headers);
  context.outlets.add(outlet);
  response.once("close", () => {
    context.outlets.delete(outlet);
    context.streams.release(agent);
  });
  return outlet;
}
