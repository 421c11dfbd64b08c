import type { IncomingMessage, ServerResponse } from "node:http";
import { sameText } from "./same.ts";
import { HOOK_BYTES_MAX, HOOK_MS_MAX, HOOKS_AT_ONCE_MAX } from "./limits.ts";
import type { Switchboard } from "./switchboard.ts";

const PATH = /^\/hooks\/([a-z][a-z0-9-]{0,30})\/([A-Za-z0-9_-]{32})(?:[/?].*)?$/s;

/**
 * What the webhook listener serves: `/hooks/<channel>/<its unguessable part>`, and nothing else. Whatever is wrong with a
 * path has one answer. The channel itself verifies what came before anything of it is believed.
 */
export function createHooks(
  board: Switchboard,
  report: (event: string, detail: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  let underWay = 0;
  return (request, response) => {
    const [, name, hook] = PATH.exec(request.url ?? "") ?? [];
    const row = name === undefined ? null : board.row(name);
    const isOurs = row !== null && hook !== undefined && sameText(row.hook, hook);
    const live = isOurs && name !== undefined ? board.live(name) : null;
    if (live === null || live.platform.abilities.inbound !== "webhook") return refuse(request, response, 404);
    if (underWay >= HOOKS_AT_ONCE_MAX) return refuse(request, response, 503);
    underWay += 1;
    const cut = setTimeout(() => request.destroy(), HOOK_MS_MAX);
    void answered(live, request, response)
      .catch((cause: unknown) => {
        report("hook_failed", cause);
        if (!response.headersSent) refuse(request, response, 500);
      })
      .finally(() => {
        clearTimeout(cut);
        underWay -= 1;
      });
    return true;
  };
}

type Live = NonNullable<ReturnType<Switchboard["live"]>>;

async function answered(live: Live, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  if (body === null) return void refuse(request, response, 413);
  const answer = await live.receive({
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: headersOf(request),
    body,
  });
  const plain = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  response.writeHead(answer.status, { ...answer.headers, ...plain }).end(answer.body);
}

/** A header that came twice is not read in two ways: it is left out, and what needs it fails. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
  const found = new Map<string, string | null>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    found.set(name, found.has(name) ? null : (rawHeaders[at + 1] ?? ""));
  }
  return Object.fromEntries([...found].filter((pair): pair is [string, string] => pair[1] !== null));
}

/** Null: longer than any platform's. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > HOOK_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): true {
  response.writeHead(status, { "cache-control": "no-store", connection: "close" }).end();
  request.resume();
  return true;
}
