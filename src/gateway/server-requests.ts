import { Fault, type Json, type JsonObject } from "#base";
import type { ServerName, Verb } from "#vocabulary";
import { isJsonObject, RPC, RpcError } from "#wire";
import { attemptOf, type Principal } from "./attempt.ts";
import type { Exchange } from "./door/road.ts";
import type { Hearing } from "./flows/hearing.ts";
import type { Forward, Outside } from "./outside.ts";
import type { Quota } from "./quota.ts";
import { spoken } from "./speech.ts";
import type { Road } from "./travel.ts";

/** What a server asks of the client is an action of the server's own: untrusted, decided, recorded (T15). */
export interface ServerRequests {
  readonly ask: (exchange: Exchange, server: ServerName, request: AskedOf) => Promise<JsonObject>;
  /** Answers an `input_required` result: `{inputResponses, requestState?}` for the retry of the call. */
  readonly answer: (exchange: Exchange, server: ServerName, result: JsonObject) => Promise<JsonObject>;
}

export interface AskedOf {
  readonly method: string;
  readonly params: JsonObject;
}

const VERBS: readonly Verb[] = ["sampling/createMessage", "elicitation/create", "roots/list"];
const REQUESTS_MAX = 16;

export function createServerRequests(own: {
  readonly outside: Outside;
  readonly road: Road;
  readonly principal: (exchange: Exchange) => Principal;
  readonly hearing: Hearing;
  /** By server and agent. */
  readonly quota: Quota;
}): ServerRequests {
  const ask = async (exchange: Exchange, server: ServerName, request: AskedOf): Promise<JsonObject> => {
    const bytes = JSON.stringify(request.params).length;
    const done = own.quota.take(`${server} ${exchange.identity.chain.agents.at(-1) ?? ""}`, bytes);
    try {
      return await decided(exchange, server, request);
    } finally {
      done();
    }
  };
  const decided = async (exchange: Exchange, server: ServerName, request: AskedOf): Promise<JsonObject> => {
    const verb = VERBS.find((known) => known === request.method);
    if (verb === undefined) {
      throw new RpcError(RPC.methodNotFound, `a server may not ask a client for ${request.method}`);
    }
    const wanted = { verb, server, name: request.method, arguments: request.params };
    const attempt = attemptOf(own.outside.ambient, own.outside.rows, own.principal(exchange), wanted);
    const asker = { signal: exchange.signal, isHeard: exchange.isHeard, waiting: () => {} };
    return spoken(
      request.method,
      await own.road.travel(attempt, asker, toClient(own.hearing, exchange, server, request)),
    );
  };
  return {
    ask,
    answer: async (exchange, server, result) => {
      const requests = inputRequests(server, result);
      const inputResponses: Record<string, Json> = {};
      // One after the other: each may be held for a person, and a person answers one question at a time.
      for (const [key, request] of requests) inputResponses[key] = await ask(exchange, server, request);
      const requestState = result["requestState"];
      return requestState === undefined ? { inputResponses } : { inputResponses, requestState };
    },
  };
}

function toClient(hearing: Hearing, exchange: Exchange, server: ServerName, request: AskedOf): Forward {
  const params =
    request.method === "elicitation/create" ? asTheServersWords(server, request.params) : request.params;
  return {
    prepare: async () => async () => {
      hearing.heard(exchange.identity, `${server}/${request.method}`, params, true);
      const answers = await exchange.ask({ request: { method: request.method, params } });
      const answer = answers["request"];
      if (answer === undefined || !isJsonObject(answer)) {
        throw new RpcError(RPC.internal, `the client's answer to ${request.method} is no object`);
      }
      return answer;
    },
  };
}

/** Whoever reads the question must see that it is the server that asks, not Doorward and not their agent. */
function asTheServersWords(server: ServerName, params: JsonObject): JsonObject {
  const message = params["message"];
  return typeof message === "string"
    ? { ...params, message: `[MCP server ${server} asks] ${message}` }
    : params;
}

function inputRequests(server: ServerName, result: JsonObject): readonly [string, AskedOf][] {
  const requests = result["inputRequests"] ?? {};
  const entries = isJsonObject(requests) ? Object.entries(requests) : [];
  const read = entries.map(([key, request]): [string, AskedOf] => {
    const method = isJsonObject(request) ? request["method"] : undefined;
    const params = isJsonObject(request) ? (request["params"] ?? {}) : undefined;
    if (typeof method !== "string" || params === undefined || !isJsonObject(params))
      throw bad(server, `request ${key}`);
    return [key, { method, params }];
  });
  if (read.length > REQUESTS_MAX)
    throw bad(server, `${read.length} requests at once (the limit is ${REQUESTS_MAX})`);
  return read;
}

function bad(server: ServerName, what: string): Fault {
  return new Fault(
    "upstream_bad_input_request",
    `server ${server} answered input_required with something unreadable: ${what}`,
    "Tell the server's author. The call may have had an effect, so check before you repeat it.",
  );
}
