import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "#base";
import type { Connected, Origin, Presented, ProxiedAnswer, ProxiedRequest, ProxyRoad } from "#proxy";
import type { Identity } from "#vocabulary";
import { createTally, type Tally } from "../door/context.ts";
import type { Matches } from "../door/door.ts";
import type { DoorRefusal } from "../door/road.ts";
import type { Answer, Asker } from "../outside.ts";
import { keptAnswer } from "./kept.ts";
import type { HttpOutside } from "./own.ts";
import { clientLeft, faultAnswer, internalFault, refusalAnswer } from "./problems.ts";
import { readHttp } from "./read.ts";
import { createRooms, type Room, type Rooms } from "./room.ts";
import { sendingOf } from "./sending.ts";
import { openTunnel } from "./tunnel.ts";
import { openWebSocket } from "./web-socket.ts";

/** Whoever connected: asked anew for every request, for a key may be revoked while its connection stays open. */
export interface Caller {
  readonly identity: () => Identity | DoorRefusal | Promise<Identity | DoorRefusal>;
  /** As it was when it connected; null: only asking says. */
  readonly known: Identity | null;
  /** Whose connections are counted together: the agent's; of a token that is not looked at yet, its own. */
  readonly name: string;
}

/** The road behind the http door, and what ends what is under way on it. */
export interface HttpRoad extends ProxyRoad<Caller> {
  /** Ends every request, socket and tunnel of the identities that match: revocation and stop. */
  readonly cut: (matches: Matches, why: Fault) => void;
  /** Told of every cut: for what the proxy itself keeps open, a sandbox's lifeline above all. */
  readonly onCut: (told: (matches: Matches, why: Fault) => void) => void;
  /** Ends the tunnels and WebSockets that would not be let through any more. */
  readonly recheck: () => void;
  /** Refuses further requests, and gives those under way at most `graceMs`. */
  readonly drain: (graceMs: number) => Promise<void>;
  readonly close: () => void;
}

export interface HttpRoadOptions {
  readonly own: HttpOutside;
  /** Null: no key of an agent of ours, and no token that is looked at. */
  readonly callerOf: (presented: Presented, from: Socket) => Caller | null;
  /** Why the bearer of a key may do nothing now; null: they may, or nobody knows them. */
  readonly barred: (key: string) => Fault | null;
}

interface UnderWay {
  readonly identity: Identity;
  readonly stop: AbortController;
}

interface Desk extends HttpRoadOptions {
  readonly underWay: Set<UnderWay>;
  readonly places: Tally;
  readonly rooms: Rooms;
  closing: boolean;
}

const DRAIN_POLL_MS = 20;

export function createHttpRoad(options: HttpRoadOptions): HttpRoad {
  const places = createTally(options.own.limits.requestsPerAgentMax);
  const rooms = createRooms(options.own.limits);
  const desk: Desk = { ...options, underWay: new Set(), places, rooms, closing: false };
  const listeners: ((matches: Matches, why: Fault) => void)[] = [];
  const cut: HttpRoad["cut"] = (matches, why) => {
    for (const { identity, stop } of desk.underWay) if (matches(identity, stop.signal)) stop.abort(why);
    for (const told of listeners) told(matches, why);
  };
  return {
    cut,
    onCut: (told) => void listeners.push(told),
    recheck: options.own.standing.recheck,
    identify: options.callerOf,
    barred: options.barred,
    nameOf: ({ name }) => name,
    connect: (who, to, signal) => connected(desk, who, { to, signal }),
    request: (who, request) => requested(desk, who, request),
    socket: (who, request) => upgraded(desk, who, request),
    refused: (_who, fault, origin) =>
      options.own.report("http_refused", { code: fault.code, host: origin?.host ?? null }),
    drain: async (graceMs) => {
      desk.closing = true;
      const { ambient } = options.own;
      const until = ambient.monotonic() + graceMs;
      while (desk.underWay.size > 0 && ambient.monotonic() < until) await sleep(DRAIN_POLL_MS);
    },
    close: () => {
      desk.closing = true;
      cut(() => true, closing());
    },
  };
}

async function requested(desk: Desk, who: Caller, request: ProxiedRequest): Promise<ProxiedAnswer> {
  try {
    const flight = await takenOff(desk, who, request.signal);
    return await answered(desk, flight, request);
  } catch (error) {
    return failure(desk.own, error, request);
  }
}

/** One request under way: who asks, until when, and what is to be called at its end. */
export interface Flight {
  readonly identity: Identity;
  readonly signal: AbortSignal;
  /** For its body. */
  readonly room: Room;
  /** Ends it now. */
  readonly end: (why: Fault) => void;
  /** The client has its whole answer: that it goes away now says nothing any more. */
  readonly given: () => void;
  readonly landed: () => void;
}

