import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * What an IP address is, as far as egress cares. `private` covers loopback, RFC 1918, RFC 4193, RFC 6598 and
 * tunnels that can carry those; `forbidden` covers link-local (where metadata services live), the metadata addresses
 * outside it, multicast, broadcast and reserved space.
 */
export type AddressVerdict = "public" | "private" | "forbidden";

const PRIVATE = blockList([
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["::", 128, "ipv6"],
  ["::1", 128, "ipv6"],
  ["fc00::", 7, "ipv6"],
]);

const FORBIDDEN = blockList([
  ["169.254.0.0", 16, "ipv4"],
  ["100.100.100.200", 32, "ipv4"],
  // Azure's host, and Oracle's metadata, each outside of link-local.
  ["168.63.129.16", 32, "ipv4"],
  ["192.0.0.192", 32, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["fd00:ec2::", 32, "ipv6"],
  // Google's metadata for machines that have IPv6 alone.
  ["fd20:ce::254", 128, "ipv6"],
  // Prefixes that a network chooses for NAT64 (RFC 8215): where the IPv4 address stands in them is its own affair.
  ["64:ff9b:1::", 48, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2001::", 32, "ipv6"],
  ["100::", 64, "ipv6"],
]);

/** Judges a literal address. What is not an address is `forbidden`. IPv4 inside IPv6 is judged as that IPv4. */
export function judgeAddress(address: string): AddressVerdict {
  const plain = embeddedIPv4(address) ?? address;
  const family = isIPv4(plain) ? "ipv4" : isIPv6(plain) ? "ipv6" : null;
  if (family === null || FORBIDDEN.check(plain, family)) return "forbidden";
  return PRIVATE.check(plain, family) ? "private" : "public";
}

/** The IPv4 that an IPv4-mapped (`::ffff:`), translated (`::ffff:0:`), NAT64 (`64:ff9b::`) or 6to4 (`2002:`) address reaches, or null. */
export function embeddedIPv4(address: string): string | null {
  if (!isIPv6(address)) return null;
  const groups = groupsOf(address);
  const tail = (at: number): string => {
    const [high, low] = [groups[at] ?? 0, groups[at + 1] ?? 0];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  };
  const leading = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(":");
  if (CARRIERS.has(leading)) return tail(6);
  if (leading === "0:0:0:0:0:0" && (groups[6] ?? 0) !== 0) return tail(6);
  return groups[0] === 0x2002 ? tail(1) : null;
}

/** RFC 4291, 2.5.5.2; RFC 2765, 2.1; RFC 6052, 2.1. */
const CARRIERS: ReadonlySet<string> = new Set(["0:0:0:0:0:ffff", "0:0:0:0:ffff:0", "64:ff9b:0:0:0:0"]);

/** The eight 16-bit groups of a valid IPv6 address, zone id dropped. */
function groupsOf(address: string): number[] {
  const bare = address.split("%")[0] ?? "";
  const [left = "", right] = bare.split("::");
  const head = parts(left);
  const rest = right === undefined ? [] : parts(right);
  const gap = right === undefined ? 0 : 8 - head.length - rest.length;
  return [...head, ...Array.from({ length: gap }, () => 0), ...rest];
}

function parts(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function blockList(subnets: readonly (readonly [string, number, "ipv4" | "ipv6"])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family);
  return list;
}
