import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { z } from "zod";
import { Fault } from "#base";
import type { Destination } from "./port.ts";

/** Where a credential may go. */
export const BOUND = z.strictObject({
  scheme: z.enum(["http", "https"]),
  /** A host, or `*.` and a domain: every host below it, not the domain itself. */
  host: z.string(),
  port: z.number().int(),
  /** Empty: every method. */
  methods: z.array(z.string()),
  /** Begins with a slash: this path and everything below it. */
  path: z.string(),
});
export type Bound = z.output<typeof BOUND>;

const WRITTEN = /^(?:([A-Z]{1,20}(?:,[A-Z]{1,20}){0,9}) )?(https?):\/\/([^/?#@\s]+)(\/[^?#\s]*)?$/;

/**
 * Reads `[METHOD[,METHOD] ]SCHEME://HOST[:PORT][/PATH]`, where HOST may begin with `*.`. Plain http only where it does not
 * leave the machine or a private network by name. Throws `credential_destination_invalid`.
 */
export function boundOf(text: string): Bound {
  const [, methods, scheme, authority = "", path = "/"] = WRITTEN.exec(text) ?? [];
  if (scheme !== "http" && scheme !== "https")
    throw invalid(text, "it is not METHODS SCHEME://HOST[:PORT][/PATH]");
  const { host, port } = stationOf(text, authority, scheme);
  if (scheme === "http" && !isPrivate(host))
    throw invalid(text, "over plain http the credential could be read on its way");
  const normal = URL.parse(`https://a.example${path}`)?.pathname;
  if (normal !== path) throw invalid(text, "its path is not in its normal form");
  return { scheme, host, port, methods: methods === undefined ? [] : methods.split(","), path };
}

function stationOf(text: string, authority: string, scheme: "http" | "https"): Pick<Bound, "host" | "port"> {
  const [, name = "", written] = /^(\[[0-9a-fA-F:.]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = hostOf(name);
  if (host === null) throw invalid(text, "its host is neither a name, nor *. and a domain, nor an address");
  const usual = scheme === "https" ? 443 : 80;
  const port = written === undefined ? usual : Number(written);
  if (port < 1 || port > 65_535) throw invalid(text, "its port is none");
  return { host, port };
}

export function textOfBound({ scheme, host, port, methods, path }: Bound): string {
  const isUsual = port === (scheme === "https" ? 443 : 80);
  const name = host.includes(":") ? `[${host}]` : host;
  const verbs = methods.length === 0 ? "" : `${methods.join(",")} `;
  return `${verbs}${scheme}://${name}${isUsual ? "" : `:${port}`}${path === "/" ? "" : path}`;
}

function hostOf(written: string): string | null {
  const bare = written.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return normalAddress(bare);
  const isWild = written.startsWith("*.");
  const ascii = domainToASCII(isWild ? written.slice(2) : written);
  const isName = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*$/.test(ascii);
  if (!isName || isIP(ascii) !== 0) return null;
  // `*.com` would be everybody's hosts.
  if (isWild && !ascii.includes(".")) return null;
  return isWild ? `*.${ascii}` : ascii;
}

/** As URLs have it: lower case, an IPv6 address in its shortest form. */
function normalAddress(bare: string): string | null {
  const url = URL.parse(`http://${bare.includes(":") ? `[${bare}]` : bare}/`);
  return url?.hostname.replace(/^\[|\]$/g, "") ?? null;
}

const PRIVATE =
  /^(?:localhost|.+\.localhost|.+\.local|.+\.internal|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|::1|f[cd][0-9a-f:]+)$/;

function isPrivate(host: string): boolean {
  return PRIVATE.test(host);
}

export function fits(bound: Bound, to: Destination): boolean {
  if (bound.scheme !== to.scheme || bound.port !== to.port) return false;
  if (bound.methods.length > 0 && !bound.methods.includes(to.method)) return false;
  return hostFits(bound.host, to.host) && pathFits(bound.path, to.path);
}

function hostFits(bound: string, host: string): boolean {
  if (!bound.startsWith("*.")) return bound === host;
  return host.endsWith(bound.slice(1)) && host.length > bound.length - 1;
}

/** `/repos` is `/repos` and `/repos/…`, and not `/reposx`; an encoded slash or dot could be read as one behind us. */
function pathFits(bound: string, path: string): boolean {
  if (bound === "/") return true;
  if (/%2f|%2e|%5c|\\|;/i.test(path) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return false;
  const prefix = bound.endsWith("/") ? bound : `${bound}/`;
  return path === bound || path.startsWith(prefix);
}

/** Grows with how closely a destination is named: a credential for one path goes before one for the host. */
export function closeness({ host, path, methods }: Bound): number {
  return (host.startsWith("*.") ? 0 : 100_000) + path.length * 10 + (methods.length > 0 ? 1 : 0);
}

function invalid(text: string, why: string): Fault {
  return new Fault(
    "credential_destination_invalid",
    `${JSON.stringify(text.slice(0, 200))} is no place that a credential can be bound to: ${why}`,
    "Write it as https://api.example.com/v1, https://*.example.com or 'GET,POST https://api.example.com'; plain http only for this machine and private addresses.",
  );
}
