import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { Fault, type JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import { RPC, RpcError } from "#wire";
import { agentOf, type DoorContext, type Endable } from "./context.ts";
import { faultError, refusalError } from "./replies.ts";
import type { Channel, DoorPath, Era, Exchange } from "./road.ts";

/** What is known of the peer of one request. */
export interface Peer {
  readonly identity: Identity;
  readonly path: DoorPath;
  readonly channel: Channel;
  readonly era: Era;
  readonly protocolVersion: string;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject;
  readonly parameterHeaders: ReadonlyMap<string, string>;
}

export type Voice = Pick<Exchange, "notify" | "ask" | "isHeard">;

export const NO_PARAMETER_HEADERS: ReadonlyMap<string, string> = new Map();

export function makeExchange(
  context: DoorContext,
  peer: Peer,
  voice: Voice & { signal: AbortSignal },
): Exchange {
  const { path, ...rest } = peer;
  return { ...rest, ...voice, endpoint: path.server, id: context.ambient.id("exc") };
}

/** For notifications from the client: there is no request to speak on. */
export const MUTE: Voice & { signal: AbortSignal } = {
  signal: new AbortController().signal,
  isHeard: () => false,
  notify: () => {},
  ask: async () =>
    Promise.reject(
      new Fault("ask_refused", "a notification cannot be answered with a question", "Ask within a request."),
    ),
};

/** Raw `Mcp-Param-*` headers by the lower-case name that follows the prefix. */
export function parameterHeadersOf(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  const found = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith("mcp-param-") && typeof value === "string"
      ? [[name.slice("mcp-param-".length), value] as const]
      : [],
  );
  return found.length === 0 ? NO_PARAMETER_HEADERS : new Map(found);
}

/** One request under way: holds its agent's place, can be ended from outside. */
export interface Flight {
  readonly controller: AbortController;
  readonly release: () => void;
}

/** Takes a place for a request of this agent, or null where all are taken. */
export function takeOff(context: DoorContext, identity: Identity): Flight | null {
  const agent = agentOf(identity);
  if (!context.exchanges.take(agent)) return null;
  const controller = new AbortController();
  const endable: Endable = {
    identity,
    signal: controller.signal,
    end: (why) => controller.abort(why),
  };
  context.endables.add(endable);
  return {
    controller,
    release: () => {
      if (context.endables.delete(endable)) context.exchanges.release(agent);
    },
  };
}

/**
 * Waits until a complete answer has left this process, so that a client cannot pile up answers it does not read. One
 * that stops reading loses its connection after `stallMs`.
 */
export async function drained(response: ServerResponse, stallMs: number): Promise<void> {
  // A stream that goes on without us has its own bound, the backlog.
  if (!response.writableEnded || response.writableLength === 0 || response.destroyed) return;
  response.setTimeout(stallMs, () => response.destroy());
  await new Promise<void>((resolve) => {
    response.once("finish", resolve).once("close", resolve);
  });
}

/** The error a client sees for what the road threw. Faults show their code, reason and remedy; bugs show nothing. */
export function errorOf(context: DoorContext, thrown: unknown): RpcError {
  if (thrown instanceof RpcError) return thrown;
  if (thrown instanceof Fault && thrown.code !== "bug") return faultError(RPC.internal, thrown);
  context.report(thrown);
  return refusalError(RPC.internal, {
    code: "internal",
    reason: "something went wrong inside Doorward; the call may or may not have been made",
    remedy: "Look at the action in the ledger before trying again, and report this with the log line.",
  });
}
