import { z } from "zod";
import { Fault, type Json, type JsonObject } from "#base";
import type { ServerName, Verb } from "#vocabulary";
import { isJsonObject, META, RPC, RpcError } from "#wire";
import { act, type ActionsOutside, type Asked, textParam, wantedOf } from "./actions.ts";
import type { Description, Exchange, Road as DoorRoad } from "./door/road.ts";
import type { Lists } from "./lists.ts";
import { splitName } from "./names.ts";
import { failed } from "./speech.ts";
import { callTool, taskMethods } from "./tasks/methods.ts";
import type { Tasks } from "./tasks/tasks.ts";
import { taskCapabilities, withTaskSupport } from "./tasks/told.ts";

const SETTING_TIMEOUT_MS = 10_000;
const SUBSCRIPTIONS_MAX = 256;

const INSTRUCTIONS = [
  "Every call here goes through Doorward, which decides and records it.",
  "A call may be refused: the result then says which rule, why, and what to do; calling again unchanged does not help.",
  "A call may be held for a person: if the result says so, send exactly the same call again later to collect its result.",
].join(" ");

export interface Around {
  /** Told of each list of tools that a client was given. */
  readonly offered?: (exchange: Exchange, tools: readonly JsonObject[]) => void;
  readonly tasks: Tasks;
  /** Whether the owner of this agent wants what is approved released though it is away. */
  readonly releasesAway?: (agent: string) => boolean;
}

/** MCP methods -> the road. Lists and settings pass; whatever has an effect or reads data is an action. */
export function createMcpRoad(
  own: ActionsOutside,
  lists: Lists,
  version: string,
  { offered = () => {}, tasks, releasesAway = () => false }: Around,
): DoorRoad {
  const handlers: Readonly<Record<string, (exchange: Exchange, params: JsonObject) => Promise<JsonObject>>> =
    {
      "tools/list": async (exchange) => {
        const tools = [...(await lists.definitions(exchange, "tool"))];
        offered(exchange, tools);
        return { tools: tools.map((tool) => withTaskSupport(exchange, tool)) };
      },
      "prompts/list": async (exchange) => ({ prompts: [...(await lists.definitions(exchange, "prompt"))] }),
      "resources/list": async (exchange) => ({
        resources: [...(await lists.resources(exchange, "resources/list", "resources"))],
      }),
      "resources/templates/list": async (exchange) => ({
        resourceTemplates: [
          ...(await lists.resources(exchange, "resources/templates/list", "resourceTemplates")),
        ],
      }),
      ...taskMethods(tasks, ({ identity }) => own.quota.take(identity.chain.agents.at(-1) ?? "", 0)()),
      "tools/call": (exchange, params) =>
        callTool({ own, tasks, releasesAway }, exchange, named(exchange, "tools/call", params), params),
      "prompts/get": (exchange, params) => act(own, exchange, named(exchange, "prompts/get", params)),
      "resources/read": (exchange, params) =>
        onResource(own, lists, exchange, { verb: "resources/read", params }),
      "resources/subscribe": (exchange, params) =>
        onResource(own, lists, exchange, { verb: "resources/subscribe", params }),
      "resources/unsubscribe": (exchange, params) => unsubscribe(own, exchange, params),
      "completion/complete": (exchange, params) => complete(own, lists, exchange, params),
      "logging/setLevel": (exchange, params) => setLevel(own, exchange, params),
      "subscriptions/listen": (exchange, params) => listen(own, lists, exchange, params),
    };
  return {
    describe: async (exchange) => describe(own, exchange, version),
    handle: async (exchange, method, params) => {
      // Own names only: `constructor` is a method of every object and none of this protocol.
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
      if (handler === undefined) throw new RpcError(RPC.methodNotFound, `Method not found: ${method}`);
      try {
        return await handler(exchange, params);
      } catch (error) {
        return failed(method, error, null);
      }
    },
    notified: (exchange, method) => {
      if (method !== "notifications/roots/list_changed") return;
      const lines = own.lines.of(exchange.channel);
      // Without its params: nobody decided that they may leave.
      const telling = Promise.all(lines.map(async (line) => line.connection.notify(method, {})));
      // A server that cannot be told will ask for the roots again when it needs them.
      telling.catch(() => {});
    },
  };
}

async function describe(own: ActionsOutside, exchange: Exchange, version: string): Promise<Description> {
  const serverInfo = { name: "doorward", title: "Doorward", version };
  if (exchange.endpoint === null) {
    const capabilities = {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      logging: {},
      completions: {},
      ...taskCapabilities(exchange),
    };
    return { capabilities, serverInfo, instructions: INSTRUCTIONS };
  }
  const line = await own.lines.open(exchange, exchange.endpoint);
  // Extensions are agreements about behaviour that Doorward does not know and so cannot decide.
  const {
    extensions: _extensions,
    experimental: _experimental,
    tasks: _tasks,
    ...capabilities
  } = line.connection.capabilities;
  const known = { ...capabilities, ...taskCapabilities(exchange) };
  return { capabilities: known, serverInfo, instructions: INSTRUCTIONS };
}

function named(exchange: Exchange, verb: "tools/call" | "prompts/get", params: JsonObject): Asked {
  const asked = textParam(params, "name");
  const found = splitName(exchange.endpoint, asked);
  if (found === null) {
    throw new RpcError(
      RPC.invalidParams,
      `${asked} names no server; at this endpoint names are <server>__<name>`,
    );
  }
  const args = params["arguments"] ?? {};
  if (!isJsonObject(args)) throw new RpcError(RPC.invalidParams, "params.arguments must be an object");
  const decided = params["arguments"] === undefined ? {} : { arguments: args };
  const sent: JsonObject = { name: found.name, ...decided, ...metaOf(params) };
  return { method: verb, params: sent, wanted: wantedOf(verb, found.server, found.name, args) };
}

