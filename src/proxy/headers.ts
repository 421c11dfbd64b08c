import { framing, headerRefused, headTooLarge } from "./faults.ts";
import { CONNECTION_OPTIONS, DROPPED, OVERRIDES, SINGLE, SOCKET_DROPPED } from "./headers.table.ts";
import type { Presented } from "./port.ts";

export type Headers = readonly (readonly [name: string, value: string])[];

export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" };

/** What a head says, once each. */
export interface Head {
  /** What goes on: in order, lower-case names, without hop-by-hop, proxy and framing headers. */
  readonly headers: Headers;
  readonly framing: Framing;
  readonly host: string | null;
  readonly expects: string | null;
  readonly upgrade: string | null;
  readonly presented: Presented;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Field values of RFC 9110, 5.5: visible ASCII, obs-text, space and tab within. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** `raw` as Node gives it: names and values in turn. Throws `proxy_header` and `proxy_framing`. */
export function readHead(raw: readonly string[], headersMax: number): Head {
  const all = pairs(raw);
  if (all.length > headersMax) throw headTooLarge();
  const singles = new Map<string, string>();
  for (const [name, value] of all) {
    checkField(name, value);
    if (SINGLE.has(name) && singles.has(name)) throw repeated(name);
    singles.set(name, value);
  }
  checkConnection(all);
  return {
    headers: all.filter(([name]) => !DROPPED.has(name) && !SOCKET_DROPPED.has(name)),
    framing: framingOf(singles),
    host: singles.get("host") ?? null,
    expects: singles.get("expect") ?? null,
    upgrade: singles.get("upgrade")?.toLowerCase() ?? null,
    presented: presentedBy(singles.get("proxy-authorization")),
  };
}

function pairs(raw: readonly string[]): [string, string][] {
  const all: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) all.push([(raw[at] ?? "").toLowerCase(), raw[at + 1] ?? ""]);
  return all;
}

function checkField(name: string, value: string): void {
  if (!TOKEN.test(name)) throw headerRefused("a name is no token");
  if (!VALUE.test(value)) throw headerRefused(`${name} has control characters`);
  if (OVERRIDES.has(name)) throw headerRefused(`${name} would make another request of this one`);
  const dashed = name.replaceAll("_", "-");
  // Servers that hand headers on as variables cannot tell the two apart (CGI, RFC 3875, 4.1.18).
  if (dashed !== name && (SINGLE.has(dashed) || DROPPED.has(dashed) || OVERRIDES.has(dashed)))
    throw headerRefused(`${name} is read as ${dashed} by some servers`);
}

function repeated(name: string): Error {
  const isLength = name === "content-length" || name === "transfer-encoding";
  return isLength ? framing(`${name} stands there twice`) : headerRefused(`${name} stands there twice`);
}

function checkConnection(all: Headers): void {
  for (const [name, value] of all) {
    if (name !== "connection" && name !== "proxy-connection") continue;
    const options = value.split(",").map((option) => option.trim().toLowerCase());
    const odd = options.find((option) => option !== "" && !CONNECTION_OPTIONS.has(option));
    if (odd !== undefined) throw headerRefused(`${name} names ${JSON.stringify(odd)}`);
  }
}

/** RFC 9112, 6.3, without its leniencies: one length, or the one coding `chunked`, never both. */
function framingOf(singles: ReadonlyMap<string, string>): Framing {
  const length = singles.get("content-length");
  const coding = singles.get("transfer-encoding");
  if (coding !== undefined && length !== undefined)
    throw framing("both Content-Length and Transfer-Encoding are given");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw framing("the only transfer coding taken is chunked");
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "none" };
  if (!/^(?:0|[1-9]\d{0,14})$/.test(length)) throw framing("Content-Length is no plain number");
  return { kind: "length", bytes: Number(length) };
}

/** RFC 7617 and RFC 6750, in the header of RFC 9110, 11.7.2. */
function presentedBy(value: string | undefined): Presented {
  const [, scheme = "", given = ""] = /^([A-Za-z]+) +([\w.~+/=-]+)$/.exec(value ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: given };
  if (scheme.toLowerCase() !== "basic") return { kind: "none" };
  const text = Buffer.from(given, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return { kind: "none" };
  return { kind: "basic", user: text.slice(0, colon), password: text.slice(colon + 1) };
}
