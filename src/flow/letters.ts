import type { SinkRole } from "#vocabulary";

const EMAIL = /^[^\s@/]+@[^\s@/]+$/u;
/** ISO 13616; hexadecimal wallets (EIP-55 puts a check into the case, and no other meaning). */
const CASELESS_ACCOUNT = /^(?:[a-z]{2}\d{2}(?: ?[a-z0-9]){10,30}|0x[0-9a-f]{40})$/iu;
const HOST = /^(?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}\p{N}-]{2,63}$/u;
const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*/iu;
const BARE_HOST = /^(?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}\p{N}-]{2,63}(?=[/?#:])/u;
/** One word with a digit or a sign in it: what a machine calls something. */
const CODE = /^[^\s]*[\p{N}_/\\.:#-][^\s]*$/u;
const HANDLE = /^[^\s]*[\p{N}_/\\:][^\s]*$/u;

/**
 * How many characters at the beginning of a value mean the same in capitals: all of a name, a title or an e-mail address,
 * scheme and host of a link (RFC 3986, 6.2.2.1), none of an id or a path, where another case is another thing.
 */
export function caselessChars(role: SinkRole, value: string): number {
  if (role === "path") return 0;
  if (EMAIL.test(value) || CASELESS_ACCOUNT.test(value)) return value.length;
  const link = SCHEME_AND_HOST.exec(value);
  if (link !== null) return link[0].length;
  if (role !== "destination" && role !== "account") return CODE.test(value) ? 0 : value.length;
  if (HOST.test(value)) return value.length;
  const host = BARE_HOST.exec(value);
  if (host !== null) return host[0].length;
  return HANDLE.test(value) ? 0 : value.length;
}

/** Whether two spellings are the same thing, given that they are but for case. */
export function isSameSpelling(role: SinkRole, one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.normalize("NFC").trim());
  const chars = caselessChars(role, a ?? "");
  return a?.slice(chars) === b?.slice(chars);
}
