import type { JsonObject } from "#base";
import type { ProxiedAnswer } from "#proxy";
import type { ChosenCredential, Injection, VaultDoor } from "#vault";
import type { Attempt, Forward } from "../outside.ts";
import { thoughLeft } from "../actions.ts";
import { callerGone, changedMeanwhile } from "../verdicts.ts";
import { type AnswerPassing, passedOn } from "./passing.ts";
import type { HttpOutside } from "./own.ts";
import type { HttpRequest } from "./read.ts";
import type { Headers, WebRequest, WebRules } from "./upstream.ts";

/** A request's way to its host: one send, whose answer streams on to the client as it comes. */
export interface Sending {
  readonly own: HttpOutside;
  readonly read: HttpRequest;
  /** Aborts when nobody waits any more, or who asked is cut. */
  readonly signal: AbortSignal;
  /** Told once, with the answer's head; its body comes while it is taken. */
  readonly came: (answer: ProxiedAnswer) => void;
  /** Told once the client took all of it. */
  readonly given: () => void;
}

export function sendingOf(sending: Sending): Forward {
  return {
    prepare: async (attempt, isApproved) => {
      const signal = isApproved ? thoughLeft(sending.signal) : sending.signal;
      if (signal.aborted) throw callerGone();
      if (isApproved) checkUnchanged(sending, attempt);
      const injection = await injected(sending);
      if (signal.aborted) throw callerGone();
      return () => send(sending, { attempt, isApproved, signal, injection });
    },
  };
}

/** T10: what was approved goes where, and with the credential, that it was approved for. */
function checkUnchanged({ own, read }: Sending, { identity, action }: Attempt): void {
  own.principal(identity);
  const { server, identity: known } = action.destination;
  const { rows } = own.reading.outside;
  if (read.isMapped && rows.serverIdentity(server)?.identity !== known) throw changedMeanwhile();
  const now = own.reading.vault?.choose(read.bearer, read.destination) ?? null;
  if (!isSame(now, read.chosen)) throw changedMeanwhile();
}

function isSame(one: ChosenCredential | null, other: ChosenCredential | null): boolean {
  return one?.id === other?.id && one?.version === other?.version && one?.state === other?.state;
}

/** After the intent is on record, and nowhere else: an injected secret is in this request and in nothing that is kept. */
export async function injected({ own, read }: Pick<Sending, "own" | "read">): Promise<Injection | null> {
  const { vault } = own.reading;
  if (vault === null || read.chosen === null) return null;
  return vault.inject(read.chosen, read.bearer, outgoingOf(read));
}

function outgoingOf({
  destination,
  request,
  headers,
  body,
}: HttpRequest): Parameters<VaultDoor["inject"]>[2] {
  return { destination, query: request.query, headers, bodySha256: body.sha256 };
}

interface Departing extends Pick<AnswerPassing, "attempt" | "isApproved" | "injection"> {
  readonly signal: AbortSignal;
}

async function send(sending: Sending, departing: Departing): Promise<JsonObject> {
  const { own, read, came, given } = sending;
  const { injection, signal } = departing;
  const answer = await own.web.send(rulesOf(own, read), requestOf(read, injection, signal));
  return passedOn({ ...departing, own, read, came, given, answer });
}

export function rulesOf({ limits }: HttpOutside, { access }: Pick<HttpRequest, "access">): WebRules {
  return { allowPrivate: access.isPrivate, answerMs: limits.answerMs, idleMs: limits.answerIdleMs };
}

/** INVARIANT: what is sent is what was decided: method, address and body as they were read, and the vault's own additions. */
export function requestOf(
  { request, headers, body }: Pick<HttpRequest, "request" | "headers" | "body">,
  injection: Injection | null,
  signal: AbortSignal,
): WebRequest {
  const query = injection?.query ?? request.query;
  return {
    origin: request.origin,
    method: request.method,
    target: `${request.path}${query === null ? "" : `?${query}`}`,
    headers: [...withInjected(headers, injection), ["accept-encoding", "identity"]],
    body: body.sent,
    client: injection?.client ?? null,
    signal,
  };
}

function withInjected(headers: Headers, injection: Injection | null): Headers {
  if (injection === null) return headers;
  const names = new Set(injection.headers.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !names.has(name)), ...injection.headers];
}
