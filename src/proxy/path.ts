import { isUtf8 } from "node:buffer";
import { pathRefused, targetRefused } from "./faults.ts";

export interface PathAndQuery {
  readonly path: string;
  readonly query: string | null;
}

const UNRESERVED = /[A-Za-z0-9._~-]/;
/** pchar of RFC 3986, 3.3, and the slash. */
const PLAIN = /[A-Za-z0-9._~!$&'()*+,;=:@/-]/;
/** Not allowed in a path, and yet sent unencoded by common clients: encoded on the way. */
const TOLERATED = /["<>[\]^`{|}]/;

/**
 * A target's path and query. Percent-encoding is brought into its one form (RFC 3986, 6.2.2: unreserved characters plain,
 * the rest in upper case), dot segments are gone. `%2F` stays what it is, as package registries need it. Refused with
 * `proxy_path`: whatever servers are known to read differently.
 */
export function readPath(target: string): PathAndQuery {
  if (!/^[\x21-\x7e]+$/.test(target)) throw targetRefused("it has characters outside of ASCII");
  if (target.includes("#")) throw targetRefused("it has a fragment");
  if (target.includes("\\")) throw pathRefused("it has a backslash");
  const mark = target.indexOf("?");
  const path = normalised(mark < 0 ? target : target.slice(0, mark));
  return { path: withoutDots(path), query: mark < 0 ? null : target.slice(mark + 1) };
}

function normalised(path: string): string {
  let made = "";
  for (let at = 0; at < path.length; at += 1) {
    const char = path.charAt(at);
    if (char === "%") {
      made += triplet(path.slice(at, at + 3));
      at += 2;
    } else if (PLAIN.test(char)) made += char;
    else if (TOLERATED.test(char)) made += percent(char.charCodeAt(0));
    else throw pathRefused(`it has the character ${JSON.stringify(char)}`);
  }
  checkBytes(made);
  return made;
}

function triplet(text: string): string {
  if (!/^%[0-9A-Fa-f]{2}$/.test(text)) throw pathRefused("its percent-encoding is broken");
  const byte = Number.parseInt(text.slice(1), 16);
  if (byte < 0x20 || byte === 0x7f) throw pathRefused("it has an encoded control character");
  if (byte === 0x5c) throw pathRefused("it has an encoded backslash");
  const char = String.fromCharCode(byte);
  return UNRESERVED.test(char) ? char : percent(byte);
}

const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;

/** Overlong UTF-8 (`%C0%AE`) is read as a dot by some, and as nothing by others. */
function checkBytes(path: string): void {
  const bytes = path.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  if (!isUtf8(Buffer.from(bytes, "latin1"))) throw pathRefused("it is not UTF-8");
}

const isDots = (step: string): boolean => /^\.{1,2}(?:;.*)?$/.test(step);

function withoutDots(path: string): string {
  const segments = path.slice(1).split("/");
  const steps = segments.flatMap((segment) => segment.split("%2F"));
  const hidden = segments.some((segment) => !isDotSegment(segment) && segment.split("%2F").some(isDots));
  if (hidden) throw pathRefused("it has dots that only some servers take for a step");
  const climbs = segments.some(isDotSegment);
  if (climbs && steps.some((step, at) => step === "" && at < steps.length - 1))
    throw pathRefused("it has dot segments beside empty ones, which servers resolve differently");
  return climbs ? `/${resolved(segments).join("/")}` : path;
}

const isDotSegment = (segment: string): boolean => segment === "." || segment === "..";

/** RFC 3986, 5.2.4. */
function resolved(segments: readonly string[]): string[] {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  if (isDotSegment(segments.at(-1) ?? "")) kept.push("");
  return kept;
}
