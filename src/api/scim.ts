import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { Fault, type Json } from "#base";
import { bearerOf, hashSecret, sameSecret } from "#identity";
import {
  deactivate,
  directoryUser,
  type DirectoryKey,
  type DirectoryUser,
  type LeaveOutside,
} from "#operations";
import { readAtMost } from "./body.ts";
import { ANSWER_HEADERS, statusOf } from "./problem.ts";

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

const PREFIX = "/scim/v2";
const BODY_BYTES_MAX = 65_536;
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const FILTER = /^(id|userName|externalId) eq "([^"\\]{1,300})"$/i;

export function createScim(options: ScimOptions): Scim {
  const stored = options.secret === null ? null : hashSecret(options.secret);
  const { issuer } = options;
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://doorward.invalid");
    if (stored === null || issuer === null || !url.pathname.startsWith(`${PREFIX}/`)) return false;
    const shown = bearerOf(request.headers.authorization);
    if (shown === null || !sameSecret(shown, stored)) {
      response.setHeader("www-authenticate", 'Bearer realm="doorward-scim"');
      send(response, 401, problem(401, "the directory's secret did not come with this request"));
    } else {
      void answer({ ...options, issuer }, request, { url, response });
    }
    return true;
  };
}

interface Open extends ScimOptions {
  readonly issuer: string;
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
    send(response, status, problem(status, fault?.message ?? "Doorward failed to answer this"));
  }
}

interface Answer {
  readonly status: number;
  readonly body: object | null;
}

async function route(options: Open, request: IncomingMessage, url: URL): Promise<Answer> {
  const path = url.pathname.slice(PREFIX.length);
  if (path === "/ServiceProviderConfig" && request.method === "GET")
    return { status: 200, body: PROVIDER_CONFIG };
  if (path === "/Users" && request.method === "GET") return { status: 200, body: await found(options, url) };
  const id = /^\/Users\/(usr_[0-9a-z]{26})$/.exec(path)?.[1];
  if (id === undefined) throw nothing();
  return ofUser(options, request, id);
}

async function ofUser(options: Open, request: IncomingMessage, id: string): Promise<Answer> {
  const { method } = request;
  if (method === "GET") return { status: 200, body: resource(options, await demandUser(options, id)) };
  if (method === "DELETE") {
    await deactivate(options, options.issuer, id);
    return { status: 204, body: null };
  }
  if (method !== "PATCH" && method !== "PUT") throw nothing();
  const isWanted = activeIn(await bodyOf(options, request));
  const user = isWanted ? await demandUser(options, id) : await deactivate(options, options.issuer, id);
  if (isWanted && !user.isActive) throw staysOut();
  return { status: 200, body: resource(options, user) };
}

async function found(options: Open, url: URL): Promise<object> {
  const filter = url.searchParams.get("filter");
  const [, name = "", value = ""] = FILTER.exec(filter ?? "") ?? [];
  const key = (["id", "userName", "externalId"] as const).find(
    (one): one is DirectoryKey => one.toLowerCase() === name.toLowerCase(),
  );
  if (key === undefined) throw unfit('look for one user: filter=externalId eq "SUBJECT", or userName or id');
  const user = await directoryUser(options, options.issuer, { key, value });
  const resources = user === null ? [] : [resource(options, user)];
  return {
    schemas: [LIST],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

async function demandUser(options: Open, id: string): Promise<DirectoryUser> {
  const user = await directoryUser(options, options.issuer, { key: "id", value: id });
  if (user === null) throw nothing();
  return user;
}

/** Some directories write the boolean as a text. */
const flag = z.union([
  z.boolean(),
  z.enum(["True", "False", "true", "false"]).transform((text) => /^t/i.test(text)),
]);
const change = z.object({ op: z.string(), path: z.string().optional(), value: z.unknown().optional() });
/** Names of attributes are the same in any case, with and without their schema (RFC 7643, 2.1; RFC 7644, 3.10). */
const ACTIVE = /^(?:urn:ietf:params:scim:schemas:core:2\.0:User:)?active$/i;
const patch = z.object({ schemas: z.array(z.string()), Operations: z.array(change).min(1).max(20) });
const put = z.object({ active: flag });

/** What a PATCH or PUT says of `active`, which is all that is taken here. */
function activeIn(body: Json): boolean {
  const whole = put.safeParse(body);
  if (whole.success) return whole.data.active;
  const parts = patch.safeParse(body);
  if (!parts.success || !parts.data.schemas.includes(PATCH))
    throw unfit("this is neither a PatchOp nor a user with active");
  // What else a directory changes in the same breath must not keep a leaver in.
  const sets = parts.data.Operations.filter(({ op }) => /^(?:replace|add)$/i.test(op));
  const said = sets.map(({ path, value }) => flag.safeParse(activeOf(path, value)));
  const last = said.findLast((one) => one.success);
  if (last?.success === true) return last.data;
  throw unfit("nothing but active is taken here");
}

function activeOf(path: string | undefined, value: unknown): unknown {
  if (path !== undefined) return ACTIVE.test(path) ? value : null;
  return Object.entries(Object(value)).find(([name]) => ACTIVE.test(name))?.[1];
}

async function bodyOf({ parseJson }: Open, request: IncomingMessage): Promise<Json> {
  const body = await readAtMost(request, BODY_BYTES_MAX);
  if (body === null) throw unfit(`the body has more than ${BODY_BYTES_MAX} bytes`);
  return parseJson(body);
}

function resource({ base }: Open, user: DirectoryUser): object {
  return {
    schemas: [USER],
    id: user.id,
    externalId: user.subject,
    userName: user.name,
    active: user.isActive,
    meta: {
      resourceType: "User",
      created: new Date(user.createdAt).toISOString(),
      location: `${base}${PREFIX}/Users/${user.id}`,
    },
  };
}

const PROVIDER_CONFIG = {
  schemas: [CONFIG],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 1 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    { type: "oauthbearertoken", name: "Bearer", description: "The secret of the setting scim.secretFile" },
  ],
};

function problem(status: number, detail: string): object {
  return { schemas: [ERROR], status: String(status), detail };
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

function unfit(what: string): Fault {
  return new Fault(
    "input_invalid",
    what,
    "See RFC 7644; Doorward takes the end of a user, and nothing else.",
  );
}

function staysOut(): Fault {
  return new Fault(
    "user_disabled",
    "a user who was shut out stays so",
    "An admin adds them anew: `doorward users add`.",
  );
}
