import type { ServerResponse } from "node:http";
import { asLegacyResult, RPC, type RequestId, type RpcError } from "#wire";
import type { DoorContext } from "./context.ts";
import { openStream } from "./open-stream.ts";
import type { EventStream } from "./replay.ts";
import { errorText, refusalError, resultText, sendJson } from "./replies.ts";
import type { McpSession } from "./sessions.ts";

/**
 * The answer to one legacy request: plain JSON if nothing else was said by then and it came soon, else an event stream
 * that outlives its connection: what is sent while the client is away is kept for when it resumes.
 */
export interface LegacyAnswer {
  /** Whether a connection is there that the answer would leave on. */
  readonly isHeard: () => boolean;
  /** Sends a notification or a question of ours on the request's own stream. */
  readonly send: (message: string) => void;
  readonly result: (result: object) => void;
  readonly error: (error: RpcError) => void;
  /** Ends without a response: the client cancelled. */
  readonly abandon: () => void;
}

export interface LegacyAnswerOptions {
  readonly context: DoorContext;
  readonly session: McpSession;
  readonly response: ServerResponse;
  readonly id: RequestId;
  /** The agent, whose streams are counted. */
  readonly agent: string;
  /** False: the client only takes event streams. */
  readonly takesJson: boolean;
}

export function createLegacyAnswer(options: LegacyAnswerOptions): LegacyAnswer {
  const { context, session, response, id } = options;
  let stream: EventStream | null = null;
  let done = false;

  function stay(): EventStream {
    clearTimeout(timer);
    stream ??= begin();
    return stream;
  }

  function begin(): EventStream {
    const opened = session.replay.open();
    const outlet = openStream(context, response, options.agent);
    if (outlet !== null) opened.attach(outlet, null);
    return opened;
  }

  function finish(status: number, text: string): void {
    if (done) return;
    done = true;
    clearTimeout(timer);
    if (stream === null) sendJson(response, status, text);
    else {
      stream.send(text, keptForm(context, id, text));
      stream.finish();
    }
  }

  const timer = setTimeout(stay, context.limits.streamAfterMs);
  timer.unref();
  if (!options.takesJson) stay();
  return {
    isHeard: () => (stream === null ? !response.destroyed : stream.isAttached()),
    send: (message) => {
      if (!done) stay().send(message);
    },
    result: (result) => finish(200, resultText(id, asLegacyResult({ ...result }))),
    error: (error) => finish(200, errorText(id, error)),
    abandon: () => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      if (stream !== null) stream.drop();
      else openStream(context, response, options.agent)?.end();
    },
  };
}

/** What a client finds who comes back for an answer that is larger than what is kept. */
function keptForm(context: DoorContext, id: RequestId, text: string): string {
  if (text.length <= context.limits.replayBytesMax) return text;
  const error = refusalError(RPC.refused, {
    code: "answer_not_kept",
    reason: "the answer was sent, but is too large to be kept for a client that lost its connection",
    remedy: "The call was made: look at its receipt before making it again.",
  });
  return errorText(id, error);
}
