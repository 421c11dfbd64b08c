import { fail } from "../failure.ts";
import { utf8Length } from "../text.ts";
import { readIpv4, readIpv6 } from "./ip-text.ts";
import { ExtensionValue } from "./value.ts";

/** Bytes of `ABCD:EF01:2345:6789:ABCD:EF01:2345:6789/128`. */
const TEXT_BYTES_MAX = 43;
const WIDTH = { 4: 32, 6: 128 };
const LOOPBACK = { 4: 127n << 24n, 6: 1n };

/** An address or a range of addresses of one version. Mixed versions compare unequal and contain nothing of each other. */
export class IpAddress extends ExtensionValue {
  readonly type = "ipaddr";
  readonly version: 4 | 6;
  readonly prefix: number;
  private readonly address: bigint;
  private readonly first: bigint;
  private readonly last: bigint;

  constructor(version: 4 | 6, address: bigint, prefix: number) {
    super();
    this.version = version;
    this.prefix = prefix;
    this.address = address;
    const hosts = (1n << BigInt(WIDTH[version] - prefix)) - 1n;
    this.first = address - (address & hosts);
    this.last = address | hosts;
  }

  get key(): string {
    return `a${this.version}/${this.address}/${this.prefix}`;
  }

  get isLoopback(): boolean {
    return this.version === 4
      ? this.prefix >= 8 && this.address >> 24n === LOOPBACK[4] >> 24n
      : this.prefix === WIDTH[6] && this.address === LOOPBACK[6];
  }

  get isMulticast(): boolean {
    return this.version === 4
      ? this.prefix >= 4 && this.address >> 28n === 0xen
      : this.prefix >= 8 && this.address >> 120n === 0xffn;
  }

  withPrefix(prefix: number): IpAddress {
    return new IpAddress(this.version, this.address, prefix);
  }

  isInRange(range: IpAddress): boolean {
    return this.version === range.version && range.first <= this.first && this.last <= range.last;
  }
}

/** Reads `ip("10.0.0.0/8")` as Cedar does (`cedar-policy-core/src/extensions/ipaddr.rs`), with its errors. */
export function readIp(text: string): IpAddress {
  if (utf8Length(text) > TEXT_BYTES_MAX) {
    return wrong(`error parsing IP address from string \`${text}\`: string length is too large`);
  }
  if (hasTwo(text, ":") && hasTwo(text, ".")) {
    const because = "We do not accept IPv4 embedded in IPv6 (e.g., ::ffff:127.0.0.1)";
    return wrong(`error parsing IP address from string: ${because}. Found: \`${text}\``);
  }
  const slash = text.indexOf("/");
  if (slash === -1) return readAddress(text) ?? wrong(`invalid IP address: ${text}`);
  const before = text.slice(0, slash);
  const single =
    readAddress(before) ??
    wrong(`error parsing IP address from the string \`${before}\`: invalid IP address syntax`);
  return single.withPrefix(readPrefix(text.slice(slash + 1), WIDTH[single.version]));
}

function readAddress(text: string): IpAddress | null {
  const four = readIpv4(text);
  if (four !== null) return new IpAddress(4, four, WIDTH[4]);
  const six = readIpv6(text);
  return six === null ? null : new IpAddress(6, six, WIDTH[6]);
}

function readPrefix(text: string, width: number): number {
  const bytes = utf8Length(text);
  if (bytes > String(width).length) return wrong(`error parsing prefix: string length ${bytes} is too large`);
  if (!/^[0-9]*$/.test(text)) return wrong(`error parsing prefix \`${text}\`: encountered non-digit`);
  if (/^0./.test(text)) return wrong(`error parsing prefix \`${text}\`: leading zero(s)`);
  if (text === "") return unread(text, "cannot parse integer from empty string");
  const prefix = Number(text);
  if (prefix > 255) return unread(text, "number too large to fit in target type");
  return prefix > width ? wrong(`error parsing prefix: ${prefix} is larger than the limit ${width}`) : prefix;
}

function unread(text: string, because: string): never {
  return wrong(`error parsing prefix from the string \`${text}\`: ${because}`);
}

function hasTwo(text: string, character: string): boolean {
  return text.indexOf(character) !== text.lastIndexOf(character);
}

function wrong(message: string): never {
  return fail("extension", `error while evaluating \`ipaddr\` extension function: ${message}`);
}
