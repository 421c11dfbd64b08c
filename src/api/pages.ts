import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "#base";
import { consoleOrigin, createGuard, type Turned } from "#identity";
import { type Asset, loadAssets } from "./pages-assets.ts";
import { answerProblem, BROWSER_HEADERS } from "./session-http.ts";
import { createSessionRoutes, type SessionOptions } from "./session-routes.ts";

export interface PagesOptions extends SessionOptions {
  /** The folder `console/`: `index.html`, `style.css` and `src/*.ts` (or what packing made of them). */
  readonly directory: string;
}

/** Where an authorization server sends a person back to (`redirectUrl` of `#upstream`). The script there reads the query. */
const AUTHORIZE = "/console/authorize";
/** Paths of the one page. */
const PAGES: ReadonlySet<string> = new Set(["/", "/login", "/console", AUTHORIZE]);

/** Takes a request that is for the console and answers true; leaves every other alone and answers false. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The console in the browser: `/`, `/login`, `/console/authorize`, its files under `/console/`, and the session
 * routes. The page itself holds nothing private; everything it shows it asks the operations for, with cookie and
 * proof. Checks Host and Origin itself, whoever listens.
 */
export function createPages(options: PagesOptions): Pages {
  const { listen } = options.accounts;
  const guard = createGuard(listen);
  const assets = loadAssets(options.directory);
  const sessions = createSessionRoutes(options);
  const origin = consoleOrigin(listen);
  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (!isOurs(path)) return false;
    const turned = guard(request);
    if (turned !== null) answerTurned(response, turned);
    else if (!sessions(request, response)) answerAsset(request, response, { assets, origin });
    return true;
  };
}

function isOurs(path: string): boolean {
  return path === "/" || path === "/login" || path === "/console" || path.startsWith("/console/");
}

/** What the guard turned away, in plain words: a person may be reading it. */
function answerTurned(response: ServerResponse, turned: Turned): void {
  response.writeHead(turned.status, { ...BROWSER_HEADERS, "content-type": "text/plain; charset=utf-8" });
  response.end(`${turned.code}: ${turned.reason}. ${turned.remedy}\n`);
}

function answerAsset(
  request: IncomingMessage,
  response: ServerResponse,
  { assets, origin }: { readonly assets: ReadonlyMap<string, Asset>; readonly origin: string },
): void {
  const path = request.url?.split("?")[0] ?? "";
  const asset = assets.get(PAGES.has(path) ? "/console" : path);
  if (asset === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
    answerProblem(response, new Fault("route_unknown", "there is no such page", `Open ${origin}/.`));
    return;
  }
  if (asset.isPage && request.headers.host !== new URL(origin).host) {
    response.writeHead(302, { ...BROWSER_HEADERS, location: origin + addressAt(path, request.url) }).end();
    return;
  }
  const headers = { "content-type": asset.type, "content-length": asset.bytes.length };
  response.writeHead(200, { ...BROWSER_HEADERS, ...headers });
  response.end(request.method === "HEAD" ? undefined : asset.bytes);
}

/**
 * Where a page is under its one right name: a passkey works on `localhost` only, never on 127.0.0.1. The browser keeps
 * a login link's fragment as it follows; an authorization server's answer goes along, to nobody but that browser.
 */
function addressAt(path: string, url = path): string {
  return path === AUTHORIZE ? url : path;
}
