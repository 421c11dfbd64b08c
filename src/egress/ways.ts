import { createHash } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Agent, buildConnector } from "undici";
import { Fault } from "#base";
import { clientCertificateUnusable } from "./faults.ts";
import { createGuard, type Guard, type OwnAddress, type Reach, type Resolve } from "./guard.ts";
import { throughProxy } from "./proxied.ts";
import {
  CLIENT_KEY_IDLE_MS,
  type ClientCertificate,
  CONNECT_TIMEOUT_MS,
  CONNECTIONS_PER_ORIGIN_MAX,
  type EgressRules,
  type NetworkProxy,
  RESPONSE_HEADERS_BYTES_MAX,
  WAYS_MAX,
} from "./rules.ts";

export interface WaysOptions {
  readonly ownAddresses: () => readonly OwnAddress[];
  readonly ownOrigin?: () => string | null;
  /** PEM of authorities that are trusted besides Node's own. */
  readonly authorities?: readonly string[];
  readonly clientKeyIdleMs?: number;
  readonly resolve?: Resolve;
}

/** A pool of connections with its rules: whoever differs in one of them has another. */
export interface Way {
  readonly guard: Guard;
  readonly agent: Agent;
  readonly connector: buildConnector.connector;
  readonly proxy: NetworkProxy | null;
}

export type WayRules = Pick<EgressRules, "allowPrivate" | "onlyPrivate" | "asItIs" | "proxy">;

export interface Ways {
  /** Throws `egress_closed`. */
  readonly of: (rules: WayRules, client: ClientCertificate | null) => Way;
  readonly close: () => Promise<void>;
}

export function createWays(options: WaysOptions): Ways {
  const ways = new Map<string, Way>();
  const lettingGo = letGoLater(ways, options.clientKeyIdleMs ?? CLIENT_KEY_IDLE_MS);
  let isClosed = false;
  return {
    of: (rules, client) => {
      if (isClosed) throw new Fault("egress_closed", "egress is closed", "Start Doorward again.");
      const key = keyOf(rules, client);
      const way = ways.get(key) ?? openWay(rules, client, options);
      // Used last, dropped last.
      ways.delete(key);
      ways.set(key, way);
      if (client !== null) lettingGo(key);
      const [[oldest, idle] = []] = ways;
      if (ways.size > WAYS_MAX && oldest !== undefined && idle !== undefined) {
        ways.delete(oldest);
        void idle.agent.close();
      }
      return way;
    },
    close: async () => {
      isClosed = true;
      const open = [...ways.values()];
      ways.clear();
      await Promise.all(open.map(({ agent }) => agent.destroy()));
    },
  };
}

/** What is under way goes on to its end; the next use opens another. */
function letGoLater(ways: Map<string, Way>, idleMs: number): (key: string) => void {
  const timers = new Map<string, NodeJS.Timeout>();
  return (key) => {
    clearTimeout(timers.get(key));
    const timer = setTimeout(() => {
      timers.delete(key);
      const way = ways.get(key);
      ways.delete(key);
      void way?.agent.close();
    }, idleMs);
    timer.unref();
    timers.set(key, timer);
  };
}

export function reachOf({
  allowPrivate,
  onlyPrivate,
}: Pick<EgressRules, "allowPrivate" | "onlyPrivate">): Reach {
  if (!allowPrivate) return "public";
  return onlyPrivate === true ? "private" : "both";
}

function keyOf(rules: WayRules, client: ClientCertificate | null): string {
  const parts = [reachOf(rules), rules.asItIs === true, rules.proxy ?? null, client];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}

/** Made once: to read some 150 authorities anew for every connection takes tens of milliseconds. */
function secureContext(
  client: ClientCertificate | null,
  authorities: readonly string[],
): { readonly secureContext?: SecureContext } {
  if (client === null && authorities.length === 0) return {};
  const ca = [...getCACertificates("default"), ...authorities];
  try {
    return {
      secureContext: createSecureContext({
        ca,
        ...(client && { cert: client.certificate, key: client.key }),
      }),
    };
  } catch (cause) {
    throw clientCertificateUnusable(cause);
  }
}

function openWay(rules: WayRules, client: ClientCertificate | null, options: WaysOptions): Way {
  const guard = createGuard(
    reachOf(rules),
    options.ownAddresses,
    options.ownOrigin ?? (() => null),
    options.resolve,
  );
  const proxy = rules.proxy ?? null;
  const tls = {
    timeout: CONNECT_TIMEOUT_MS,
    ...secureContext(client, options.authorities ?? []),
    ...(rules.asItIs === true && { allowH2: false }),
  };
  const straight: buildConnector.connector = (target, done) => {
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    // A connector per port: the lookup must know the port to recognise our own listeners under any name.
    buildConnector({ ...tls, port, lookup: guard.lookup(port) })(target, done);
  };
  const connector =
    proxy === null ? straight : throughProxy({ proxy, guard, tls, own: options.ownAddresses });
  const agent = new Agent({
    connect: sayingWhy(connector),
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    pipelining: 1,
    maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    bodyTimeout: 0,
    ...(rules.asItIs === true && { allowH2: false }),
  });
  return { guard, agent, connector, proxy };
}

/**
 * undici tells of a connection's end, not of the alert before it: it hears the socket's error, goes on, and is then told of the end.
 * Destroyed with its error, the socket ends with that alone.
 */
function sayingWhy(connector: buildConnector.connector): buildConnector.connector {
  return (target, done) => {
    connector(target, (...result) => {
      const [, socket] = result;
      socket?.once("error", (cause) => socket.destroy(cause));
      done(...result);
    });
  };
}
