import type { PriorDiscovery, Transport } from "@modelcontextprotocol/client";
import { Fault } from "#base";
import type { Egress } from "#egress";
import type { Channel } from "./channel.ts";
import { createExchange } from "./exchange.ts";
import { createHttpTransport, type HttpTarget, httpFault } from "./http.ts";
import { type DeclaredClient, type Negotiated, negotiate } from "./negotiate.ts";
import { Peer, type UpstreamHandlers } from "./peer.ts";
import { type StdioCommand, StdioTransport } from "./stdio.ts";

export type Target = (
  | { readonly kind: "stdio"; readonly command: StdioCommand }
  | ({ readonly kind: "http" } & HttpTarget)
) & {
  readonly name: string;
};

/** One live exchange with a server: a child process, or an HTTP session. */
export interface Link {
  readonly negotiated: Negotiated;
  readonly peer: Peer;
  readonly sessionId: () => string | undefined;
  /** Why it ended; never rejects. */
  readonly ended: Promise<string>;
  /** The server's last words on stderr, safe to print; empty for HTTP. */
  readonly tail: () => string;
  readonly close: () => Promise<void>;
}

export interface LinkOptions {
  readonly egress: Egress;
  readonly declared: DeclaredClient;
  readonly handlers: UpstreamHandlers;
  readonly prior: PriorDiscovery | undefined;
}

/** Opens a transport and negotiates. Throws `upstream_*` and `egress_*` Faults; leaves nothing running then. */
export async function openLink(target: Target, options: LinkOptions): Promise<Link> {
  if (target.kind === "http") return openHttp(target, options);
  try {
    return await openStdio(target, options);
  } catch (cause) {
    // The probe of a 2026 server may kill or confuse an older one: one more try, on a fresh child, without it.
    if (options.prior !== undefined || isHopeless(cause)) throw cause;
    return openStdio(target, { ...options, prior: { kind: "legacy" } });
  }
}

async function openStdio(target: Extract<Target, { kind: "stdio" }>, options: LinkOptions): Promise<Link> {
  const transport = new StdioTransport(target.command);
  const negotiated = await negotiate(transport, options.declared, options.prior).catch(
    async (cause: unknown) => {
      await transport.close();
      throw handshakeFault(cause, target, transport);
    },
  );
  const peer = new Peer(stdioChannel(transport), options.handlers, {
    cancelBy: "notification",
    onFlood: (why) => transport.kill(why),
  });
  const ended = untilClosed(transport, () => {
    peer.fail(gone(target.name, transport));
    return transport.reason;
  });
  // It may have died between its last answer and the line above.
  if (transport.isClosed) transport.onclose?.();
  return {
    negotiated,
    peer,
    ended,
    sessionId: () => undefined,
    tail: () => transport.tail,
    close: () => transport.close(),
  };
}

async function openHttp(target: Extract<Target, { kind: "http" }>, options: LinkOptions): Promise<Link> {
  const transport = createHttpTransport(target, options.egress);
  // A remembered discovery would also answer who the server is: what stands there now must say so itself (T14).
  const prior = options.prior?.kind === "legacy" ? options.prior : undefined;
  const negotiated = await negotiate(transport, options.declared, prior).catch(async (cause: unknown) => {
    await transport.close();
    throw httpFault(cause, target.name, target.oauth);
  });
  const { protocolVersion, era } = negotiated;
  const channel = createExchange({ target, egress: options.egress, protocolVersion, transport });
  let why = "Doorward closed it";
  const peer = new Peer(channel, options.handlers, {
    cancelBy: era === "modern" ? "exchange" : "notification",
    onFlood: (flooding) => {
      why = flooding;
      void transport.close();
    },
  });
  const ended = untilClosed(transport, () => {
    peer.fail(
      new Fault(
        "upstream_gone",
        `the connection to ${target.name} was closed`,
        "Try again: Doorward connects anew.",
      ),
    );
    return why;
  });
  return {
    negotiated,
    peer,
    ended,
    sessionId: () => transport.sessionId,
    tail: () => "",
    close: async () => {
      // A server that cannot end sessions, or is gone, is no reason to keep ours.
      await transport.terminateSession().catch(() => {});
      await transport.close();
    },
  };
}

function stdioChannel(transport: StdioTransport): Channel {
  const channel: Channel = { send: (message) => transport.write(message) };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's Transport has this property only.
  transport.onmessage = (message: unknown) => channel.onmessage?.(message);
  return channel;
}

function untilClosed(transport: Transport, onClose: () => string): Promise<string> {
  return new Promise((resolve) => {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's Transport has this property only.
    transport.onclose = () => resolve(onClose());
  });
}

/** A program that cannot be started will not start the second time either. */
function isHopeless(cause: unknown): boolean {
  return (
    cause instanceof Fault && (cause.code === "upstream_not_started" || cause.code.startsWith("sandbox_"))
  );
}

function handshakeFault(
  cause: unknown,
  { name, command }: Extract<Target, { kind: "stdio" }>,
  transport: StdioTransport,
): Fault {
  if (cause instanceof Fault) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `the server ${name} did not complete the MCP handshake: ${why} (${transport.reason})`;
  if (command.launch !== null) {
    return new Fault(
      "upstream_handshake_failed",
      message,
      withTail(
        "It runs in a sandbox of its own: grant what it lacks with `doorward servers sandbox NAME --folders PATH --hosts HOST`, or the same options of `servers add`.",
        transport.tail,
      ),
      cause,
    );
  }
  return new Fault(
    "upstream_handshake_failed",
    message,
    withTail("Run its command by hand to see what it says.", transport.tail),
    cause,
  );
}

function gone(name: string, transport: StdioTransport): Fault {
  return new Fault(
    "upstream_lost_answer",
    `the server ${name} ended before it answered: ${transport.reason}`,
    withTail("What was asked for may have happened: check before trying again.", transport.tail),
  );
}

const TAIL_CHARACTERS_MAX = 2_000;
export const LAST_WORDS = " Its last words: ";

export function withTail(remedy: string, tail: string): string {
  return tail === "" ? remedy : `${remedy}${LAST_WORDS}${tail.slice(-TAIL_CHARACTERS_MAX).trim()}`;
}
