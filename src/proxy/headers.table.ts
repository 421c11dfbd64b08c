/** Said by one hop to the next (RFC 9110, 7.6.1), or by proxies about clients: an agent's own word for those is worth nothing. */
export const DROPPED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "forwarded",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-server",
  "x-real-ip",
]);

/** Of one hop of a WebSocket: each side has its own. */
export const SOCKET_DROPPED: ReadonlySet<string> = new Set([
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-version",
]);

/** Fields of one value: said twice, servers differ in which one counts. */
export const SINGLE: ReadonlySet<string> = new Set([
  "authorization",
  "content-encoding",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "expect",
  "host",
  "if-range",
  "max-forwards",
  "origin",
  "proxy-authorization",
  "range",
  "referer",
  "sec-websocket-key",
  "sec-websocket-version",
  "transfer-encoding",
  "user-agent",
]);

/** They ask a server to take a request for another one than its line says (T13). */
export const OVERRIDES: ReadonlySet<string> = new Set([
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-original-host",
  "x-original-method",
  "x-original-uri",
  "x-original-url",
  "x-rewrite-url",
]);

/** What `Connection` may name: nothing that an origin server would want to see. */
export const CONNECTION_OPTIONS: ReadonlySet<string> = new Set([
  "close",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
]);

/** Not given back to clients: of one hop, or leading them around this proxy (`Alt-Svc`, RFC 7838). */
export const ANSWER_DROPPED: ReadonlySet<string> = new Set([
  ...DROPPED,
  "alt-svc",
  "alternate-protocol",
  "proxy-status",
]);
