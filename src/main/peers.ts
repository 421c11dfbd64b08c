import { BlockList, isIP } from "node:net";
import { isLoopback } from "#identity";
import type { Config } from "./config.ts";

/** Whether a text is an IP address or a CIDR range, as `trustedProxies` takes them. */
export function isProxyRange(text: string): boolean {
  return rangeOf(text) !== null;
}

/**
 * Who may connect, by the address of the connection itself. With TLS of our own: everyone. Without it only this machine
 * and the trusted proxies, because anybody else would be speaking in the clear. What a header says of an
 * address (`Forwarded`, `X-Forwarded-*`) is never read.
 */
export function createPeerCheck({
  tls,
  listen,
}: Pick<Config, "tls" | "listen">): (address: string | undefined) => boolean {
  if (tls !== null) return () => true;
  const proxies = new BlockList();
  for (const text of listen.trustedProxies) {
    const range = rangeOf(text);
    if (range !== null) proxies.addSubnet(range.address, range.prefix, range.family);
  }
  return (address) => {
    if (address === undefined) return false;
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
    const family = isIP(plain);
    return isLoopback(plain) || (family !== 0 && proxies.check(plain, family === 4 ? "ipv4" : "ipv6"));
  };
}

/** Wider than this is no list of proxies but everybody. */
const PREFIX_MIN = 8;

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

function rangeOf(text: string): Range | null {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes("%")) return null;
  const widest = version === 4 ? 32 : 128;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return null;
  const prefix = bits === undefined ? widest : Number(bits);
  return prefix > widest || prefix < PREFIX_MIN
    ? null
    : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}
