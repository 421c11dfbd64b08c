import { type Digest, digestOf } from "#base";
import type { Origin } from "#proxy";
import type { ServerName } from "#vocabulary";
import { serverNameOf } from "../columns.ts";

const DEFAULT_PORTS = { http: 80, https: 443 } as const;
const WEB = "web:";

/** `api.github.com`, `api.github.com:8443`, `[::1]:8080`: as hosts are granted, and as people read them. */
export function authorityOf({ scheme, host, port }: Origin): string {
  const plain = host.includes(":") ? `[${host}]` : host;
  return port === DEFAULT_PORTS[scheme] ? plain : `${plain}:${port}`;
}

/** The "server" that a host is decided under. No MCP server's name has a colon. */
export function webServer(origin: Origin): ServerName {
  return serverNameOf(`${WEB}${authorityOf(origin)}`);
}

/** What an approval is bound to: scheme, host and port. */
export function originIdentity({ scheme, host, port }: Origin): Digest {
  return digestOf({ scheme, host, port });
}

export function urlOf(origin: Origin, path: string, query: string | null): string {
  return `${origin.scheme}://${authorityOf(origin)}${path}${query === null ? "" : `?${query}`}`;
}

/**
 * The names that a host may be granted under: itself, the domains that it lies in, and everything. An address lies in no
 * domain.
 */
export function grantNames(origin: Origin): readonly string[] {
  const own = authorityOf(origin);
  const isAddress = origin.host.includes(":") || /^[\d.]+$/.test(origin.host);
  const labels = isAddress ? [] : origin.host.split(".").slice(1);
  return [own, ...labels.map((_, at) => `*.${labels.slice(at).join(".")}`), "*"];
}
