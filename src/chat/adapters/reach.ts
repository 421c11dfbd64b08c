import { Socket } from "node:net";

/** Names that an adapter may be connected to: itself and what lies under it (`slack.com`: also `wss-primary.slack.com`). */
export interface Reach {
  readonly hosts: readonly string[];
  /** Addresses with their ports, of an API that the admin named. */
  readonly origins: readonly string[];
}

/**
 * From here on every connection of this process goes to the platform's hosts on port 443, or to the API that the admin
 * named, and all else is refused before a name is resolved (T17). It binds code that is misled, such as an address in a
 * message; a package that means harm could undo it (docs/limitations.md).
 */
export function confine(reach: Reach): void {
  const connect = Reflect.get(Socket.prototype, "connect");
  Reflect.set(Socket.prototype, "connect", function confined(this: Socket, ...args: unknown[]): unknown {
    const to = targetOf(args);
    if (to !== null && isWithin(reach, to.host, to.port)) return Reflect.apply(connect, this, args);
    const where = to === null ? "a local socket" : `${to.host}:${to.port}`;
    process.nextTick(() => this.destroy(new Error(`${where} is not one of the platform's hosts`)));
    return this;
  });
}

/** The arguments as `net` normalises them: an array of options and callback, options, or port and host. */
function targetOf([first, second]: readonly unknown[]): { host: string; port: number } | null {
  if (Array.isArray(first)) return targetOf(first);
  if (typeof first === "object" && first !== null) {
    if (typeof Reflect.get(first, "path") === "string") return null;
    return named(Reflect.get(first, "host"), Reflect.get(first, "port"));
  }
  return named(second, first);
}

function named(host: unknown, port: unknown): { host: string; port: number } {
  return { host: typeof host === "string" ? host.toLowerCase() : "localhost", port: Number(port) };
}

function isWithin({ hosts, origins }: Reach, host: string, port: number): boolean {
  const isPlatform = port === 443 && hosts.some((name) => host === name || host.endsWith(`.${name}`));
  return isPlatform || origins.includes(`${host}:${port}`);
}

/** `host:port` of a URL, as `Reach.origins` takes it. */
export function originOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const isPlain = protocol === "http:" || protocol === "ws:";
  return `${hostname.replaceAll(/[[\]]/g, "")}:${port === "" ? (isPlain ? 80 : 443) : port}`;
}
