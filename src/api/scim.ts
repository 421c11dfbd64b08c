import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault, type Json } from "#base";
import { bearerOf, hashSecret, sameSecret } from "#identity";
import {
  deactivate,
  directoryUser,
  directoryUsers,
  type DirectoryKey,
  type DirectoryUser,
  type LeaveOutside,
} from "#operations";
import { readAtMost } from "./body.ts";
import { ANSWER_HEADERS, statusOf } from "./problem.ts";
import { refused, type ScimAnswer, scimList, scimProblem } from "./scim-answers.ts";
import { activeIn } from "./scim-change.ts";
import { SCIM_COUNT_MAX, SCIM_PREFIX, SCIM_USER, scimDocuments } from "./scim-documents.ts";

export interface ScimOptions extends LeaveOutside {
  /** What the directory shows as bearer token; null: there is no such endpoint. */
  readonly secret: string | null;
  /** The issuer whose users the directory speaks of. */
  readonly issuer: string | null;
  readonly base: string;
  readonly parseJson: (bytes: Uint8Array) => Json;
  readonly report: (event: string, detail: unknown) => void;
}

/**
 * SCIM 2.0 (RFC 7643, 7644) as far as a leaver needs it: the directory finds its user here and says that they are active no
 * more. It makes and changes nobody: who is let in, and with which roles, is an admin's to say.
 */
export type Scim = (request: IncomingMessage, response: ServerResponse) => boolean;

const BODY_BYTES_MAX = 65_536;
const FILTER = /^(id|userName|externalId) eq "([^"\\]{1,300})"$/i;

export function createScim(options: ScimOptions): Scim {
  const stored = options.secret === null ? null : hashSecret(options.secret);
  const { issuer, base } = options;
  const documents = scimDocuments(base);
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://doorward.invalid");
    if (stored === null || issuer === null || !url.pathname.startsWith(`${SCIM_PREFIX}/`)) return false;
    const shown = bearerOf(request.headers.authorization);
    if (shown === null || !sameSecret(shown, stored)) {
      response.setHeader("www-authenticate", 'Bearer realm="doorward-scim"');
      send(response, 401, scimProblem(401, "the directory's secret did not come with this request"));
    } else {
      void answer({ ...options, issuer, documents }, request, { url, response });
    }
    return true;
  };
}

interface Open extends ScimOptions {
  readonly issuer: string;
  readonly documents: (path: string) => object | null;
}

async function answer(
  options: Open,
  request: IncomingMessage,
  { url, response }: { readonly url: URL; readonly response: ServerResponse },
): Promise<void> {
  try {
    const { status, body } = await route(options, request, url);
    send(response, status, body);
  } catch (cause) {
    const fault = cause instanceof Fault && cause.code !== "bug" ? cause : null;
    if (fault === null) options.report("scim_failed", cause);
    const status = fault === null ? 500 : statusOf(fault.code);
    send(response, status, scimProblem(status, fault?.message ?? "Doorward failed to answer this"));
  }
}

async function route(options: Open, request: IncomingMessage, url: URL): Promise<ScimAnswer> {
  const path = url.pathname.slice(SCIM_PREFIX.length);
  if (request.method === "GET") {
    const document = options.documents(path);
    if (document !== null)
      return url.searchParams.has("filter") ? unfiltered() : { status: 200, body: document };
    if (path === "/Users") return found(options, url.searchParams);
  }
  const id = /^\/Users\/(usr_[0-9a-z]{26})$/.exec(path)?.[1];
  if (id === undefined) throw nothing();
  return ofUser(options, request, id);
}

async function ofUser(options: Open, request: IncomingMessage, id: string): Promise<ScimAnswer> {
  const { method } = request;
  if (method === "GET") return { status: 200, body: resource(options, await demandUser(options, id)) };
  if (method === "DELETE") {
    await deactivate(options, options.issuer, id);
    return { status: 204, body: null };
  }
  if (method !== "PATCH" && method !== "PUT") throw nothing();
  const isWanted = await wantedIn(options, request);
  if (typeof isWanted !== "boolean") return isWanted;
  const user = isWanted ? await demandUser(options, id) : await deactivate(options, options.issuer, id);
  if (isWanted && !user.isActive) throw staysOut();
  return { status: 200, body: resource(options, user) };
}

/** RFC 7644, 3.4.2: the users that a filter names, or all of them, a page at a time. */
async function found(options: Open, query: URLSearchParams): Promise<ScimAnswer> {
  const [start, count] = [numberIn(query, "startIndex", 1), numberIn(query, "count", SCIM_COUNT_MAX)];
  if (start === null || count === null)
    return refused("invalidValue", "startIndex and count are whole numbers");
  const page = { start: Math.max(1, start), count: Math.min(Math.max(0, count), SCIM_COUNT_MAX) };
  const filter = query.get("filter");
  const by = filter === null ? null : keyIn(filter);
  if (filter !== null && by === null)
    return refused("invalidFilter", 'look for one user: filter=externalId eq "SUBJECT", or userName or id');
  const { users, total } = await directoryUsers(options, options.issuer, { ...page, by });
  const resources = users.map((user) => resource(options, user));
  return { status: 200, body: scimList(resources, { total, start: page.start }) };
}

function keyIn(filter: string): { readonly key: DirectoryKey; readonly value: string } | null {
  const [, name = "", value = ""] = FILTER.exec(filter) ?? [];
  const key = (["id", "userName", "externalId"] as const).find(
    (one): one is DirectoryKey => one.toLowerCase() === name.toLowerCase(),
  );
  return key === undefined ? null : { key, value };
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number | null {
  const text = query.get(name);
  if (text === null) return otherwise;
  return /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

/** RFC 7644, 4: so that nobody takes the whole for what a filter let through. */
function unfiltered(): ScimAnswer {
  return { status: 403, body: scimProblem(403, "there is no filter here") };
}

async function demandUser(options: Open, id: string): Promise<DirectoryUser> {
  const user = await directoryUser(options, options.issuer, { key: "id", value: id });
  if (user === null) throw nothing();
  return user;
}

async function wantedIn({ parseJson }: Open, request: IncomingMessage): Promise<boolean | ScimAnswer> {
  const bytes = await readAtMost(request, BODY_BYTES_MAX);
  if (bytes === null) return refused("invalidSyntax", `the body has more than ${BODY_BYTES_MAX} bytes`);
  try {
    return activeIn(parseJson(bytes));
  } catch (cause) {
    if (cause instanceof Fault && cause.code !== "bug") return refused("invalidSyntax", cause.message);
    throw cause;
  }
}

function resource({ base }: Open, user: DirectoryUser): object {
  return {
    schemas: [SCIM_USER],
    id: user.id,
    externalId: user.subject,
    userName: user.name,
    active: user.isActive,
    meta: {
      resourceType: "User",
      created: new Date(user.createdAt).toISOString(),
      location: `${base}${SCIM_PREFIX}/Users/${user.id}`,
    },
  };
}

function send(response: ServerResponse, status: number, body: object | null): void {
  if (response.headersSent || response.destroyed) return;
  if (body === null) return void response.writeHead(status, ANSWER_HEADERS).end();
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    ...ANSWER_HEADERS,
    "content-type": "application/scim+json",
    "content-length": bytes.length,
  };
  response.writeHead(status, headers).end(bytes);
}

function nothing(): Fault {
  return new Fault("route_unknown", "there is nothing here for a directory", "Ask for /scim/v2/Users.");
}

function staysOut(): Fault {
  return new Fault(
    "user_disabled",
    "a user who was shut out stays so",
    "An admin adds them anew: `doorward users add`.",
  );
}
