import { createHmac } from "node:crypto";

export interface OAuth1Keys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
  readonly tokenSecret: string;
}

export interface OAuth1Request {
  readonly method: string;
  readonly url: URL;
  /** Of a form body; a JSON body is not signed. */
  readonly form?: Readonly<Record<string, string>>;
  readonly nonce: string;
  /** Seconds since the Unix epoch. */
  readonly seconds: number;
}

/** The `Authorization` header of a request signed with HMAC-SHA1 (RFC 5849, 3.4 and 3.5.1). */
export function oauth1Header(keys: OAuth1Keys, request: OAuth1Request): string {
  const own: Record<string, string> = {
    oauth_consumer_key: keys.consumerKey,
    oauth_nonce: request.nonce,
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(request.seconds),
    oauth_token: keys.token,
    oauth_version: "1.0",
  };
  const signed = { ...own, oauth_signature: signatureOf(keys, request, own) };
  const parts = Object.entries(signed).map(([name, value]) => `${encoded(name)}="${encoded(value)}"`);
  return `OAuth ${parts.join(", ")}`;
}

function signatureOf(
  keys: OAuth1Keys,
  { method, url, form = {} }: OAuth1Request,
  own: Record<string, string>,
): string {
  const all = [...url.searchParams, ...Object.entries(form), ...Object.entries(own)];
  const pairs = all.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).toSorted(byBytes);
  const base = [method.toUpperCase(), `${url.origin}${url.pathname}`, pairs.join("&")].map(encoded).join("&");
  const key = `${encoded(keys.consumerSecret)}&${encoded(keys.tokenSecret)}`;
  return createHmac("sha1", key).update(base).digest("base64");
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** RFC 5849, 3.6: what `encodeURIComponent` leaves of the reserved letters is encoded too. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
