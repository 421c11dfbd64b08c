import type { Json, JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import { isJsonObject } from "#wire";
import { agentOf, bindingOf, type DoorContext, exchangeEnded } from "./context.ts";
import type { Channel } from "./road.ts";

/** What one `subscriptions/listen` stream asked for (2026-07-28, "Notification Filter"). */
export interface Listener {
  readonly filter: JsonObject;
  readonly deliver: (method: string, params: JsonObject) => void;
}

/** The channels of the modern era: one per Doorward session and endpoint, alive while used and for a while after. */
export interface ChannelTable {
  /** The channel, held until `release`. */
  readonly use: (identity: Identity, endpoint: string | null) => { channel: Channel; release: () => void };
  readonly listen: (channel: Channel, listener: Listener) => () => void;
  readonly sweep: () => void;
  readonly closeAll: (why: Error) => void;
  readonly count: () => number;
}

interface Held {
  readonly agent: string;
  readonly channel: Channel;
  readonly controller: AbortController;
  readonly listeners: Set<Listener>;
  users: number;
  usedAt: number;
}

export function createChannelTable(context: DoorContext): ChannelTable {
  const held = new Map<string, Held>();
  const { ambient, limits } = context;

  /** Endpoints are names an agent makes up: the channels that it uses no more give way, longest unused first. */
  function makeRoom(agent: string): void {
    const own = [...held].filter(([, one]) => one.agent === agent);
    const idle = own.filter(([, one]) => one.users === 0).toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, one] of idle.slice(0, Math.max(0, own.length + 1 - limits.channelsPerAgentMax))) {
      held.delete(key);
      one.controller.abort(exchangeEnded("the agent used too many endpoints"));
    }
  }

  function use(identity: Identity, endpoint: string | null): { channel: Channel; release: () => void } {
    const key = bindingOf(identity, endpoint);
    const found = held.get(key) ?? make(identity, endpoint);
    held.set(key, found);
    found.users += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      found.users -= 1;
      found.usedAt = ambient.monotonic();
    };
    return { channel: found.channel, release };
  }

  function make(identity: Identity, endpoint: string | null): Held {
    const agent = agentOf(identity);
    makeRoom(agent);
    const controller = new AbortController();
    const listeners = new Set<Listener>();
    const publish: Channel["publish"] = (method, params) => {
      for (const listener of listeners)
        if (wants(listener.filter, method, params)) listener.deliver(method, params);
    };
    const id = endpoint === null ? identity.session : `${identity.session}/${endpoint}`;
    const channel = { id, publish, closed: controller.signal };
    return { agent, channel, controller, listeners, users: 0, usedAt: ambient.monotonic() };
  }

  function listen(channel: Channel, listener: Listener): () => void {
    const listeners = [...held.values()].find((one) => one.channel === channel)?.listeners;
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  function sweep(): void {
    const idleSince = ambient.monotonic() - limits.sessionIdleMs;
    for (const [key, one] of held) {
      if (one.users > 0 || one.usedAt > idleSince) continue;
      held.delete(key);
      one.controller.abort(exchangeEnded("its channel was idle"));
    }
  }

  function closeAll(why: Error): void {
    for (const one of held.values()) one.controller.abort(why);
    held.clear();
  }

  return { use, listen, sweep, closeAll, count: () => held.size };
}

const LIST_CHANGES: ReadonlyMap<string, string> = new Map([
  ["notifications/tools/list_changed", "toolsListChanged"],
  ["notifications/prompts/list_changed", "promptsListChanged"],
  ["notifications/resources/list_changed", "resourcesListChanged"],
]);

function wants(filter: JsonObject, method: string, params: JsonObject): boolean {
  const change = LIST_CHANGES.get(method);
  if (change !== undefined) return filter[change] === true;
  if (method !== "notifications/resources/updated") return false;
  const { resourceSubscriptions } = filter;
  return Array.isArray(resourceSubscriptions) && resourceSubscriptions.includes(params["uri"] ?? null);
}

/** Longest list of resources one stream may name. */
const RESOURCES_MAX = 1024;

/** The filter of a listen request, its known fields only, or null where it is not one. */
export function filterOf(params: JsonObject): JsonObject | null {
  const asked = params["notifications"];
  if (!isJsonObject(asked)) return null;
  const filter: Record<string, Json> = {};
  for (const name of LIST_CHANGES.values()) if (asked[name] === true) filter[name] = true;
  const uris = asked["resourceSubscriptions"];
  if (uris === undefined) return filter;
  if (!isTextList(uris) || uris.length > RESOURCES_MAX) return null;
  return { ...filter, resourceSubscriptions: uris };
}

function isTextList(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** What both the client asked for and the road agreed to. */
export function narrow(asked: JsonObject, agreed: Json | undefined): JsonObject {
  const honoured = isJsonObject(agreed) ? (filterOf({ notifications: agreed }) ?? {}) : {};
  const kept = Object.entries(honoured).flatMap(([name, value]): [string, Json][] => {
    const wanted = asked[name];
    if (wanted === true) return [[name, true]];
    if (!Array.isArray(wanted) || !Array.isArray(value)) return [];
    return [[name, value.filter((uri) => wanted.includes(uri))]];
  });
  return Object.fromEntries(kept);
}
