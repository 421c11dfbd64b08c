import { type LookupAddress, lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";
import { Fault } from "#base";
import { embeddedIPv4, judgeAddress } from "./addresses.ts";

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** Who may be connected to. `check` throws a Fault; it is asked for every address a connection could use. */
export interface Guard {
  readonly check: (address: string, port: number) => void;
  readonly lookup: (port: number) => LookupFunction;
}

/** INVARIANT: the addresses handed to the connector are exactly those judged here; nothing resolves the name again. */
export function createGuard(allowPrivate: boolean, own: () => readonly OwnAddress[]): Guard {
  const check = (address: string, port: number): void => {
    if (isOwnListener(address, port, own())) throw ownListener(address, port);
    const verdict = judgeAddress(address);
    if (verdict === "forbidden") throw forbidden(address);
    if (verdict === "private" && !allowPrivate) throw notGranted(address);
  };
  const lookup =
    (port: number): LookupFunction =>
    (hostname, options, answer) => {
      resolve(hostname, { all: true }, (error, addresses) => {
        const problem = error ?? refusalOf(addresses, port, check);
        const [first] = addresses ?? [];
        if (problem !== null || first === undefined) return answer(problem ?? unresolved(hostname), "", 0);
        return options.all === true ? answer(null, addresses) : answer(null, first.address, first.family);
      });
    };
  return { check, lookup };
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
    "If the server really is on a private network, add it with `doorward servers add NAME --url URL --allow-private`.",
  );
}

function unresolved(hostname: string): Fault {
  return new Fault("egress_unreachable", `${hostname} has no address`, "Check the host name and DNS.");
}
