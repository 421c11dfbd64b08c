import type { IncomingMessage } from "node:http";
import { Fault, type Json } from "#base";
import { readAtMost } from "./body.ts";
import { fieldsOf, valueOf } from "#operations";
import type { Route } from "./routes.ts";

export const BODY_BYTES_MAX = 1_048_576;
const KEY = /^[\x21-\x7e]{1,200}$/;

export interface Read {
  readonly input: unknown;
  readonly dryRun: boolean;
  readonly key: string | null;
}

/** Reads an operation's input out of a request. Throws `input_invalid`, `body_…`, and what the JSON reader throws. */
export async function readRequest(
  request: IncomingMessage,
  { route, query }: { readonly route: Route; readonly query: URLSearchParams },
  parseJson: (bytes: Uint8Array) => Json,
): Promise<Read> {
  const dryRun = flag(query, "dry-run");
  if (dryRun && route.operation.effect === "read") throw invalid("dry-run is for writes");
  const input =
    route.method === "GET" ? queryInput(route, query) : await bodyInput(request, query, parseJson);
  return { input, dryRun, key: keyOf(request) };
}

function queryInput({ operation }: Route, query: URLSearchParams): unknown {
  const fields = new Map(fieldsOf(operation).map((field) => [field.name, field]));
  const names = [...new Set(query.keys())].filter((name) => name !== "dry-run");
  return Object.fromEntries(
    names.map((name) => {
      const field = fields.get(name);
      if (field === undefined)
        throw invalid(`${operation.name} takes no ${JSON.stringify(name.slice(0, 60))}`);
      return [name, valueOf(field, query.getAll(name))];
    }),
  );
}

async function bodyInput(
  request: IncomingMessage,
  query: URLSearchParams,
  parseJson: (bytes: Uint8Array) => Json,
): Promise<unknown> {
  const stray = [...query.keys()].find((name) => name !== "dry-run");
  if (stray !== undefined) throw invalid("the input belongs in the body, not in the query");
  const bytes = await readBody(request);
  return bytes.length === 0 ? {} : parseJson(bytes);
}

/** The whole body, at most BODY_BYTES_MAX. An empty body needs no content type; any other must be JSON. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await readAtMost(request, BODY_BYTES_MAX);
  if (body === null) {
    throw new Fault(
      "body_too_large",
      `the body has more than ${BODY_BYTES_MAX} bytes`,
      "Send less, or in several requests.",
    );
  }
  const isJson = /^application\/json(;|$)/i.test(request.headers["content-type"] ?? "");
  if (body.length > 0 && !isJson) {
    throw new Fault("body_not_json", "the body is not JSON", "Send Content-Type: application/json.");
  }
  return body;
}

function keyOf(request: IncomingMessage): string | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && KEY.test(key)) return key;
  throw new Fault(
    "idempotency_key_invalid",
    "the Idempotency-Key is not 1 to 200 visible ASCII characters",
    "Send a fresh UUID.",
  );
}

function flag(query: URLSearchParams, name: string): boolean {
  const [value = null, ...more] = query.getAll(name);
  if (more.length > 0) throw invalid(`${name} was given more than once`);
  if (value === null || value === "false") return false;
  if (value === "" || value === "true") return true;
  throw invalid(`${name} is neither true nor false`);
}

function invalid(what: string): Fault {
  return new Fault("input_invalid", what, "GET /api/v1/openapi.json says what each operation takes.");
}
