import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Fault, type Json } from "#base";
import type { Guard } from "#gateway";
import { consoleOrigin, createGuard, type ListenConfig } from "#identity";
import { type OperationContext, operationNamed, perform } from "#operations";
import type { Config } from "./config.ts";
import { type Handler, sendProblem } from "./listener.ts";

export function guardOf(listening: ListenConfig): Guard {
  const turned = createGuard(listening);
  return (request) => {
    const why = turned(request);
    return why === null ? null : { kind: "refused", ...why };
  };
}

/** Host and Origin, before anything else of any request is looked at (T2). */
export function guarded(guard: Guard): Handler {
  return (request, response) => {
    const turned = guard(request);
    if (turned === null) return false;
    const { status, code, reason, remedy } = turned;
    sendProblem(response, { status, code, detail: reason, remedy });
    request.destroy();
    return true;
  };
}

/** For supervisors and load balancers: that it serves, and nothing else. `health.get` says more, to users. */
export const health: Handler = (request, response) => {
  if (request.url !== "/healthz") return false;
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(request.method === "HEAD" ? undefined : '{"status":"ok"}\n');
  return true;
};

/** Where a listener of ours is reached, or null where there is none. */
export function urlAt(at: { readonly host: string; readonly port: number } | undefined): string | null {
  if (at === undefined) return null;
  return `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${at.port}`;
}

export function addressesOf(
  config: Config,
  listening: ListenConfig,
): {
  readonly door: string;
  readonly console: string;
  readonly proxy: string | null;
} {
  const { address } = listening;
  const host = address.includes(":") ? `[${address}]` : address;
  const own = `${listening.tls ? "https" : "http"}://${host}:${listening.port}`;
  return { door: config.listen.publicUrl ?? own, console: consoleOrigin(listening), proxy: null };
}

/** The newest checkpoint of the log, or null before the first. */
export function readCheckpoint(log: string): string | null {
  try {
    return readFileSync(join(log, "checkpoint"), "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}

/** For this process itself: start and tour. */
export async function asLocalAdmin(context: OperationContext, name: string, input: Json): Promise<Json> {
  const operation = operationNamed(name);
  const performed = await perform(context, { operation, input, dryRun: false });
  if (performed.kind !== "done") throw new Fault("bug", `${name} was not performed`, "Report this.");
  return z.json().parse(performed.output);
}
