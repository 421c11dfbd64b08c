import { type Ambient, Fault } from "#base";
import type { Identity } from "#vocabulary";
import type { Channel, Exchange } from "../door/road.ts";
import type { KeptCall } from "./kept-call.ts";

/**
 * The request of a call that is carried out while nobody is on the line: nothing can be said to its client, and nothing
 * asked. `channel` is what its server connection is bound to.
 */
export function awayExchange(
  ambient: Ambient,
  kept: KeptCall,
  now: { readonly identity: Identity; readonly channel: Channel; readonly signal: AbortSignal },
): Exchange {
  const { endpoint, era, protocolVersion, parameterHeaders } = kept;
  return {
    ...now,
    id: ambient.id("exc"),
    endpoint,
    era,
    protocolVersion,
    clientCapabilities: {},
    clientInfo: {},
    parameterHeaders: new Map(parameterHeaders),
    isHeard: () => false,
    notify: () => {},
    ask: async () => Promise.reject(nobodyThere()),
  };
}

/** Of a session whose client is gone: its calls share connections of their own, which live as long as `closed` says. */
export function awayChannel(session: string, closed: AbortSignal): Channel {
  return { id: `${session}/away`, publish: () => {}, closed };
}

function nobodyThere(): Fault {
  return new Fault(
    "ask_refused",
    "this call runs while its client is away, so nobody can be asked",
    "Send it as a plain request, and stay connected, if its server asks questions.",
  );
}
