import createClient from "openapi-fetch";
import { problemOf } from "./problem.ts";
import type { paths } from "./schema.d.ts";
import { send } from "./send.ts";

type Prefix = "/api/v1";
type Short<Path> = Path extends `${Prefix}${infer Rest}` ? Rest : never;
type With<Method extends "get" | "post"> = {
  [Path in keyof paths]: paths[Path][Method] extends object ? Path : never;
}[keyof paths];
type At<Method extends "get" | "post", Path> = paths[`${Prefix}${Path & string}` & keyof paths][Method];
type JsonOf<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** Addresses of the reading operations, as the API's description has them, without `/api/v1`. */
export type ReadPath = Short<With<"get">>;
/** Addresses of the changing ones, and of reads that need a body. */
export type WritePath = Short<With<"post">>;

export type Query<Path extends ReadPath> =
  At<"get", Path> extends { parameters: { query?: infer Wanted } } ? NonNullable<Wanted> : never;
export type Answer<Path extends ReadPath> = JsonOf<At<"get", Path>>;
export type Input<Path extends WritePath> =
  At<"post", Path> extends { requestBody: { content: { "application/json": infer Body } } } ? Body : never;
/** Never a dry run: the console makes none through `change`. */
export type Done<Path extends WritePath> = Exclude<JsonOf<At<"post", Path>>, { dryRun: true; would: string }>;
/** One item of a list operation. */
export type Item<Path extends ReadPath> =
  Answer<Path> extends { items: readonly (infer One)[] } ? One : never;

/** What openapi-fetch's own types, one overload per path, come to for a path that is not known yet. */
interface Client {
  readonly GET: (path: string, options: object) => Promise<Sent>;
  readonly POST: (path: string, options: object) => Promise<Sent>;
}
interface Sent {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its overloads, seen as the one they share
const client = createClient<paths>({ fetch: (request) => send(request) }) as unknown as Client;

/** Performs a reading operation: `look("/approvals", { status: "requested" })`. Throws Problem. */
export async function look<Path extends ReadPath>(
  path: Path,
  query?: Query<Path>,
  signal?: AbortSignal,
): Promise<Answer<Path>> {
  const params = { query: query ?? {} };
  const sent = await client.GET(`/api/v1${path}`, { params, signal: signal ?? null });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- shaped by the output schema that Path names
  return taken(sent) as Answer<Path>;
}

/** Performs a changing operation, once: the key makes a repeat after a lost answer harmless. Throws Problem. */
export async function change<Path extends WritePath>(path: Path, body: Input<Path>): Promise<Done<Path>> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- shaped by the output schema that Path names
  return taken(await client.POST(`/api/v1${path}`, { body, headers })) as Done<Path>;
}

function taken({ data, error, response }: Sent): unknown {
  if (!response.ok) throw problemOf(error, response.status);
  return data;
}