async function takenOff(desk: Desk, who: Caller, left: AbortSignal): Promise<Flight> {
  if (desk.closing) throw closing();
  const identity = await who.identity();
  if ("kind" in identity) throw new Fault(identity.code, identity.reason, identity.remedy);
  const agent = identity.chain.agents.at(-1) ?? "";
  if (!desk.places.take(agent)) throw tooMany(desk.own.limits.requestsPerAgentMax);
  const stop = new AbortController();
  const one = { identity, stop };
  desk.underWay.add(one);
  const room = desk.rooms.of(agent);
  const gone = (): void => stop.abort(clientLeft());
  if (left.aborted) gone();
  else left.addEventListener("abort", gone, { once: true });
  return {
    identity,
    signal: stop.signal,
    room,
    end: (why) => stop.abort(why),
    given: () => left.removeEventListener("abort", gone),
    landed: () => {
      if (!desk.underWay.delete(one)) return;
      left.removeEventListener("abort", gone);
      desk.places.release(agent);
      room.release();
    },
  };
}

/** The road goes on after the answer's head came: its outcome is on record once the last byte was taken. */
async function answered(desk: Desk, flight: Flight, request: ProxiedRequest): Promise<ProxiedAnswer> {
  const { own } = desk;
  const { promise, resolve, reject } = Promise.withResolvers<ProxiedAnswer>();
  const { identity, signal, room } = flight;
  const travel = async (): Promise<void> => {
    const who = own.principal(identity);
    const read = await readHttp(own.reading, who, { ...request, signal, room });
    const done = own.quota.take(identity.chain.agents.at(-1) ?? "", read.body.plain?.length ?? 0);
    try {
      const whole = Promise.withResolvers<void>();
      const given = (): void => {
        if (!signal.aborted) whole.resolve();
        flight.given();
      };
      const asker: Asker = {
        signal,
        isHeard: () => !signal.aborted,
        given: whole.promise,
        waiting: () => {},
      };
      const forward = sendingOf({ own, read, signal, came: resolve, given });
      const answer = await own.road.travel(read.attempt, asker, forward);
      if (answer.kind !== "result") own.told(read.attempt, answer);
      resolve(answerFor(answer, request));
    } finally {
      done();
    }
  };
  void travel().catch(reject).finally(flight.landed);
  return promise;
}

/** What was not streamed: a refusal, a failure, or a result that an earlier request waited for. */
function answerFor(answer: Answer, request: ProxiedRequest): ProxiedAnswer {
  if (answer.kind === "failed")
    return faultAnswer(
      answer.error instanceof Fault ? answer.error : internalFault(),
      answer.action,
      request.headers,
    );
  if (answer.kind !== "result") return refusalAnswer(answer, request.headers);
  return keptAnswer(answer.result) ?? faultAnswer(notKept(), answer.action, request.headers);
}

async function connected(
  desk: Desk,
  who: Caller,
  { to, signal }: { readonly to: Omit<Origin, "scheme">; readonly signal: AbortSignal },
): Promise<Connected> {
  let flight: Flight | null = null;
  try {
    flight = await takenOff(desk, who, signal);
    return await openTunnel(desk.own, flight, to);
  } catch (error) {
    flight?.landed();
    return { kind: "answered", answer: failure(desk.own, error, { headers: [] }) };
  }
}

async function upgraded(desk: Desk, who: Caller, request: ProxiedRequest): ReturnType<HttpRoad["socket"]> {
  let flight: Flight | null = null;
  try {
    flight = await takenOff(desk, who, request.signal);
    return await openWebSocket(desk.own, flight, request);
  } catch (error) {
    flight?.landed();
    return { kind: "answered", answer: failure(desk.own, error, request) };
  }
}

function failure(
  own: HttpOutside,
  error: unknown,
  { headers }: Pick<ProxiedRequest, "headers">,
): ProxiedAnswer {
  if (error instanceof Fault && error.code !== "bug") return faultAnswer(error, null, headers);
  own.report("http_door_failed", error);
  return faultAnswer(internalFault(), null, headers);
}

function closing(): Fault {
  return new Fault("door_closing", "Doorward is stopping", "Send the request again once it is back.");
}

function tooMany(max: number): Fault {
  return new Fault(
    "too_many_requests",
    `this agent has ${max} requests under way`,
    "Wait for some of them to finish, or close connections that nobody reads any more.",
  );
}

function notKept(): Fault {
  return new Fault(
    "answer_not_kept",
    "the request was sent, and its answer went to an earlier request of this agent; it is too large to be kept",
    "Use that answer. If it is needed a second time, send the request again: that asks anew.",
  );
}
