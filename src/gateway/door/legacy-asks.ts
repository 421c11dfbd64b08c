import { Fault, type Json, type JsonObject } from "#base";
import { missingCapabilities, RPC, RpcError, requiredCapabilities, type ResponseMessage } from "#wire";
import type { DoorContext } from "./context.ts";
import { callText } from "./replies.ts";
import type { AskRequest } from "./road.ts";

/** The questions put to the client of one legacy session, as JSON-RPC requests with ids of ours. */
export interface Asks {
  /** Sends the questions through `send` and waits for all answers, until `signal` aborts. */
  readonly ask: (
    requests: Readonly<Record<string, AskRequest>>,
    send: (message: string) => void,
    signal: AbortSignal,
  ) => Promise<Record<string, Json>>;
  /** Takes a posted response. False where no question of ours ever had its id; a late answer is taken and dropped. */
  readonly answered: (response: ResponseMessage) => boolean;
  readonly close: (why: Fault) => void;
}

interface Waiting {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
}

interface State {
  readonly context: DoorContext;
  readonly waiting: Map<number, Waiting>;
  last: number;
}

export function createAsks(context: DoorContext, capabilities: JsonObject): Asks {
  const state: State = { context, waiting: new Map(), last: 0 };
  return {
    ask: async (requests, send, signal) => {
      refuseUndeclared(requests, capabilities);
      if (state.waiting.size + Object.keys(requests).length > context.limits.asksPerSessionMax)
        throw tooManyAsks();
      signal.throwIfAborted();
      return askAll(state, requests, { send, signal });
    },
    answered: (response) => answered(state, response),
    close: (why) => {
      for (const { reject } of state.waiting.values()) reject(why);
      state.waiting.clear();
    },
  };
}

/** Throws -32021 for the first question that needs a capability the client did not declare. */
export function refuseUndeclared(requests: Readonly<Record<string, AskRequest>>, declared: JsonObject): void {
  for (const { method, params } of Object.values(requests)) {
    const required = requiredCapabilities(method, params);
    if (required === null) throw notAskable(method);
    const missing = missingCapabilities(required, declared);
    if (missing === null) continue;
    throw new RpcError(RPC.missingCapability, `the client did not declare what ${method} needs`, {
      requiredCapabilities: missing,
    });
  }
}

async function askAll(
  state: State,
  requests: Readonly<Record<string, AskRequest>>,
  way: { send: (message: string) => void; signal: AbortSignal },
): Promise<Record<string, Json>> {
  const ids: number[] = [];
  const asked = Object.entries(requests).map(async ([key, request]) => {
    state.last += 1;
    const id = state.last;
    ids.push(id);
    const answer = new Promise<Json>((resolve, reject) => state.waiting.set(id, { resolve, reject }));
    way.send(callText(request.method, request.params, id));
    return [key, await answer] as const;
  });
  const giveUp = (why: Error): void => {
    for (const id of ids) state.waiting.get(id)?.reject(why);
  };
  const onAbort = (): void => giveUp(reasonOf(way.signal));
  const timer = setTimeout(() => giveUp(expired()), state.context.limits.askMs);
  way.signal.addEventListener("abort", onAbort, { once: true });
  try {
    return Object.fromEntries(await Promise.all(asked));
  } finally {
    clearTimeout(timer);
    way.signal.removeEventListener("abort", onAbort);
    withdraw(state, ids, way.send);
  }
}

/** Tells the client to stop working on questions that nobody waits for any more. */
function withdraw(state: State, ids: readonly number[], send: (message: string) => void): void {
  for (const id of ids) {
    if (state.waiting.delete(id)) send(callText("notifications/cancelled", { requestId: id }));
  }
}

function answered(state: State, response: ResponseMessage): boolean {
  const { id, outcome } = response;
  if (typeof id !== "number" || id < 1 || id > state.last) return false;
  const waiting = state.waiting.get(id);
  if (waiting === undefined) return true;
  state.waiting.delete(id);
  if ("error" in outcome) waiting.reject(outcome.error);
  else waiting.resolve(outcome.result);
  return true;
}

/** Why a signal aborted, always as an Error. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}

export function expired(): Fault {
  return new Fault(
    "ask_expired",
    "the client did not answer a question in time",
    "Send the request again, and answer what it asks within ten minutes.",
  );
}

function tooManyAsks(): Fault {
  return new Fault(
    "ask_refused",
    "too many questions wait for this client",
    "Answer the questions that are open before sending more requests.",
  );
}

function notAskable(method: string): Fault {
  return new Fault(
    "ask_refused",
    `${method} is nothing a client can be asked`,
    "Servers may ask for sampling, elicitation and roots.",
  );
}
