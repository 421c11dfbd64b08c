// Addresses as Rust's `std::net` reads them, except IPv4 inside IPv6, which Cedar refuses before.

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const GROUPS = 8;

/** Null for what is no IPv4 address in dotted decimals, leading zeros refused. */
export function readIpv4(text: string): bigint | null {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) < 256)) return null;
  return octets.reduce((address, octet) => (address << 8n) | BigInt(octet), 0n);
}

/** Null for what is no IPv6 address. `::` stands for one group of zeros or more. */
export function readIpv6(text: string): bigint | null {
  const gap = text.indexOf("::");
  if (gap === -1) return addressOf(groupsOf(text), []);
  const head = text.slice(0, gap);
  const tail = text.slice(gap + 2);
  return addressOf(head === "" ? [] : groupsOf(head), tail === "" ? [] : groupsOf(tail), true);
}

function groupsOf(text: string): readonly string[] {
  return text.split(":");
}

function addressOf(head: readonly string[], tail: readonly string[], hasGap = false): bigint | null {
  const given = head.length + tail.length;
  if (hasGap ? given >= GROUPS : given !== GROUPS) return null;
  const zeros = Array.from({ length: GROUPS - given }, () => "0");
  const groups = [...head, ...zeros, ...tail];
  if (!groups.every((group) => GROUP.test(group))) return null;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}
