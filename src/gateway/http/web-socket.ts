import { isUtf8 } from "node:buffer";
import { Fault, type Json, type JsonObject, sha256 } from "#base";
import type { OpenSocket, ProxiedRequest, ProxyRoad, SocketMessage } from "#proxy";
import { parseStrictJson } from "#wire";
import type { Principal } from "../attempt.ts";
import type { Answer, Asker, Attempt, Forward } from "../outside.ts";
import { callerGone } from "../verdicts.ts";
import { type Heard, heardOf } from "./heard.ts";
import type { HttpOutside } from "./own.ts";
import { type AnswerPassing, passedOn } from "./passing.ts";
import { faultAnswer, internalFault, refusalAnswer } from "./problems.ts";
import { attemptFor, type HttpRequest, readHttp } from "./read.ts";
import type { Caller, Flight } from "./road.ts";
import { scrubbedBytes } from "./scrub.ts";
import { injected, requestOf, rulesOf } from "./sending.ts";
import type { WebSocketUpstream } from "./upstream.ts";

type Upgrade = Awaited<ReturnType<ProxyRoad<Caller>["socket"]>>;

interface Opening {
  readonly own: HttpOutside;
  readonly flight: Flight;
  readonly who: Principal;
  readonly read: HttpRequest;
}

/** An upgrade is one action, and every message that the agent then sends is another (T13). */
export async function openWebSocket(
  own: HttpOutside,
  flight: Flight,
  request: ProxiedRequest,
): Promise<Upgrade> {
  const who = own.principal(flight.identity);
  const { signal, room } = flight;
  const read = await readHttp(own.reading, who, { ...request, signal, room }, "http/open");
  const opening: Opening = { own, flight, who, read };
  const { promise, resolve, reject } = Promise.withResolvers<Upgrade>();
  const asker = askerOf(flight);
  const travel = async (): Promise<void> => {
    const answer = await own.road.travel(read.attempt, asker, openForward(opening, resolve));
    if (answer.kind === "result") return;
    own.told(read.attempt, answer);
    resolve({ kind: "answered", answer: refusedAnswer(answer, request) });
    flight.landed();
  };
  travel().catch((error: unknown) => {
    flight.landed();
    reject(error);
  });
  return promise;
}

function askerOf({ signal }: Flight): Asker {
  return { signal, isHeard: () => !signal.aborted, waiting: () => {} };
}

function refusedAnswer(answer: Exclude<Answer, { kind: "result" }>, { headers }: ProxiedRequest) {
  if (answer.kind !== "failed") return refusalAnswer(answer, headers);
  return faultAnswer(answer.error instanceof Fault ? answer.error : internalFault(), answer.action, headers);
}

function openForward(opening: Opening, resolve: (upgrade: Upgrade) => void): Forward {
  const { flight } = opening;
  const came: AnswerPassing["came"] = (answer) => resolve({ kind: "answered", answer });
  return {
    prepare: async (attempt, isApproved) => {
      if (flight.signal.aborted) throw callerGone();
      const injection = await injected(opening);
      if (flight.signal.aborted) throw callerGone();
      return () => upgrade(opening, { attempt, isApproved, injection, came }, resolve);
    },
  };
}

type Upgrading = Pick<AnswerPassing, "attempt" | "isApproved" | "injection" | "came">;

async function upgrade(
  opening: Opening,
  upgrading: Upgrading,
  resolve: (upgrade: Upgrade) => void,
): Promise<JsonObject> {
  const { own, flight, read } = opening;
  const { injection } = upgrading;
  const asked = requestOf(read, injection, flight.signal);
  const came = await own.web.socket(rulesOf(own, read), asked);
  if (came.kind === "answered")
    return passedOn({ ...upgrading, own, read, given: flight.given, answer: came.answer }).finally(
      flight.landed,
    );
  const close = own.standing.add({ ...upgrading, unfit: () => null, end: flight.end });
  const socket = socketOf(opening, came.socket, { secrets: injection?.secrets ?? [], close });
  resolve({ kind: "open", socket });
  return { status: 101, protocol: came.socket.protocol };
}

interface Opened {
  readonly secrets: readonly string[];
  /** To be called once it is open no longer. */
  readonly close: () => void;
}

