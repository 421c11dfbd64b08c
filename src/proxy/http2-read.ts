import type { ServerHttp2Stream } from "node:http2";
import { clientBody } from "./body.ts";
import type { Door } from "./door.ts";
import { expectationRefused, headerRefused, headTooLarge, malformed } from "./faults.ts";
import { type Head, readHead } from "./headers.ts";
import type { Origin, ProxiedBody, ProxiedRequest } from "./port.ts";
import { checkHost, checkMethod, readInside } from "./target.ts";

export interface Http2Request {
  readonly stream: ServerHttp2Stream;
  /** Names and values in turn, pseudo-headers among them. */
  readonly rawHeaders: readonly string[];
  readonly origin: Origin;
  readonly signal: AbortSignal;
}

/** RFC 9113, 8.2.2: they belong to connections, and HTTP/2 has its own. */
const OF_CONNECTIONS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/** One HTTP/2 request, as strictly as one of HTTP/1.1 (RFC 9113, 8.3.1). Throws Faults `proxy_*`. */
export function readHttp2<Who>(
  door: Pick<Door<Who>, "limits" | "ambient">,
  { stream, rawHeaders, origin, signal }: Http2Request,
): ProxiedRequest {
  const { pseudo, fields } = split(rawHeaders);
  const method = checkMethod(pseudo.get(":method") ?? "");
  const head = readHead(fields, door.limits.headersMax);
  if (pseudo.get(":scheme") !== origin.scheme) throw malformed("its :scheme is not the tunnel's");
  const path = pseudo.get(":path") ?? "";
  if (path.length > door.limits.targetBytesMax) throw headTooLarge();
  const target = readInside(path, origin);
  const authority = pseudo.get(":authority") ?? null;
  checkHost(authority, target, head.host !== null);
  checkHost(head.host, target, true);
  return {
    method,
    ...target,
    headers: joinedCookies(head.headers),
    body: bodyOf(door, stream, head),
    protocol: "h2",
    signal,
  };
}

function split(raw: readonly string[]): { pseudo: Map<string, string>; fields: string[] } {
  const pseudo = new Map<string, string>();
  const fields: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] ?? "", raw[at + 1] ?? ""];
    if (name.startsWith(":")) {
      if (pseudo.has(name) || fields.length > 0) throw malformed(`${name} is out of place`);
      pseudo.set(name, value);
    } else if (OF_CONNECTIONS.includes(name)) throw headerRefused(`HTTP/2 has no ${name}`);
    else if (name === "te" && value !== "trailers") throw headerRefused("te may only name trailers");
    else fields.push(name, value);
  }
  return { pseudo, fields };
}

/** Pieces of a Cookie are one header again where HTTP/1.1 is spoken (RFC 9113, 8.2.3). */
function joinedCookies(headers: Head["headers"]): Head["headers"] {
  const cookies = headers.filter(([name]) => name === "cookie").map(([, value]) => value);
  if (cookies.length < 2) return headers;
  return [...headers.filter(([name]) => name !== "cookie"), ["cookie", cookies.join("; ")]];
}

function bodyOf<Who>(
  { limits, ambient }: Pick<Door<Who>, "limits" | "ambient">,
  stream: ServerHttp2Stream,
  { framing, expects }: Head,
): ProxiedBody | null {
  if (expects !== null && expects.toLowerCase() !== "100-continue") throw expectationRefused(expects);
  if (stream.endAfterHeaders || (framing.kind === "length" && framing.bytes === 0)) return null;
  const begin = (): void => {
    if (expects !== null && !stream.headersSent && !stream.destroyed)
      stream.additionalHeaders({ ":status": 100 });
  };
  const declaredBytes = framing.kind === "length" ? framing.bytes : null;
  return clientBody({ stream, declaredBytes, limits, monotonic: ambient.monotonic, begin });
}
