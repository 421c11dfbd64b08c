import { type Ambient, Fault, type JsonObject } from "#base";
import { checkParameterHeaders, isJsonObject, RPC, RpcError } from "#wire";
import type { ServerName, Verb } from "#vocabulary";
import { attemptOf, type Principal, type Wanted } from "./attempt.ts";
import type { Exchange } from "./door/road.ts";
import type { Hearing } from "./flows/hearing.ts";
import type { Line, Lines } from "./lines.ts";
import type { Answer, Asker, Attempt, Forward, Outside } from "./outside.ts";
import type { Quota } from "./quota.ts";
import type { ServerRequests } from "./server-requests.ts";
import { spoken } from "./speech.ts";
import type { Road } from "./travel.ts";
import { callerGone, changedMeanwhile } from "./verdicts.ts";

/** Everything a client's request needs to become an action and be carried out. */
export interface ActionsOutside {
  readonly outside: Outside;
  readonly ambient: Ambient;
  readonly road: Road;
  readonly lines: Lines;
  readonly quota: Quota;
  readonly principal: (exchange: Exchange) => Principal;
  readonly serverRequests: ServerRequests;
  readonly hearing: Hearing;
}

export interface Asked {
  readonly method: string;
  readonly params: JsonObject;
  readonly wanted: Wanted;
}

/** How often a server may answer "I need more input" to one call before it is given up. */
const ROUNDS_MAX = 16;
const CALL_TIMEOUT_MS = 10 * 60_000;

export async function act(own: ActionsOutside, exchange: Exchange, asked: Asked): Promise<JsonObject> {
  return spoken(asked.method, (await attempted(own, exchange, asked)).answer);
}

export interface Attempted {
  readonly attempt: Attempt;
  readonly answer: Answer;
}

/** The whole road of one request; what came of it is known to its session by then. */
export async function attempted(
  own: ActionsOutside,
  exchange: Exchange,
  asked: Asked,
  patience: Pick<Asker, "waitMs"> = {},
): Promise<Attempted> {
  const who = own.principal(exchange);
  const bytes = JSON.stringify(asked.wanted.arguments).length;
  const done = own.quota.take(who.identity.chain.agents.at(-1) ?? "", bytes);
  try {
    const attempt = attemptOf(own.ambient, own.outside.rows, who, asked.wanted);
    const asker: Asker = {
      signal: exchange.signal,
      isHeard: exchange.isHeard,
      waiting: waitingOf(exchange, asked.params),
      ...patience,
    };
    const answer = await own.road.travel(attempt, asker, forwardOf(own, exchange, asked));
    own.hearing.came(attempt, answer);
    return { attempt, answer };
  } finally {
    done();
  }
}

/** Tells a waiting client, in progress if it asked for that, that a person must decide first. */
function waitingOf(exchange: Exchange, params: JsonObject): (sentence: string) => void {
  const meta = params["_meta"];
  const token = isJsonObject(meta) ? meta["progressToken"] : undefined;
  let progress = 0;
  return (message) => {
    if (token === undefined) return;
    // Far below any real progress value, and growing, as the protocol asks.
    progress += 1e-6;
    exchange.notify("notifications/progress", { progressToken: token, progress, message });
  };
}

export function forwardOf(own: ActionsOutside, exchange: Exchange, asked: Asked): Forward {
  return {
    prepare: async (attempt, isApproved) => {
      const signal = isApproved ? thoughLeft(exchange.signal) : exchange.signal;
      if (signal.aborted) throw callerGone();
      const line = await own.lines.open(exchange, asked.wanted.server);
      await checkDefinition(own, exchange, { line, asked, decided: attempt });
      if (isApproved) checkUnchanged(own, exchange, attempt);
      if (signal.aborted) throw callerGone();
      return () => converse(own, exchange, { line, asked, signal });
    },
  };
}

/** Aborts as `signal` does (revoked, stopped), but not because the client left: what a person approved goes through. */
export function thoughLeft(signal: AbortSignal): AbortSignal {
  const kept = new AbortController();
  const pass = (): void => {
    const { reason } = signal as { readonly reason: unknown };
    if (!(reason instanceof Fault && reason.code === "client_cancelled")) kept.abort(reason);
  };
  if (signal.aborted) pass();
  else signal.addEventListener("abort", pass, { once: true });
  return kept.signal;
}

