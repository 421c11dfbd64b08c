import type { ServerResponse } from "node:http";
import type { JsonObject } from "#base";
import { RPC, type RequestId, type RpcError, sseEvent } from "#wire";
import type { DoorContext } from "./context.ts";
import { openStream } from "./open-stream.ts";
import type { Outlet } from "./outlet.ts";
import { errorText, resultText, sendJson } from "./replies.ts";

/** The answer to one modern request: JSON, or an event stream once something else is said first or it takes long. */
export interface ModernAnswer {
  readonly send: (message: string) => void;
  readonly result: (result: JsonObject) => void;
  readonly error: (error: RpcError) => void;
}

export interface ModernAnswerOptions {
  readonly context: DoorContext;
  readonly response: ServerResponse;
  readonly id: RequestId;
  readonly agent: string;
  readonly takesJson: boolean;
  /** The client closed the response before it was complete, which cancels the request. */
  readonly onLeft: () => void;
}

export function createModernAnswer(options: ModernAnswerOptions): ModernAnswer {
  const { context, response, id } = options;
  let outlet: Outlet | null = null;
  let done = false;

  const stream = (): void => {
    clearTimeout(timer);
    outlet ??= openStream(context, response, options.agent);
  };

  function finish(status: number, text: string): void {
    if (done) return;
    done = true;
    clearTimeout(timer);
    if (outlet === null) return sendJson(response, status, text);
    outlet.write(sseEvent(text));
    outlet.end();
  }

  const timer = setTimeout(stream, context.limits.streamAfterMs);
  timer.unref();
  if (!options.takesJson) stream();
  response.once("close", () => {
    clearTimeout(timer);
    if (!done) options.onLeft();
    done = true;
  });
  return {
    send: (message) => {
      if (done) return;
      stream();
      outlet?.write(sseEvent(message));
    },
    result: (result) => finish(200, resultText(id, result)),
    error: (error) => finish(statusOf(error), errorText(id, error)),
  };
}

/** HTTP status of an error that the revision gives one; every other error is an answer like any other. */
const STATUS: ReadonlyMap<number, number> = new Map([
  [RPC.methodNotFound, 404],
  [RPC.headerMismatch, 400],
  [RPC.missingCapability, 400],
  [RPC.unsupportedVersion, 400],
]);

function statusOf(error: RpcError): number {
  return STATUS.get(error.code) ?? 200;
}
