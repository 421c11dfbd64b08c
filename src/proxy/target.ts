import { METHODS } from "node:http";
import { readAuthority, writeAuthority, type Authority } from "./authority.ts";
import { hostMismatch, malformed, methodRefused, targetRefused } from "./faults.ts";
import { type PathAndQuery, readPath } from "./path.ts";
import type { Origin } from "./port.ts";

/** Where a request goes, as its line says. */
export interface Target extends PathAndQuery {
  readonly origin: Origin;
}

const FORWARDED = new Set(METHODS.filter((method) => method !== "CONNECT" && method !== "TRACE"));

/** Methods that Node's parser knows, in upper case, without CONNECT and TRACE (T12). */
export function checkMethod(method: string): string {
  if (!FORWARDED.has(method)) throw methodRefused(method);
  return method;
}

/** Outside of a tunnel: absolute form alone (RFC 9112, 3.2.2). */
export function readAbsolute(method: string, target: string): Target {
  const [, scheme = "", authority = "", rest = ""] =
    /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/s.exec(target) ?? [];
  const lower = scheme.toLowerCase();
  if (lower !== "http" && lower !== "https")
    throw targetRefused(scheme === "" ? "it is no absolute address" : `${scheme}: is not spoken here`);
  if (method === "OPTIONS" && rest === "") throw targetRefused("OPTIONS of a whole server is not forwarded");
  const origin = { scheme: lower, ...readAuthority(authority, lower === "https" ? 443 : 80) } as const;
  return { origin, ...readPath(rest.startsWith("/") ? rest : `/${rest}`) };
}

/** Inside a tunnel: origin form alone (RFC 9112, 3.2.1), for the host that the tunnel was opened to. */
export function readInside(target: string, origin: Origin): Target {
  if (!target.startsWith("/")) throw targetRefused("inside a tunnel it must begin with a slash");
  return { origin, ...readPath(target) };
}

/** Host, or `:authority`, must be the very place; `null` is for whoever may leave it out. */
export function checkHost(host: string | null, { origin }: Pick<Target, "origin">, mayLack: boolean): void {
  if (host === null) {
    if (mayLack) return;
    throw malformed("it has no Host header");
  }
  const said = readAuthority(host, origin.scheme === "https" ? 443 : 80);
  if (!isSame(said, origin)) throw hostMismatch(writeAuthority(said), writeAuthority(origin));
}

/** CONNECT's target is a host and a port (RFC 9112, 3.2.3). Its Host may leave the port out where it is the web's. */
export function readConnect(target: string, host: string | null): Authority {
  const authority = readAuthority(target, null);
  if (host === null) return authority;
  const isWebs = authority.port === 443 || authority.port === 80;
  const said = readAuthority(host, isWebs ? authority.port : 443);
  if (!isSame(said, authority)) throw hostMismatch(writeAuthority(said), writeAuthority(authority));
  return authority;
}

function isSame(one: Authority, other: Authority): boolean {
  return one.host === other.host && one.port === other.port;
}