async function onResource(
  own: ActionsOutside,
  lists: Lists,
  exchange: Exchange,
  asked: { readonly verb: Verb; readonly params: JsonObject },
): Promise<JsonObject> {
  const uri = textParam(asked.params, "uri");
  const server = await lists.ownerOf(exchange, uri);
  const wanted = wantedOf(asked.verb, server, uri, { uri });
  const params: JsonObject = { uri, ...metaOf(asked.params) };
  const result = await act(own, exchange, { method: asked.verb, params, wanted });
  if (asked.verb === "resources/subscribe") {
    for (const line of own.lines.of(exchange.channel)) if (line.server === server) line.subscribed.add(uri);
  }
  return result;
}

/**
 * T8, T9: of a request's params only what the action holds is forwarded, and of its `_meta` what tells the server nothing
 * that policy would have to see: that progress is wanted (under a token of ours), and how much it may log.
 */
function metaOf(params: JsonObject): JsonObject {
  const meta = params["_meta"];
  if (!isJsonObject(meta)) return {};
  const kept = Object.entries(meta).filter(
    ([name, value]) => name === "progressToken" || (name === META.logLevel && isLevel(value)),
  );
  return kept.length === 0 ? {} : { _meta: Object.fromEntries(kept) };
}

async function unsubscribe(own: ActionsOutside, exchange: Exchange, params: JsonObject): Promise<JsonObject> {
  const uri = textParam(params, "uri");
  // Only where it was subscribed to, by a decided action: anywhere else the URI would be news to the server.
  const subscribed = own.lines.of(exchange.channel).filter((line) => line.subscribed.delete(uri));
  await Promise.all(
    subscribed.map(({ connection }) => connection.request("resources/unsubscribe", { uri }, brief(exchange))),
  );
  return {};
}

async function complete(
  own: ActionsOutside,
  lists: Lists,
  exchange: Exchange,
  params: JsonObject,
): Promise<JsonObject> {
  const ref = params["ref"];
  if (!isJsonObject(ref)) throw new RpcError(RPC.invalidParams, "params.ref must be an object");
  const { server, sent } = await referred(lists, exchange, ref);
  const given = Object.entries(params).filter(([name]) => name === "argument" || name === "context");
  const decided: JsonObject = { ...Object.fromEntries(given), ref: sent };
  const wanted = wantedOf("completion/complete", server, "completion/complete", decided);
  return act(own, exchange, {
    method: "completion/complete",
    params: { ...decided, ...metaOf(params) },
    wanted,
  });
}

async function referred(
  lists: Lists,
  exchange: Exchange,
  ref: JsonObject,
): Promise<{ server: ServerName; sent: JsonObject }> {
  if (ref["type"] === "ref/resource") {
    return { server: await lists.ownerOf(exchange, textParam(ref, "uri")), sent: ref };
  }
  const found = splitName(exchange.endpoint, textParam(ref, "name"));
  if (found === null) throw new RpcError(RPC.invalidParams, "params.ref.name names no server");
  return { server: found.server, sent: { ...ref, name: found.name } };
}

const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

function isLevel(value: Json): boolean {
  return typeof value === "string" && LEVELS.includes(value);
}

/** A setting of the connection, no effect: passed to every server the client is connected to, one of eight words. */
async function setLevel(own: ActionsOutside, exchange: Exchange, params: JsonObject): Promise<JsonObject> {
  const { level = null } = params;
  if (!isLevel(level)) throw new RpcError(RPC.invalidParams, "params.level is no log level");
  const lines =
    exchange.endpoint === null
      ? own.lines.of(exchange.channel)
      : [await own.lines.open(exchange, exchange.endpoint)];
  const logging = lines.filter(
    ({ connection }) => connection.era === "legacy" && connection.capabilities["logging"] !== undefined,
  );
  await Promise.all(
    logging.map(({ connection }) => connection.request("logging/setLevel", { level }, brief(exchange))),
  );
  return {};
}

/** Modern subscriptions: what changes reaches the channel; a resource is subscribed to at its own server, as an action. */
async function listen(
  own: ActionsOutside,
  lists: Lists,
  exchange: Exchange,
  params: JsonObject,
): Promise<JsonObject> {
  const filter = params["notifications"];
  if (!isJsonObject(filter)) throw new RpcError(RPC.invalidParams, "params.notifications must be an object");
  const honoured: Record<string, Json> = {};
  for (const key of ["toolsListChanged", "promptsListChanged", "resourcesListChanged"]) {
    if (filter[key] === true) honoured[key] = true;
  }
  const uris = z.array(z.string()).safeParse(filter["resourceSubscriptions"]).data ?? [];
  if (uris.length > 0) {
    if (uris.length > SUBSCRIPTIONS_MAX) throw tooMany(uris.length);
    for (const uri of uris) {
      await onResource(own, lists, exchange, { verb: "resources/subscribe", params: { uri } });
    }
    honoured["resourceSubscriptions"] = uris;
  }
  return { notifications: honoured };
}

function brief(exchange: Exchange): { readonly signal: AbortSignal; readonly timeoutMs: number } {
  return { signal: exchange.signal, timeoutMs: SETTING_TIMEOUT_MS };
}

function tooMany(count: number): Fault {
  return new Fault(
    "subscriptions_exceeded",
    `${count} resource subscriptions in one request; the limit is ${SUBSCRIPTIONS_MAX}`,
    "Subscribe to fewer resources, or open several streams.",
  );
}
