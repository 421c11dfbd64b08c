import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "#base";
import { consoleOrigin, createGuard, type Turned } from "#identity";
import { type Asset, loadAssets, PAGE_PATH } from "./pages-assets.ts";
import { answerProblem, BROWSER_HEADERS } from "./session-http.ts";
import { createSessionRoutes, type SessionOptions } from "./session-routes.ts";

export interface PagesOptions extends SessionOptions {
  /** The built console, `console/dist`: `index.html`, and `assets/` with a hash in every name. */
  readonly directory: string;
}

/** Where an authorization server sends a person back to (`redirectUrl` of `#upstream`). The script there reads the query. */
const AUTHORIZE = "/console/authorize";
/**
 * Addresses of the one page: where its script shows something. Anything else is no page, and says so. The console's
 * own list is `console/src/app/pages.tsx`; a test holds the two together.
 */
const PAGES: ReadonlySet<string> = new Set(["/", "/login", PAGE_PATH, AUTHORIZE]);
const SECTIONS =
  /^\/(actions|approvals|agents|servers|apis|hosts|models|fleet|budgets|policy|delegations|grants|duties|vault|statistics|channels|stops|sign-ins|ledger|people|settings)(\/[\w.:@%~-]{1,300})?$/;
/** A name that holds a hash of the file's bytes never means other bytes. */
const FOREVER = "public, max-age=31536000, immutable";

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
  return isPage(path) || path.startsWith("/console/");
}

function isPage(path: string): boolean {
  return PAGES.has(path) || SECTIONS.test(path);
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
  const asset = assets.get(isPage(path) ? PAGE_PATH : path);
  if (asset === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
    answerProblem(response, new Fault("route_unknown", "there is no such page", `Open ${origin}/.`));
    return;
  }
  if (asset.isPage && request.headers.host !== new URL(origin).host) {
    // A passkey works on `localhost` only, never on 127.0.0.1: a page has one right name. The browser keeps a login
    // link's fragment as it follows; a query (filters, an authorization server's answer) goes along, to it alone.
    response.writeHead(302, { ...BROWSER_HEADERS, location: origin + (request.url ?? path) }).end();
    return;
  }
  sendAsset(request, response, asset);
}

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const isPacked = asset.gzipped !== null && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  const bytes = isPacked && asset.gzipped !== null ? asset.gzipped : asset.bytes;
  response.writeHead(200, {
    ...BROWSER_HEADERS,
    "content-type": asset.type,
    "content-length": bytes.length,
    vary: "accept-encoding",
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
    ...(asset.isPage ? {} : { "cache-control": FOREVER }),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
