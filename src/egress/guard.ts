import { type LookupAddress, lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";
import { Fault } from "#base";
import { embeddedIPv4, judgeAddress } from "./addresses.ts";

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** Which addresses a destination was granted; forbidden ones are in none. */
export type Reach = "public" | "private" | "both";

/** Who may be connected to. `check` throws a Fault; it is asked for every address a connection could use. */
export interface Guard {
  /** Throws for a URL that names this Doorward's own public origin, whatever it resolves to. */
  readonly checkName: (url: URL) => void;
  readonly check: (address: string, port: number) => void;
  readonly lookup: (port: number) => LookupFunction;
}

/** How a name becomes addresses. */
export type Resolve = (
  hostname: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const bySystem: Resolve = (hostname, answer) => resolve(hostname, { all: true }, answer);

/** INVARIANT: the addresses handed to the connector are exactly those judged here; nothing resolves the name again. */
export function createGuard(
  reach: Reach,
  own: () => readonly OwnAddress[],
  ownOrigin: () => string | null,
  resolved: Resolve = bySystem,
): Guard {
  const check = (address: string, port: number): void => {
    if (isOwnListener(address, port, own())) throw ownListener(address, port);
    const verdict = judgeAddress(address);
    if (verdict === "forbidden") throw forbidden(address);
    if (verdict === "private" && reach === "public") throw notGranted(address);
    if (verdict === "public" && reach === "private") throw notPrivate(address);
  };
  const checkName = (url: URL): void => {
    const origin = ownOrigin();
    if (origin !== null && isSamePlace(url, new URL(origin))) throw ownListener(url.hostname, portOf(url));
  };
  const lookup =
    (port: number): LookupFunction =>
    (hostname, options, answer) => {
      resolved(hostname, (error, addresses) => {
        const problem = error ?? refusalOf(addresses, port, check);
        const [first] = addresses ?? [];
        if (problem !== null || first === undefined) return answer(problem ?? unresolved(hostname), "", 0);
        if (options.all !== true) return answer(null, first.address, first.family);
        return answer(null, [...addresses]);
      });
    };
  return { check, checkName, lookup };
}

/** One bad address spoils the name: a name that mixes public and private addresses is a rebinding attempt. */
function refusalOf(addresses: readonly LookupAddress[], port: number, check: Guard["check"]): Error | null {
  try {
    for (const { address } of addresses) check(address, port);
    return null;
  } catch (problem) {
    return problem instanceof Error ? problem : new Error(String(problem));
  }
}

/** A listener on loopback or on every interface is reached through any address of this machine. */
function isOwnListener(address: string, port: number, own: readonly OwnAddress[]): boolean {
  if (!own.some((listener) => listener.port === port)) return false;
  const plain = embeddedIPv4(address) ?? address;
  if (plain.startsWith("127.") || plain.startsWith("0.") || plain === "::1" || plain === "::") return true;
  if (own.some((listener) => listener.port === port && listener.host === plain)) return true;
  return Object.values(networkInterfaces()).some((list) => (list ?? []).some((at) => at.address === plain));
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === "https:" ? 443 : 80);
}

/**
 * Names are compared as DNS does: without case, and with or without the final dot. A proxy that has the public name on
 * 443 commonly has it on 80 too.
 */
function isSamePlace(url: URL, own: URL): boolean {
  if (bareName(url) !== bareName(own)) return false;
  const port = portOf(url);
  return port === portOf(own) || (own.port === "" && (port === 80 || port === 443));
}

function bareName(url: URL): string {
  return url.hostname.replace(/\.$/, "");
}

/** Address literals never reach `lookup`, so they are checked as they stand in the URL. */
export function literalOf(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? null : host;
}

function ownListener(address: string, port: number): Fault {
  return new Fault(
    "egress_own_listener",
    `${address}:${port} is a listener of this Doorward`,
    "Point the server at the real upstream; Doorward never forwards to itself.",
  );
}

function forbidden(address: string): Fault {
  return new Fault(
    "egress_address_forbidden",
    `${address} is a link-local, metadata, multicast or reserved address`,
    "Use the server's public or private address; this range is never reachable through Doorward.",
  );
}

function notGranted(address: string): Fault {
  return new Fault(
    "egress_address_private",
    `${address} is a loopback or private address and this destination has no grant for those`,
    "If it really is on a private network, add it with `--allow-private`: `doorward servers add` for tools, `doorward upstreams add` for models.",
  );
}

function notPrivate(address: string): Fault {
  return new Fault(
    "egress_address_public",
    `${address} is a public address, and this destination was granted as one of this machine or its private network`,
    "Check what the name resolves to; if it really is outside, add it again without --allow-private.",
  );
}

function unresolved(hostname: string): Fault {
  return new Fault("egress_unreachable", `${hostname} has no address`, "Check the host name and DNS.");
}
