import { Fault, type JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import type { RequestId, Revision } from "#wire";
import { agentOf, bindingOf, type DoorContext, type Endable, exchangeEnded } from "./context.ts";
import type { Asks } from "./legacy-asks.ts";
import { createAsks } from "./legacy-asks.ts";
import { createReplay, type Replay } from "./replay.ts";
import { callText } from "./replies.ts";
import type { Channel } from "./road.ts";

/** One MCP session of the legacy era: what `initialize` agreed on, and everything under way in it. */
export interface McpSession {
  readonly id: string;
  readonly binding: string;
  readonly revision: Revision;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject;
  readonly channel: Channel;
  readonly replay: Replay;
  readonly asks: Asks;
  /** Requests under way by their JSON-RPC id; calling one cancels it. */
  readonly calls: Map<RequestId, (why: Fault) => void>;
  readonly isBusy: () => boolean;
  readonly seenAt: () => number;
  readonly close: (why: Fault) => void;
}

export interface Greeting {
  readonly identity: Identity;
  readonly endpoint: string | null;
  readonly revision: Revision;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

export interface SessionTable {
  /** Opens a session, making room among the idle ones; null where every place is busy. */
  readonly open: (greeting: Greeting) => McpSession | null;
  /** The session of this id, for the identity and endpoint that opened it; null for anyone else. */
  readonly find: (id: string, identity: Identity, endpoint: string | null) => McpSession | null;
  /** Closes what has been idle too long, forgets what was kept too long. */
  readonly sweep: () => void;
  readonly count: () => number;
}

/** Random bytes of a session id: more than can be guessed. */
const SESSION_ID_BYTES = 24;

interface Held {
  readonly session: McpSession;
  readonly agent: string;
  readonly touch: () => void;
}

export function createSessionTable(context: DoorContext): SessionTable {
  const held = new Map<string, Held>();
  const { limits, ambient } = context;

  function open(greeting: Greeting): McpSession | null {
    const agent = agentOf(greeting.identity);
    const own = [...held.values()].filter((one) => one.agent === agent);
    if (own.length >= limits.sessionsPerAgentMax && !evictOne(own)) return null;
    if (held.size >= limits.sessionsMax && !evictOne([...held.values()])) return null;
    const made = makeSession(context, greeting, (id) => held.delete(id));
    held.set(made.session.id, { ...made, agent });
    return made.session;
  }

  function find(id: string, identity: Identity, endpoint: string | null): McpSession | null {
    const found = held.get(id);
    if (found?.session.binding !== bindingOf(identity, endpoint)) return null;
    found.touch();
    return found.session;
  }

  function sweep(): void {
    const now = ambient.monotonic();
    for (const { session } of held.values()) {
      session.replay.forget(now - limits.replayKeepMs);
      if (!session.isBusy() && now - session.seenAt() > limits.sessionIdleMs) session.close(idle());
    }
  }

  return { open, find, sweep, count: () => held.size };
}

/** Closes the least recently used session that nothing is under way in. */
function evictOne(candidates: readonly Held[]): boolean {
  const free = candidates.filter(({ session }) => !session.isBusy());
  const oldest = free.toSorted((a, b) => a.session.seenAt() - b.session.seenAt())[0];
  oldest?.session.close(exchangeEnded("the agent opened more sessions than it may hold"));
  return oldest !== undefined;
}

function makeSession(
  context: DoorContext,
  greeting: Greeting,
  forget: (id: string) => void,
): { session: McpSession; touch: () => void } {
  const { ambient, limits } = context;
  const { identity, endpoint, revision, clientCapabilities, clientInfo } = greeting;
  const id = `mcps_${Buffer.from(ambient.random(SESSION_ID_BYTES)).toString("base64url")}`;
  const replay = createReplay({ limits, primes: revision.primes, monotonic: ambient.monotonic });
  const calls = new Map<RequestId, (why: Fault) => void>();
  const controller = new AbortController();
  let seenAt = ambient.monotonic();
  const publish: Channel["publish"] = (method, params) => {
    if (!controller.signal.aborted) replay.standalone.send(callText(method, params));
  };
  const close = (why: Fault): void => {
    context.endables.delete(endable);
    forget(id);
    for (const cancel of calls.values()) cancel(why);
    asks.close(why);
    controller.abort(why);
    replay.clear();
  };
  const endable: Endable = { identity, end: close };
  context.endables.add(endable);
  const asks = createAsks(context, clientCapabilities);
  const session: McpSession = {
    id,
    binding: bindingOf(identity, endpoint),
    revision,
    clientCapabilities,
    clientInfo,
    channel: { id, publish, closed: controller.signal },
    replay,
    asks,
    calls,
    isBusy: () => calls.size > 0 || replay.hasOutlets(),
    seenAt: () => seenAt,
    close,
  };
  return { session, touch: () => void (seenAt = ambient.monotonic()) };
}

function idle(): Fault {
  return new Fault(
    "session_idle",
    "the MCP session was idle for too long and was closed",
    "Initialize a new session.",
  );
}
