import { Fault } from "#base";

/** Where Doorward listens and under which names browsers and agents may call it. */
export interface ListenConfig {
  /** An IP address or `localhost`. */
  readonly address: string;
  readonly port: number;
  /** True when this listener itself speaks TLS. */
  readonly tls: boolean;
  /** Addresses of reverse proxies that terminate TLS in front of us; empty: none. */
  readonly trustedProxies: readonly string[];
  /** The URL people use, `https://doorward.example.org`; null: loopback only. */
  readonly publicUrl: string | null;
  /** Issuer URL of the OIDC provider that authenticates users; null: local users only. */
  readonly identityProvider: string | null;
}

/** The names under which a request reaches this listener: values of Host, and of Origin. */
export interface OwnNames {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127(\.\d{1,3}){3}$/.test(address);
}

/**
 * Every address to bind for a configured one. `localhost` means 127.0.0.1 to one program and ::1 to the next: were
 * only one of them ours, an agent could bind the other and be handed the login link of a person (T1). A failed bind
 * of either must stop the start, except where the machine has no IPv6 (`EADDRNOTAVAIL`, `EAFNOSUPPORT`).
 */
export function loopbackTwins(address: string): readonly string[] {
  return address === "localhost" || address === "127.0.0.1" || address === "::1"
    ? ["127.0.0.1", "::1"]
    : [address];
}

/**
 * Refuses a listener that would show Doorward to a network without TLS and a real identity provider: throws
 * `listen_insecure` with the setting's name and an example line. Loopback needs neither, and gives no rights (T1).
 */
export function checkListen(config: ListenConfig): void {
  if (config.publicUrl !== null) checkPublicUrl(config.publicUrl);
  if (isLoopback(config.address)) return;
  if (!config.tls && config.trustedProxies.length === 0) {
    throw insecure(
      config,
      "tls",
      "without TLS",
      `tls: { certificate: "/etc/doorward/tls.crt", key: "/etc/doorward/tls.key" }`,
    );
  }
  if (config.publicUrl === null) {
    throw insecure(
      config,
      "publicUrl",
      "without its public name",
      `publicUrl: "https://doorward.example.org"`,
    );
  }
  if (config.identityProvider === null) {
    const example = `identityProvider: { issuer: "https://login.example.org", clientId: "doorward" }`;
    throw insecure(config, "identityProvider", "without a real identity provider", example);
  }
}

/** Loopback names with our port always, and the public URL's host where one is configured. */
export function ownNames(config: ListenConfig): OwnNames {
  const scheme = config.tls ? "https" : "http";
  const names = ["localhost", "127.0.0.1", "[::1]"].map(
    (name) => new URL(`${scheme}://${name}:${config.port}`),
  );
  if (config.publicUrl !== null) names.push(new URL(config.publicUrl));
  return {
    hosts: new Set(names.flatMap((url) => [url.host, `${url.hostname}:${url.port || defaultPort(url)}`])),
    origins: new Set(names.map((url) => url.origin)),
  };
}

/**
 * The address to print for people: passkeys need a domain as relying party id, and an IP address is none
 * (WebAuthn Level 3, section 5.1.3), so loopback is always written `localhost`.
 */
export function consoleOrigin(config: ListenConfig): string {
  if (config.publicUrl !== null) return new URL(config.publicUrl).origin;
  return new URL(`${config.tls ? "https" : "http"}://localhost:${config.port}`).origin;
}

function checkPublicUrl(text: string): void {
  const url = URL.parse(text);
  const isPlain =
    url !== null && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (isPlain && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))))
    return;
  throw new Fault(
    "listen_public_url",
    `the setting publicUrl is not a plain https URL: ${text}`,
    `Write scheme and host alone, for example: publicUrl: "https://doorward.example.org"`,
  );
}

function defaultPort(url: URL): string {
  return url.protocol === "https:" ? "443" : "80";
}

function insecure(config: ListenConfig, setting: string, lack: string, example: string): Fault {
  return new Fault(
    "listen_insecure",
    `refusing to listen on ${config.address}:${config.port} ${lack} (setting ${setting})`,
    `Listen on 127.0.0.1, or set ${setting}, for example: ${example}`,
  );
}
