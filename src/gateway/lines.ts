import { type Ambient, Fault, type JsonObject } from "#base";
import type { DeclaredClient, UpstreamConnection, UpstreamHandlers, Upstreams } from "#upstream";
import type { Identity, ServerName } from "#vocabulary";
import type { Channel, Exchange } from "./door/road.ts";
import { createListings, type Listings } from "./listings.ts";

/** One upstream connection, bound to one client channel, so that a server's state never leaks between clients. */
export interface Line {
  readonly server: ServerName;
  readonly channel: Channel;
  /** Who opened it. */
  readonly identity: Identity;
  readonly connection: UpstreamConnection;
  readonly listings: Listings;
  /** Client requests under way on it, oldest first. */
  readonly inFlight: Set<Exchange>;
  /** Resources that its client subscribed to. */
  readonly subscribed: Set<string>;
}

export interface Lines {
  readonly open: (exchange: Exchange, server: ServerName) => Promise<Line>;
  /** Lines this channel already has, without opening any. */
  readonly of: (channel: Channel) => readonly Line[];
  readonly closeServer: (server: string) => void;
  readonly close: () => void;
}

export interface LineEvents {
  /** Throws where nobody may be connected to the server now: removed, or held for review (T14). */
  readonly admit: (server: ServerName) => void;
  readonly definitions: (
    line: Line,
    kind: "tool" | "prompt",
    definitions: readonly JsonObject[],
  ) => Promise<void>;
  /** What the server says unasked, before anybody is told. */
  readonly told: (line: Line, method: string, params: JsonObject) => void;
  readonly asked: (
    exchange: Exchange,
    server: ServerName,
    request: { method: string; params: JsonObject },
  ) => Promise<JsonObject>;
}

export interface LineLimits {
  readonly linesPerAgentMax: number;
  readonly linesMax: number;
  readonly idleMs: number;
}

export const LINE_LIMITS: LineLimits = { linesPerAgentMax: 32, linesMax: 512, idleMs: 10 * 60_000 };

const SWEEP_MS = 30_000;

interface Held {
  readonly key: string;
  readonly agent: string;
  readonly opening: Promise<Line>;
  line: Line | null;
  usedAt: number;
}

interface Board {
  readonly upstreams: Upstreams;
  readonly ambient: Ambient;
  readonly events: LineEvents;
  readonly limits: LineLimits;
  /** By server and channel. */
  readonly held: Map<string, Held>;
}

export function createLines(
  upstreams: Upstreams,
  ambient: Ambient,
  events: LineEvents,
  limits: LineLimits = LINE_LIMITS,
): Lines {
  const board: Board = { upstreams, ambient, events, limits, held: new Map() };
  const sweeping = setInterval(() => sweep(board), SWEEP_MS);
  sweeping.unref();
  return {
    open: (exchange, server) => open(board, exchange, server),
    of: (channel) => opened(board).filter((line) => line.channel.id === channel.id),
    closeServer: (server) => {
      for (const key of board.held.keys()) if (key.startsWith(`${server} `)) drop(board, key);
    },
    close: () => {
      clearInterval(sweeping);
      for (const key of board.held.keys()) drop(board, key);
    },
  };
}

function opened(board: Board): readonly Line[] {
  return [...board.held.values()].flatMap(({ line }) => (line === null ? [] : [line]));
}

async function open(board: Board, exchange: Exchange, server: ServerName): Promise<Line> {
  const { held, ambient } = board;
  board.events.admit(server);
  const key = `${server} ${exchange.channel.id}`;
  const known = held.get(key);
  if (known !== undefined) {
    known.usedAt = ambient.monotonic();
    return known.opening;
  }
  const agent = exchange.identity.chain.agents.at(-1) ?? "";
  makeRoom(board, agent);
  const opening = start(board, key, exchange, server);
  const mine: Held = { key, agent, line: null, usedAt: ambient.monotonic(), opening };
  held.set(key, mine);
  try {
    mine.line = await opening;
    // Here and not earlier: one that has died by now must be found under its line, and forgotten.
    void mine.line.connection.closed.then(() => held.get(key) === mine && held.delete(key));
    return mine.line;
  } catch (cause) {
    if (held.get(key) === mine) held.delete(key);
    throw cause;
  }
}

async function start(board: Board, key: string, exchange: Exchange, server: ServerName): Promise<Line> {
  const { upstreams, ambient, events } = board;
  const { channel } = exchange;
  const inFlight = new Set<Exchange>();
  // What a server says before the handshake is over has nobody to go to.
  const holder: { line: Line | null } = { line: null };
  const handlers: UpstreamHandlers = {
    onNotification: (method, params) => {
      if (holder.line === null) return;
      events.told(holder.line, method, params);
      heard(holder.line, method, params);
    },
    onRequest: async (method, params, related) => {
      const asking = askedOf(inFlight, related);
      if (asking === null) throw nobodyAsked(server, method);
      return events.asked(asking, server, { method, params });
    },
  };
  const connection = await upstreams.connect(server, handlers, declaredBy(exchange));
  const seen = (kind: "tool" | "prompt", found: readonly JsonObject[]): Promise<void> =>
    events.definitions(line, kind, found);
  const line: Line = {
    server,
    channel,
    identity: exchange.identity,
    connection,
    inFlight,
    subscribed: new Set(),
    listings: createListings(connection, ambient, seen),
  };
  holder.line = line;
  const ended = (): void => drop(board, key);
  // A channel that ended meanwhile says so no more: nobody would ever close what was opened for it.
  if (channel.closed.aborted) ended();
  channel.closed.addEventListener("abort", ended, { once: true });
  void connection.closed.then(() => channel.closed.removeEventListener("abort", ended));
  return line;
}

function drop({ held }: Board, key: string): void {
  const gone = held.get(key);
  held.delete(key);
  // A line that failed to open has nothing to close; whoever opened it was told.
  gone?.opening.then((line) => line.connection.close()).catch(() => {});
}

function sweep(board: Board): void {
  const now = board.ambient.monotonic();
  for (const [key, { line, usedAt }] of board.held) {
    if (line !== null && line.inFlight.size === 0 && now - usedAt > board.limits.idleMs) drop(board, key);
  }
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

/** Gives the agent's longest idle line up where it, or Doorward, has as many as may be. */
function makeRoom(board: Board, agent: string): void {
  const { held, limits } = board;
  const mine = [...held.values()].filter((line) => line.agent === agent);
  if (mine.length < limits.linesPerAgentMax && held.size < limits.linesMax) return;
  const idle = mine
    .filter(({ line }) => line !== null && line.inFlight.size === 0)
    .toSorted((a, b) => a.usedAt - b.usedAt)[0];
  if (idle !== undefined) return drop(board, idle.key);
  throw new Fault(
    "connections_exceeded",
    `this agent already has ${mine.length} server connections in use`,
    "Close MCP sessions that are no longer needed, or wait for running calls to end.",
  );
}

/** T15: a server speaks when it is spoken to; a request of its own outside any call is nobody's action. */
function nobodyAsked(server: string, method: string): Fault {
  return new Fault(
    "server_request_unsolicited",
    `server ${server} sent ${method} while no call of this client was under way`,
    "Nothing to do; the request was refused.",
  );
}
