import type { Fault } from "#base";
import { isFor } from "./choose.ts";
import { placeholderMisplaced } from "./faults.ts";
import type { Bearer, FoundPlaceholder, Outgoing } from "./port.ts";
import type { KnownCredential, KnownPlaceholder } from "./rows.ts";
import { placesOf } from "./settings.ts";

/** `dwp_` and 32 characters of Crockford's base32: 160 random bits. */
const PLACEHOLDER = /dwp_[0-9a-hjkmnp-tv-z]{32}/g;
export const PLACEHOLDER_BYTES = 20;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export function placeholderOf(random: Uint8Array): string {
  let text = "";
  for (let bit = 0; bit < random.length * 8; bit += 5) {
    const at = bit >> 3;
    const two = ((random[at] ?? 0) << 8) | (random[at + 1] ?? 0);
    text += ALPHABET[(two >> (11 - (bit & 7))) & 31];
  }
  return `dwp_${text}`;
}

/** What may hide in a text: as it stands, percent-decoded (twice), and what a base64 word in it decodes to. */
function readings(text: string): readonly string[] {
  const once = unescaped(text);
  const words = [...new Set([text, once])].flatMap((one) => one.match(BASE64) ?? []);
  return [text, once, unescaped(once), ...words.slice(0, WORDS_MAX).flatMap(decoded)];
}

const BASE64 = /[A-Za-z0-9+/_-]{44,}={0,2}/g;
/** Base64 words that are looked into; a header has few, and a body that has more is searched as it stands. */
const WORDS_MAX = 200;
const WORD_CHARS_MAX = 1_000_000;

/** A word may be a part of something longer: it is read from each of the four places where a group can begin. */
function decoded(word: string): readonly string[] {
  if (word.length > WORD_CHARS_MAX) return [];
  return [0, 1, 2, 3].map((from) => Buffer.from(word.slice(from), "base64").toString("latin1"));
}

function unescaped(text: string): string {
  if (!text.includes("%")) return text;
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function foundIn(text: string, place: string): FoundPlaceholder[] {
  if (text.length < "dwp_".length) return [];
  const found = readings(text).flatMap((one) => one.match(PLACEHOLDER) ?? []);
  return [...new Set(found)].map((placeholder) => ({ placeholder, place }));
}

/** Every placeholder in what an agent sends, wherever it stands and however it is written. */
export function findPlaceholders(outgoing: Outgoing, body: Uint8Array | null): readonly FoundPlaceholder[] {
  const { headers, query, destination } = outgoing;
  return [
    ...headers.flatMap(([name, value]) => foundIn(value, `header:${name.toLowerCase()}`)),
    ...headers.flatMap(([name]) => foundIn(name, "header name")),
    ...(query ?? "").split("&").flatMap(inParameter),
    ...foundIn(destination.path, "path"),
    ...foundIn(destination.host, "host"),
    ...(body === null ? [] : foundIn(Buffer.from(body).toString("latin1"), "body")),
  ];
}

function inParameter(pair: string): FoundPlaceholder[] {
  const at = pair.indexOf("=");
  const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  return [...foundIn(name, "query name"), ...foundIn(value, `query:${unescaped(name.replaceAll("+", " "))}`)];
}

interface Knowing {
  readonly placeholder: (text: string) => KnownPlaceholder | null;
  readonly credential: (id: string) => KnownCredential | null;
}

/** Throws `placeholder_misplaced` unless each is this bearer's, for this destination, and stands where its credential goes. */
export function demandPlaced(
  found: readonly FoundPlaceholder[],
  bearer: Bearer,
  { destination }: Outgoing,
  knowing: Knowing,
): void {
  for (const { placeholder, place } of found) {
    const why = misplaced(knowing, { placeholder, place }, bearer, destination);
    if (why !== null) throw why;
  }
}

function misplaced(
  knowing: Knowing,
  { placeholder, place }: FoundPlaceholder,
  bearer: Bearer,
  destination: Outgoing["destination"],
): Fault | null {
  const known = knowing.placeholder(placeholder);
  const credential = known === null ? null : knowing.credential(known.credential);
  if (known === null || credential === null)
    return placeholderMisplaced(`in the ${place}: it is of no credential`);
  const isOwn = known.agent === bearer.agent && (known.session === null || known.session === bearer.session);
  if (!isOwn) return placeholderMisplaced(`in the ${place}: it was made for another agent or session`);
  if (!isFor(credential, bearer, destination))
    return placeholderMisplaced(
      `${credential.name} is not for ${destination.method} ${destination.scheme}://${destination.host}`,
    );
  const places = placesOf(credential.kind, credential.settings);
  if (places.includes(place)) return null;
  return placeholderMisplaced(
    `${credential.name} goes into ${places.join(", ") || "the connection"}, and the placeholder stands in the ${place}`,
  );
}