/** T14: what this very connection offers under that name must be what a person accepted. */
async function checkDefinition(
  own: ActionsOutside,
  exchange: Exchange,
  { line, asked, decided }: { readonly line: Line; readonly asked: Asked; readonly decided: Attempt },
): Promise<void> {
  const { verb, server, name } = asked.wanted;
  if (verb !== "tools/call" && verb !== "prompts/get") return;
  const kind = verb === "tools/call" ? "tool" : "prompt";
  const definition = (await line.listings.definitions(kind)).get(name);
  const accepted = own.outside.rows.tool(server, kind, name)?.accepted_fingerprint ?? null;
  if (definition === undefined || definition.fingerprint !== accepted) {
    throw new Fault(
      "tool_not_accepted",
      `the server now offers ${server}/${name} with another definition than the one a person accepted`,
      `A person reviews it with \`doorward tools get ${server}/${name}\` and accepts it with \`doorward tools accept ${server}/${name}\`.`,
    );
  }
  // Accepted anew while the action waited: what was decided, and maybe approved, was another tool.
  if (accepted !== decided.facts.fingerprint) throw changedMeanwhile();
  if (kind === "tool" && exchange.era === "modern") checkHeaders(definition.json, asked, exchange);
}

/** T10: while a person thought, the agent may have been revoked, and the server replaced by another of the same name. */
function checkUnchanged(own: ActionsOutside, exchange: Exchange, { action }: Attempt): void {
  own.principal(exchange);
  const { server, identity } = action.destination;
  if (own.outside.rows.serverIdentity(server)?.identity !== identity) throw changedMeanwhile();
}

function checkHeaders(definition: JsonObject, asked: Asked, exchange: Exchange): void {
  const schema = definition["inputSchema"];
  if (isJsonObject(schema)) checkParameterHeaders(schema, asked.wanted.arguments, exchange.parameterHeaders);
}

interface Conversation {
  readonly line: Line;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

/** Sends the call; where a modern server answers that it needs input, asks the client and goes on. */
async function converse(
  own: ActionsOutside,
  exchange: Exchange,
  { line, asked, signal }: Conversation,
): Promise<JsonObject> {
  line.inFlight.add(exchange);
  try {
    const onProgress = progressOf(own, exchange, asked);
    let params = asked.params;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const result = await line.connection.request(asked.method, params, {
        signal,
        timeoutMs: CALL_TIMEOUT_MS,
        tag: exchange.id,
        ...(onProgress === null ? {} : { onProgress }),
      });
      if (result["resultType"] !== "input_required") return result;
      params = {
        ...asked.params,
        ...(await own.serverRequests.answer(exchange, asked.wanted.server, result)),
      };
    }
    throw new Fault(
      "upstream_never_satisfied",
      `server ${asked.wanted.server} asked for more input ${ROUNDS_MAX} times in one call`,
      "Look at what it asks for; the call may have had an effect, so check before you repeat it.",
    );
  } finally {
    line.inFlight.delete(exchange);
  }
}

function progressOf(
  own: ActionsOutside,
  exchange: Exchange,
  { params, wanted }: Asked,
): ((progress: JsonObject) => void) | null {
  const meta = params["_meta"];
  const token = isJsonObject(meta) ? meta["progressToken"] : undefined;
  if (token === undefined) return null;
  return (progress) => {
    own.hearing.heard(exchange.identity, `${wanted.server}/progress`, progress, true);
    exchange.notify("notifications/progress", { ...progress, progressToken: token });
  };
}

/** Reads the wanted thing out of a request's params. Throws `RpcError` -32602 where it is not there. */
export function textParam(params: JsonObject, key: string): string {
  const value = params[key];
  if (typeof value === "string" && value !== "") return value;
  throw new RpcError(RPC.invalidParams, `params.${key} must be a non-empty string`);
}

export function wantedOf(verb: Verb, server: ServerName, name: string, args: JsonObject): Wanted {
  return { verb, server, name, arguments: args };
}
