import { type Ambient, Fault, type JsonObject } from "#base";
import type { DeclaredClient, UpstreamConnection, Upstreams } from "#upstream";
import type { ServerName } from "#vocabulary";
import type { Channel, Exchange } from "./door/road.ts";
import { createListings, type Listings } from "./listings.ts";

/** One upstream connection, bound to one client channel, so that a server's state never leaks between clients. */
export interface Line {
  readonly server: ServerName;
  readonly channel: Channel;
  readonly connection: UpstreamConnection;
  readonly listings: Listings;
  /** Client requests under way on it, oldest first. */
  readonly inFlight: Set<Exchange>;
}

export interface Lines {
  readonly open: (exchange: Exchange, server: ServerName) => Promise<Line>;
  /** Lines this channel already has, without opening any. */
  readonly of: (channel: Channel) => Promise<readonly Line[]>;
  readonly closeServer: (server: string) => void;
  readonly close: () => Promise<void>;
}

export interface LineEvents {
  readonly definitions: (
    line: Line,
    kind: "tool" | "prompt",
    definitions: readonly JsonObject[],
  ) => Promise<void>;
  readonly asked: (
    exchange: Exchange,
    server: ServerName,
    request: { method: string; params: JsonObject },
  ) => Promise<JsonObject>;
}

interface Held {
  readonly key: string;
  readonly agent: string;
  readonly opening: Promise<Line>;
  line: Line | null;
  usedAt: number;
}

export interface LineLimits {
  readonly linesPerAgentMax: number;
  readonly linesMax: number;
  readonly idleMs: number;
}

export const LINE_LIMITS: LineLimits = { linesPerAgentMax: 32, linesMax: 512, idleMs: 10 * 60_000 };

const SWEEP_MS = 30_000;

export function createLines(
  upstreams: Upstreams,
  ambient: Ambient,
  events: LineEvents,
  limits: LineLimits = LINE_LIMITS,
): Lines {
  const held = new Map<string, Held>();
  const drop = (key: string): void => {
    const gone = held.get(key);
    held.delete(key);
    // A line that failed to open has nothing to close; whoever opened it was told.
    gone?.opening.then((line) => line.connection.close()).catch(() => {});
  };
  const sweep = setInterval(() => {
    const now = ambient.monotonic();
    for (const [key, { line, usedAt }] of held) {
      if (line !== null && line.inFlight.size === 0 && now - usedAt > limits.idleMs) drop(key);
    }
  }, SWEEP_MS);
  sweep.unref();

  const start = async (key: string, exchange: Exchange, server: ServerName): Promise<Line> => {
    const inFlight = new Set<Exchange>();
    const holder: { line: Line | null } = { line: null };
    const handlers = {
      onNotification: (method: string, params: JsonObject): void => {
        if (holder.line !== null) heard(holder.line, method, params);
      },
      onRequest: async (
        method: string,
        params: JsonObject,
        related: string | undefined,
      ): Promise<JsonObject> => {
        const asking = askedOf(inFlight, related);
        if (asking === null) throw nobodyAsked(server, method);
        return events.asked(asking, server, { method, params });
      },
    };
    const connection = await upstreams.connect(server, handlers, declaredBy(exchange));
    const line: Line = {
      server,
      channel: exchange.channel,
      connection,
      inFlight,
      listings: createListings(connection, ambient, (kind, found) => events.definitions(line, kind, found)),
    };
    holder.line = line;
    connection.closed
      .then(() => held.get(key)?.line === line && held.delete(key))
      .catch(() => held.delete(key));
    exchange.channel.closed.addEventListener("abort", () => drop(key), {
      once: true,
    });
    return line;
  };

  return {
    open: async (exchange, server) => {
      const key = `${server} ${exchange.channel.id}`;
      const known = held.get(key);
      if (known !== undefined) {
        known.usedAt = ambient.monotonic();
        return known.opening;
      }
      const agent = exchange.identity.chain.agents.at(-1) ?? "";
      makeRoom(held, agent, limits, drop);
      const mine: Held = {
        key,
        agent,
        line: null,
        usedAt: ambient.monotonic(),
        opening: start(key, exchange, server),
      };
      held.set(key, mine);
      mine.opening.then((line) => (mine.line = line)).catch(() => held.get(key) === mine && held.delete(key));
      return mine.opening;
    },
    of: async (channel) => {
      const mine = [...held.values()].filter(({ line }) => line !== null && line.channel.id === channel.id);
      return mine.flatMap(({ line }) => (line === null ? [] : [line]));
    },
    closeServer: (server) => {
      for (const key of held.keys()) if (key.startsWith(`${server} `)) drop(key);
    },
    close: async () => {
      clearInterval(sweep);
      for (const key of [...held.keys()]) drop(key);
    },
  };
}

/** What a server says unasked: to the request it most likely belongs to, else to whoever listens on the channel. */
function heard(line: Line, method: string, params: JsonObject): void {
  if (method === "notifications/tools/list_changed") line.listings.forget("tool");
  if (method === "notifications/prompts/list_changed") line.listings.forget("prompt");
  const asking = method === "notifications/message" ? lastOf(line.inFlight) : null;
  if (asking === null) line.channel.publish(method, params);
  else asking.notify(method, params);
}

/** The call a server's request belongs to: the one it names, else the last that is under way. */
function askedOf(inFlight: ReadonlySet<Exchange>, related: string | undefined): Exchange | null {
  for (const exchange of inFlight) if (exchange.id === related) return exchange;
  return lastOf(inFlight);
}

/** What Doorward tells a server it can be asked: what this client can be asked, of the things that are decided here. */
function declaredBy(exchange: Exchange): DeclaredClient {
  const { sampling, elicitation, roots } = exchange.clientCapabilities;
  const known = Object.entries({ sampling, elicitation, roots }).filter(([, value]) => value !== undefined);
  return { capabilities: Object.fromEntries(known) };
}

function lastOf(inFlight: ReadonlySet<Exchange>): Exchange | null {
  let last: Exchange | null = null;
  for (const exchange of inFlight) last = exchange;
  return last;
}

function makeRoom(
  held: Map<string, Held>,
  agent: string,
  limits: LineLimits,
  drop: (key: string) => void,
): void {
  const mine = [...held.values()].filter((line) => line.agent === agent);
  if (mine.length < limits.linesPerAgentMax && held.size < limits.linesMax) return;
  const idle = mine
    .filter(({ line }) => line !== null && line.inFlight.size === 0)
    .toSorted((a, b) => a.usedAt - b.usedAt)[0];
  if (idle === undefined) {
    throw new Fault(
      "connections_exceeded",
      `this agent already has ${mine.length} server connections in use`,
      "Close MCP sessions that are no longer needed, or wait for running calls to end.",
    );
  }
  drop(idle.key);
}

/** T15: a server speaks when it is spoken to; a request of its own outside any call is nobody's action. */
function nobodyAsked(server: string, method: string): Fault {
  return new Fault(
    "server_request_unsolicited",
    `server ${server} sent ${method} while no call of this client was under way`,
    "Nothing to do; the request was refused.",
  );
}