/** `flight` lands when either side closes, or the agent is cut. */
function socketOf(opening: Opening, upstream: WebSocketUpstream, { secrets, close }: Opened): OpenSocket {
  const { flight } = opening;
  const cut = (): void => {
    upstream.close(1008, "ended by Doorward");
    close();
    flight.landed();
  };
  flight.signal.addEventListener("abort", cut, { once: true });
  if (flight.signal.aborted) cut();
  const over = (): void => {
    flight.signal.removeEventListener("abort", cut);
    close();
    flight.landed();
  };
  return {
    protocol: upstream.protocol,
    send: (message) => sent(opening, upstream, message),
    received: () => received(opening, { upstream, secrets, over }),
    close: (code, reason) => {
      upstream.close(code, reason);
      over();
    },
  };
}

async function sent(opening: Opening, upstream: WebSocketUpstream, message: SocketMessage): Promise<void> {
  const { own, flight, who } = opening;
  const attempt = messageAttempt(opening, own.principal(who.identity), message);
  const done = own.quota.take(flight.identity.chain.agents.at(-1) ?? "", message.bytes.length);
  try {
    const forward: Forward = {
      prepare: async () => {
        if (flight.signal.aborted) throw callerGone();
        return async () => {
          await upstream.send(message);
          return { sent: message.bytes.length };
        };
      },
    };
    const answer = await own.road.travel(attempt, askerOf(flight), forward);
    if (answer.kind === "result") return;
    own.told(attempt, answer);
    if (answer.kind !== "failed") throw new Fault(answer.code, answer.reason, answer.remedy);
    throw answer.error;
  } finally {
    done();
  }
}

function messageAttempt({ own, read }: Opening, who: Principal, message: SocketMessage): Attempt {
  const { action } = read.attempt;
  const { url = "" } = action.arguments;
  const { headers: _headers, ...rest } = action;
  const about: JsonObject = { kind: message.kind, bytes: message.bytes.length };
  const said = messageText(message);
  const shown = said === null ? { sha256: sha256(message.bytes).toString("hex") } : { message: said };
  const attempt = attemptFor(own.reading.outside, who, {
    ...rest,
    verb: "http/message",
    arguments: { method: "MESSAGE", url, ...about, ...shown },
  });
  const beside = said === null ? { beside: [Buffer.from(message.bytes).toString("latin1")] } : {};
  return { ...attempt, ...beside };
}

/** JSON where it is that, with one reading; else the text; null for bytes that are none. */
function messageText({ bytes }: SocketMessage): Json | null {
  if (!isUtf8(bytes)) return null;
  try {
    return parseStrictJson(bytes);
  } catch {
    return Buffer.from(bytes).toString("utf8");
  }
}

interface Receiving {
  readonly upstream: WebSocketUpstream;
  readonly secrets: readonly string[];
  readonly over: () => void;
}

async function* received(
  opening: Opening,
  { upstream, secrets, over }: Receiving,
): AsyncGenerator<SocketMessage> {
  const { own, read, flight } = opening;
  let heard: Heard | null = null;
  try {
    for await (const message of untilCut(upstream.received(), flight.signal)) {
      const plain = scrubbedMessage(message, secrets);
      // With its first message, and not before: an upgrade says nothing.
      heard ??= heardOf(own.hearing, {
        attempt: read.attempt,
        isTrusted: read.access.isTrusted,
        status: 101,
        headers: [["content-type", "text/event-stream"]],
        isReadable: true,
      });
      heard.push(plain.bytes);
      // What it said may be what ends it.
      if (flight.signal.aborted) throw flight.signal.reason;
      yield plain;
    }
  } finally {
    over();
  }
}

/** Throws what a cut gives as its reason, at once: a server may take its time to close. */
async function* untilCut(
  messages: AsyncIterable<SocketMessage>,
  signal: AbortSignal,
): AsyncGenerator<SocketMessage> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const cut = (): void => reject(signal.reason);
  signal.addEventListener("abort", cut, { once: true });
  if (signal.aborted) cut();
  const source = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([source.next(), promise]);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

function scrubbedMessage(message: SocketMessage, secrets: readonly string[]): SocketMessage {
  return secrets.length === 0 ? message : { ...message, bytes: scrubbedBytes(secrets, message.bytes) };
}
