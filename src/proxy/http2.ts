import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import { faultAnswer } from "./answers.ts";
import { type Door, noteRefusal } from "./door.ts";
import { asFault, clientGone } from "./faults.ts";
import { readHttp2 } from "./http2-read.ts";
import { sendHttp2 } from "./http2-send.ts";
import type { Origin } from "./port.ts";
import { beginRequest, dropAnswer } from "./requests.ts";

/** HTTP/2 on the inside of intercepted tunnels (RFC 9113). */
export interface Http2<Who> {
  readonly serve: (socket: Duplex, inside: Inside<Who>) => void;
  readonly close: () => void;
}

interface Inside<Who> {
  readonly who: Who;
  readonly origin: Origin;
}

const SETTINGS_MAX = 32;
const PINGS_MAX = 10;
const INVALID_FRAMES_MAX = 10;
const REJECTED_STREAMS_MAX = 50;
const SESSION_MEMORY_MIB = 8;

export function openHttp2<Who>(door: Door<Who>): Http2<Who> {
  const sessions = new Set<ServerHttp2Session>();
  return {
    serve: (socket, inside) => {
      const session = performServerHandshake(socket, optionsOf(door));
      sessions.add(session);
      session.once("close", () => sessions.delete(session)).on("error", () => session.destroy());
      keepBusy(session, door.limits.idleMs);
      session.on("stream", (stream, _headers, _flags, rawHeaders: string[]) => {
        stream.on("error", () => {});
        void answerOne(door, inside, stream, rawHeaders);
      });
    },
    close: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

function optionsOf<Who>({ limits }: Door<Who>) {
  return {
    settings: {
      maxConcurrentStreams: limits.streamsMax,
      maxHeaderListSize: limits.headBytesMax,
      enableConnectProtocol: false,
      enablePush: false,
    },
    maxHeaderListPairs: limits.headersMax,
    maxSettings: SETTINGS_MAX,
    maxOutstandingPings: PINGS_MAX,
    maxSessionInvalidFrames: INVALID_FRAMES_MAX,
    maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
    maxSessionMemory: SESSION_MEMORY_MIB,
    streamResetBurst: limits.resetsMax,
    streamResetRate: limits.resetsPerSecond,
  };
}

/** A connection without a request is closed after a time, whatever else is said on it. */
function keepBusy(session: ServerHttp2Session, idleMs: number): void {
  const close = (): void => session.destroy();
  let [open, timer] = [0, setTimeout(close, idleMs)];
  session.on("stream", (stream: ServerHttp2Stream) => {
    open += 1;
    clearTimeout(timer);
    stream.once("close", () => {
      open -= 1;
      if (open === 0 && !session.destroyed) timer = setTimeout(close, idleMs);
    });
  });
  session.once("close", () => clearTimeout(timer));
}

async function answerOne<Who>(
  door: Door<Who>,
  { who, origin }: Inside<Who>,
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
): Promise<void> {
  const under = beginRequest(
    door,
    who,
    () => void setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), door.limits.cutMs),
  );
  stream.once("close", () => {
    if (!stream.writableFinished) under.abort(clientGone());
  });
  try {
    const request = readHttp2(door, { stream, rawHeaders, origin, signal: under.signal });
    const asked = door.road.request(who, request);
    const answer = await under.wait(asked).catch((cause: unknown) => {
      void asked.then(dropAnswer, () => {});
      throw cause;
    });
    await sendHttp2(stream, answer, { isHead: request.method === "HEAD", stallMs: door.limits.stallMs });
  } catch (thrown) {
    const fault = asFault(thrown);
    noteRefusal(door, { who, origin, fault });
    if (stream.headersSent || stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else await sendHttp2(stream, faultAnswer(fault), { isHead: false, stallMs: door.limits.stallMs });
  } finally {
    under.close();
  }
}
