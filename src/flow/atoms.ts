/** Values that mean something by themselves wherever they stand in a text. */
export interface Atom {
  readonly kind: "link" | "address" | "account" | "number";
  readonly text: string;
}

/**
 * With a scheme, with `www.`, or a host, by its name or number, with a path. A browser takes backslashes for slashes, and
 * some schemes need none.
 */
const LINK =
  /(?<![\p{L}\p{N}_])(?:[a-z][a-z0-9+.-]{1,20}:[\\/]{2}|(?:javascript|mailto|tel|sms|bitcoin|ethereum):|data:[a-z]+\/|www\.|(?:(?:[\p{L}\p{N}-]{1,63}\.){1,5}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,59})|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?[\\/])[^\s<>"'`)\]}]+/giu;
/** What ends a sentence, and no link. */
const ENDS = /[.,;:!?]/u;
const ADDRESS = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu;
/** ISO 13616 (IBAN), with or without spaces, and other long numbers of accounts. */
const ACCOUNT = /\b[A-Z]{2}[ ]?\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}\b|\b\d{9,34}\b/gu;
/** What may be an IBAN, however it is written: the check digits tell. */
const IBAN = /\b[a-z]{2}\d{2}(?:[ .\u00A0-]?[a-z0-9]){11,30}\b/giu;
/** Wallets of the two best-known chains (EIP-55; BIP-173). */
const WALLET = /\b0x[0-9a-f]{40}\b|\bbc1[02-9ac-hj-np-z]{25,60}\b/giu;
/** Full stops that stand for the dot of a host (RFC 3490, section 3.1), and what nobody sees. */
const DOTS = /[\u3002\uFF0E\uFF61]/gu;
const UNSEEN = /\p{Cf}/gu;
/** Without one of these there is no link, address or account; most texts, and names of fields, have none. */
const MARKS = /[.:@\\/\d]/u;

/** As `atomsIn`, of a text that people read: dots of other scripts are dots, and what is invisible is not there. */
export function atomsRead(text: string): Atom[] {
  const read = atomsIn(text.replaceAll(UNSEEN, "").replaceAll(DOTS, "."));
  return [...read, ...hiddenAccounts(text)];
}

/** Accounts in other spellings than people's usual one, up to where a group of them ends. */
function hiddenAccounts(text: string): Atom[] {
  const wallets = text.match(WALLET) ?? [];
  const ibans = (text.match(IBAN) ?? []).flatMap((found) => {
    const groups = found.split(/[ .\u00A0-]/u);
    const spellings = groups.map((_, at) => groups.slice(0, at + 1).join(""));
    return spellings.filter(isIban).slice(0, 1);
  });
  return [...wallets, ...ibans].map((found) => ({ kind: "account", text: found }));
}

/** ISO 13616: the country and the check digits at the end, letters as numbers from 10, the rest by 97 is 1. */
function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  const digits = Array.from(`${text.slice(4)}${text.slice(0, 4)}`, (one) => Number.parseInt(one, 36)).join(
    "",
  );
  return BigInt(digits) % 97n === 1n;
}

/** Links, addresses and account numbers in a text, in the order they stand; an address within a link is not apart. */
export function atomsIn(text: string): Atom[] {
  if (!MARKS.test(text)) return [];
  const links = (text.match(LINK) ?? []).map((found) => ({
    kind: "link" as const,
    text: withoutEnd(found),
  }));
  const rest = text.replaceAll(LINK, " ");
  const addresses = (rest.match(ADDRESS) ?? []).map((found) => ({ kind: "address" as const, text: found }));
  const accounts = (rest.match(ACCOUNT) ?? []).map((found) => ({
    kind: /^\d/u.test(found) ? ("number" as const) : ("account" as const),
    text: found,
  }));
  return [...links, ...addresses, ...accounts];
}

function withoutEnd(link: string): string {
  let end = link.length;
  while (end > 0 && ENDS.test(link.charAt(end - 1))) end -= 1;
  return link.slice(0, end);
}

/** Whether the whole value is an address, a link or an account. */
export function isAtom(value: string): boolean {
  const [first, ...others] = atomsIn(value);
  return others.length === 0 && first?.text === value.trim();
}

/** Numbers as people write amounts: `1,200.50`, `12.00`, `$30,000`. Parts of dates and of longer codes are none. */
export function numbersIn(text: string): number[] {
  const found: number[] = [];
  for (const match of text.matchAll(
    /(?<![\p{L}\p{N}_.,:/@-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\p{L}\p{N}_@/%-])|(?<![\p{L}\p{N}_.,:/@-])\d+(?:\.\d+)?(?![\p{L}\p{N}_@/:%-]|\.\d)/gu,
  )) {
    const value = Number(match[0].replaceAll(",", ""));
    if (Number.isFinite(value)) found.push(value);
  }
  return found;
}
