import { Fault } from "#base";
import { element } from "./der.ts";

const HOST_CHARS_MAX = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const DNS_NAME_TAG = 0x82;
const IP_ADDRESS_TAG = 0x87;

/**
 * A host as the one general name of a certificate: dNSName, or iPAddress of 4 or 16 bytes (RFC 5280, 4.2.1.6). Host: lower
 * case ASCII without a trailing dot, or an address without brackets. Throws a Fault `host_uncertifiable` for anything else:
 * a wildcard, a zone, a number that is no address.
 */
export function generalName(host: string): Uint8Array {
  const address = host.includes(":") ? sixteenBytes(host) : fourBytes(host);
  if (address !== null) return element(IP_ADDRESS_TAG, address);
  if (!isName(host)) {
    throw new Fault(
      "host_uncertifiable",
      `no certificate is made for ${JSON.stringify(host.slice(0, HOST_CHARS_MAX))}: it is neither a host's name nor an address`,
      "Ask for a plain host name in ASCII, or an IPv4 or IPv6 address without a zone.",
    );
  }
  return element(DNS_NAME_TAG, new TextEncoder().encode(host));
}

function isName(host: string): boolean {
  const labels = host.split(".");
  const last = labels.at(-1) ?? "";
  return host.length <= HOST_CHARS_MAX && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last);
}

function fourBytes(text: string): Uint8Array | null {
  const parts = text.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  const bytes = parts.map(Number);
  return isAddress && bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : null;
}

/** RFC 4291, 2.2: eight groups, one run of zeros left out, the last two perhaps as IPv4. */
function sixteenBytes(text: string): Uint8Array | null {
  const [head = "", tail, ...others] = text.split("::");
  if (others.length > 0) return null;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  return Uint8Array.from([...before, ...Array.from({ length: missing }, () => 0), ...after]);
}

function groupsOf(text: string): readonly number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const four = at === groups.length - 1 && group.includes(".") ? fourBytes(group) : null;
    if (four === null && !/^[0-9a-f]{1,4}$/i.test(group)) return null;
    const value = Number.parseInt(group, 16);
    bytes.push(...(four ?? [Math.floor(value / 256), value % 256]));
  }
  return bytes;
}
