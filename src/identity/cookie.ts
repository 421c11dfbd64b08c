import type { ListenConfig } from "./listen.ts";

/** With TLS the name carries `__Host-`, which browsers bind to this host, Path=/ and Secure (RFC 6265bis 4.1.3.2). */
export function cookieName(config: ListenConfig): string {
  return isSecure(config) ? "__Host-doorward_session" : "doorward_session";
}

/** The Set-Cookie value for a console session secret; an empty text with `maxAgeS` 0 removes it. */
export function setCookie(config: ListenConfig, text: string, maxAgeS: number): string {
  const secure = isSecure(config) ? "; Secure" : "";
  return `${cookieName(config)}=${text}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secure}`;
}

/**
 * The Set-Cookie value for a sign-in on its way to the identity provider. Lax, because the provider sends the browser
 * back: the session's own Strict cookie would not come along.
 */
export function setFlowCookie(config: ListenConfig, text: string, maxAgeS: number): string {
  const secure = isSecure(config) ? "; Secure" : "";
  return `${flowCookieName(config)}=${text}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeS}${secure}`;
}

/** The flow cookie's value, under the rule of `sessionCookie`. */
export function flowCookie(header: string | undefined, config: ListenConfig): string | null {
  return onlyCookie(header, flowCookieName(config));
}

/** Our cookie's value, or null when it is absent or there are several: two would let another port of the host choose. */
export function sessionCookie(header: string | undefined, config: ListenConfig): string | null {
  return onlyCookie(header, cookieName(config));
}

function onlyCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

function flowCookieName(config: ListenConfig): string {
  return isSecure(config) ? "__Host-doorward_flow" : "doorward_flow";
}

function isSecure(config: ListenConfig): boolean {
  return config.tls || (config.publicUrl?.startsWith("https:") ?? false);
}
