/**
 * Built-ins that reach beyond a module's job, and what of each is harmless. Everything else of them needs an entry in
 * the module's `also`, with its reason. The network's client side is egress's alone (T17).
 */
const HTTP_SERVER = [
  "createServer",
  "Server",
  "IncomingMessage",
  "ServerResponse",
  "STATUS_CODES",
  "METHODS",
];

export const POWERS: Readonly<Record<string, readonly string[]>> = {
  "node:child_process": [],
  "node:cluster": [],
  "node:dgram": [],
  "node:dns": [],
  "node:dns/promises": [],
  "node:http": [...HTTP_SERVER, "validateHeaderName", "validateHeaderValue"],
  "node:http2": [],
  "node:https": ["createServer", "Server"],
  "node:inspector": [],
  "node:module": [],
  "node:net": ["createServer", "Server", "isIP", "isIPv4", "isIPv6", "BlockList", "SocketAddress"],
  "node:repl": [],
  "node:tls": ["createSecureContext"],
  "node:vm": [],
  "node:wasi": [],
  "node:worker_threads": [],
};

/** Clients that every JavaScript program finds in the global scope. */
export const NETWORK_NAMES: ReadonlySet<string> = new Set([
  "fetch",
  "WebSocket",
  "EventSource",
  "XMLHttpRequest",
]);

/** The world: clock, chance, process. Engines (floors 0 and 1) have none of it. */
export const WORLD_NAMES: ReadonlySet<string> = new Set([
  "process",
  "performance",
  "console",
  "crypto",
  "setTimeout",
  "setInterval",
  "setImmediate",
]);

export const WORLD_CALLS: ReadonlySet<string> = new Set(["Date.now", "Math.random", "AbortSignal.timeout"]);

/** What the console is written with and built by; the server has none of it. */
export const CONSOLE_PACKAGES: ReadonlySet<string> = new Set([
  "@tanstack/react-query",
  "@tanstack/react-router",
  "@tanstack/react-virtual",
  "@vitejs/plugin-react",
  "openapi-fetch",
  "react",
  "react-aria-components",
  "react-dom",
  "uplot",
  "vite",
]);
