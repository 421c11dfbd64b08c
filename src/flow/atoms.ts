/** Values that mean something by themselves wherever they stand in a text. */
export interface Atom {
  readonly kind: "link" | "address" | "account" | "number";
  readonly text: string;
}

/** With a scheme, with `www.`, or a host with a path. */
const LINK =
  /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.|(?:[\p{L}\p{N}-]{1,63}\.){1,5}\p{L}{2,24}\/)[^\s<>"'`)\]}]+/giu;
const ADDRESS = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu;
/** ISO 13616 (IBAN), with or without spaces, and other long numbers of accounts. */
const ACCOUNT = /\b[A-Z]{2}[ ]?\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}\b|\b\d{9,34}\b/gu;

/** Links, addresses and account numbers in a text, in the order they stand; an address within a link is not apart. */
export function atomsIn(text: string): Atom[] {
  const links = (text.match(LINK) ?? []).map((found) => ({
    kind: "link" as const,
    text: found.replace(/[.,;:!?]+$/u, ""),
  }));
  const rest = text.replaceAll(LINK, " ");
  const addresses = (rest.match(ADDRESS) ?? []).map((found) => ({ kind: "address" as const, text: found }));
  const accounts = (rest.match(ACCOUNT) ?? []).map((found) => ({
    kind: /^\d/u.test(found) ? ("number" as const) : ("account" as const),
    text: found,
  }));
  return [...links, ...addresses, ...accounts];
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
