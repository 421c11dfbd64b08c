import { isIPv4, isIPv6 } from "node:net";
import { authorityRefused, portRefused } from "./faults.ts";
import { PORTS_REFUSED } from "./ports.table.ts";

/** A host and a port as `Origin` has them. */
export interface Authority {
  readonly host: string;
  readonly port: number;
}

const HOST_BYTES_MAX = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const SHAPE = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/s;

/**
 * `host`, `host:port`, `[address]:port` (RFC 3986, 3.2, without user name, percent-encoding and scoped addresses).
 * `defaultPort` null: a port must be there. Throws `proxy_authority` and `proxy_port`.
 */
export function readAuthority(text: string, defaultPort: number | null): Authority {
  if (text.includes("@")) throw authorityRefused("it carries a user name or password");
  const [, host = "", port] = SHAPE.exec(text) ?? [];
  if (port === undefined && defaultPort === null) throw authorityRefused("it has no port");
  const at = port === undefined ? (defaultPort ?? 0) : readPort(port);
  if (PORTS_REFUSED.has(at)) throw portRefused(at);
  return { host: host.startsWith("[") ? readAddress(host) : readName(host), port: at };
}

export function writeAuthority({ host, port }: Authority): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function readPort(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535)
    throw authorityRefused("its port is no number between 1 and 65535");
  return Number(text);
}

function readAddress(text: string): string {
  const address = text.slice(1, -1);
  if (!isIPv6(address) || address.includes("%"))
    throw authorityRefused("what stands in brackets is no IPv6 address");
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** Anything that a resolver could take for an address written another way (`0x7f.1`, `2130706433`, `127.1`) is refused. */
function readName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (name === "" || name.length > HOST_BYTES_MAX) throw authorityRefused("its length is out of bounds");
  const labels = name.split(".");
  if (!labels.every((label) => LABEL.test(label))) throw authorityRefused("it is no plain host name");
  const isNumeric = /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
  if (isNumeric && !isIPv4(name)) throw authorityRefused("it is a number, but no address of four of them");
  if (URL.parse(`http://${name}/`)?.hostname !== name)
    throw authorityRefused("it has more than one spelling (IDNA, RFC 5891)");
  return name;
}
