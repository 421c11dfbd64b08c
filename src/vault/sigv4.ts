import { createHash, createHmac } from "node:crypto";

/** A request as AWS Signature Version 4 signs it. */
export interface ToSign {
  readonly method: string;
  readonly host: string;
  /** Begins with a slash, percent-encoded once, as it is sent. */
  readonly path: string;
  /** Without its question mark, as it is sent; empty: none. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
/** Set or changed by what lies between us and the service, so never signed. */
const UNSIGNED = new Set([
  "accept-encoding",
  "authorization",
  "connection",
  "expect",
  "user-agent",
  "x-amzn-trace-id",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers that sign a request: `x-amz-date`, `x-amz-security-token` where there is one, `x-amz-content-sha256` for
 * S3, and `authorization`. AWS General Reference, "Create a signed AWS API request" (Signature Version 4); held to AWS'
 * own test suite (aws-c-auth, tests/aws-signing-test-suite/v4).
 */
export function signV4(request: ToSign, signer: Signer): readonly (readonly [string, string])[] {
  const { canonical, names, date } = canonicalRequest(request, signer);
  const day = date.slice(0, 8);
  const scope = `${day}/${signer.region}/${signer.service}/aws4_request`;
  const signature = hmac(signingKey(signer, day), stringToSign(canonical, date, scope)).toString("hex");
  const credential = `Credential=${signer.accessKeyId}/${scope}`;
  const authorization = `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return [...added(request, signer, date), ["authorization", authorization]];
}

export function stringToSign(canonical: string, date: string, scope: string): string {
  return [ALGORITHM, date, scope, sha256(canonical)].join("\n");
}

export function canonicalRequest(request: ToSign, signer: Signer) {
  const date = dateOf(signer.now);
  const own = added(request, signer, date);
  const replaced = new Set(["host", ...own.map(([name]) => name)]);
  const given = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !replaced.has(lower) && !UNSIGNED.has(lower);
  });
  const headers = grouped([["host", request.host], ...given, ...own]);
  const names = headers.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    canonicalPath(request.path, signer.service),
    canonicalQuery(request.query),
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    request.payload,
  ].join("\n");
  return { canonical, names, date };
}

function added(request: ToSign, signer: Signer, date: string): readonly (readonly [string, string])[] {
  return [
    ["x-amz-date", date],
    ...(signer.sessionToken === null ? [] : [["x-amz-security-token", signer.sessionToken] as const]),
    ...(signer.service === "s3" ? [["x-amz-content-sha256", request.payload] as const] : []),
  ];
}

/** Sorted by name; values of one name joined with commas in their order, inner spaces single. */
function grouped(headers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const trimmed = value.trim().replaceAll(/\s+/g, " ");
    values.set(lower, [...(values.get(lower) ?? []), trimmed]);
  }
  return [...values.keys()].toSorted().map((name) => [name, (values.get(name) ?? []).join(",")] as const);
}

/** Every service but S3 takes the path without empty parts, and encoded a second time. */
function canonicalPath(path: string, service: string): string {
  if (service === "s3") return path;
  return path
    .replaceAll(/\/{2,}/g, "/")
    .split("/")
    .map(encode)
    .join("/");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encode(decode(name)), encode(decode(value))];
    })
    .toSorted(([name, value], [otherName, otherValue]) =>
      name === otherName ? compare(value, otherValue) : compare(name, otherName),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Percent-encodes all but RFC 3986's unreserved characters, in upper-case hex. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function signingKey({ secretAccessKey, region, service }: Signer, day: string): Buffer {
  return [region, service, "aws4_request"].reduce<Buffer>(
    (key, part) => hmac(key, part),
    hmac(`AWS4${secretAccessKey}`, day),
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** `20150830T123600Z`. */
function dateOf(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}
