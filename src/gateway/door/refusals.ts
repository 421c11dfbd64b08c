import { Fault } from "#base";
import { REVISIONS, RPC, RpcError, type RequestMessage } from "#wire";
import type { DoorLimits } from "./limits.ts";
import { refusalError } from "./replies.ts";

// What the door itself says no to, in the words clients see.

/** Revisions that a client can agree on with us, newest first. */
const SPOKEN: readonly string[] = REVISIONS.filter((r) => r.negotiable || r.era === "modern").map(
  (r) => r.version,
);

export function unsupportedVersion(requested: string): RpcError {
  return new RpcError(RPC.unsupportedVersion, "this protocol version is not spoken here", {
    supported: SPOKEN,
    requested,
  });
}

export function sessionRequired(): RpcError {
  return refusalError(RPC.invalidRequest, {
    code: "session_required",
    reason: "the request names no MCP session",
    remedy:
      "Send initialize first, then its Mcp-Session-Id with every request; or speak revision 2026-07-28.",
  });
}

export function sessionUnknown(): RpcError {
  return refusalError(RPC.refused, {
    code: "session_unknown",
    reason: "there is no such MCP session here for this agent",
    remedy: "Send initialize to open a new one.",
  });
}

export function badInitialize(): RpcError {
  return refusalError(RPC.invalidParams, {
    code: "initialize_params",
    reason: "initialize needs protocolVersion, capabilities and clientInfo",
    remedy: "Send them as the MCP specification describes.",
  });
}

export function tooManySessions(limits: DoorLimits): RpcError {
  return refusalError(RPC.refused, {
    code: "too_many_sessions",
    reason: `this agent holds ${limits.sessionsPerAgentMax} MCP sessions, or the door is full, and all are in use`,
    remedy: "Close sessions with DELETE when they are no longer needed.",
  });
}

export function tooManyExchanges(limits: DoorLimits): RpcError {
  return refusalError(RPC.refused, {
    code: "too_many_requests",
    reason: `this agent has ${limits.exchangesPerAgentMax} requests under way`,
    remedy: "Wait for some of them to finish, or cancel them.",
  });
}

export function tooManyStreams(limits: DoorLimits): RpcError {
  return refusalError(RPC.refused, {
    code: "too_many_streams",
    reason: `this agent has ${limits.streamsPerAgentMax} event streams open`,
    remedy: "Close streams that nobody reads any more.",
  });
}

export function notFound(message: RequestMessage): RpcError {
  return new RpcError(
    RPC.methodNotFound,
    `there is no method ${message.method.slice(0, 80)} in this revision`,
  );
}

export function idInUse(): RpcError {
  return refusalError(RPC.invalidRequest, {
    code: "id_in_use",
    reason: "a request with this id is still under way in this session",
    remedy: "Give every request an id of its own.",
  });
}

export function unknownAnswer(): RpcError {
  return refusalError(RPC.invalidRequest, {
    code: "unknown_answer",
    reason: "this answers nothing that this session was asked",
    remedy: "Send responses only to requests that came from here, with their id.",
  });
}

export function unknownEvent(): RpcError {
  return refusalError(RPC.invalidRequest, {
    code: "unknown_event",
    reason: "the stream of this Last-Event-ID is not kept any more",
    remedy: "Open a new stream without it; look up the outcome of the request that was lost.",
  });
}

export function clientCancelled(): Fault {
  return new Fault("client_cancelled", "the client cancelled the request", "Nothing to do.");
}

export function clientLeft(): Fault {
  return new Fault(
    "client_cancelled",
    "the client closed the response before it was complete",
    "Send the request again if it is still wanted.",
  );
}

export function doorClosing(): Fault {
  return new Fault("door_closing", "Doorward is stopping", "Send the request again once it is back.");
}
