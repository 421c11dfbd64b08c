import { canonicalJson, digestOfBytes, Fault, type JsonObject } from "#base";
import type { ApiMap } from "#apis";
import type { Origin, ProxiedRequest } from "#proxy";
import type { Action, Effect, Identity, ToolFacts, Verb } from "#vocabulary";
import type { Bearer, ChosenCredential, Destination, VaultDoor } from "#vault";
import { attemptOf, type Principal } from "../attempt.ts";
import { actionIdOf, serverNameOf } from "../columns.ts";
import type { Attempt, Outside } from "../outside.ts";
import type { AccessOf, HostAccess } from "./access.ts";
import { headerOf, readRequestBody, type ReadBody } from "./body.ts";
import { asksToDelete, fieldsOf } from "./fields.ts";
import { foreignCredentials, foreignFault, isCredential, isCredentialField } from "./foreign.ts";
import type { Governed } from "./governed.ts";
import type { HttpLimits } from "./limits.ts";
import { authorityOf, originIdentity, urlOf, webServer } from "./names.ts";
import type { Room } from "./room.ts";
import type { Headers, WebUpstream } from "./upstream.ts";

/** What reading a request into an action needs. */
export interface Reading {
  readonly outside: Outside;
  readonly accessOf: AccessOf;
  readonly governed: Governed;
  readonly apis: () => ApiMap | null;
  readonly vault: VaultDoor | null;
  /** Groups of the user an agent acts for: a team's credentials are those of a group. */
  readonly groupsOf: (who: Principal) => readonly string[];
  readonly decoded: WebUpstream["decoded"];
  /** Whether the session of a request has read what others wrote. */
  readonly isTainted: (identity: Identity) => boolean;
  readonly limits: HttpLimits;
}

/** A request, read: what is decided, and what is sent if that is allowed. */
export interface HttpRequest {
  readonly attempt: Attempt;
  readonly request: ProxiedRequest;
  readonly body: ReadBody;
  readonly access: HostAccess;
  readonly bearer: Bearer;
  readonly destination: Destination;
  /** The credential that goes with it; null: none. */
  readonly chosen: ChosenCredential | null;
  /** What goes on of the agent's own headers. */
  readonly headers: Headers;
  /** Whether an operation of an API's document names it. */
  readonly isMapped: boolean;
}

/** Reads what was asked. Throws a Fault where it cannot be decided: then nothing of it was an action yet. */
export async function readHttp(
  reading: Reading,
  who: Principal,
  { room, ...request }: ProxiedRequest & { readonly room: Pick<Room, "take"> },
  asked: HttpVerb = verbOf(request.method),
): Promise<HttpRequest> {
  const agent = who.identity.chain.agents.at(-1) ?? "";
  const access = reading.accessOf(agent, request.origin);
  const body = await readRequestBody(request, { ...reading, access, room });
  const isDelete = asked === "http/write" && asksToDelete(request.query, body.shown?.["fields"]);
  const verb = isDelete ? "http/delete" : asked;
  const bearer = bearerOf(reading, who);
  const destination = destinationOf(request);
  const chosen = reading.vault?.choose(bearer, destination) ?? null;
  const isWhole = chosen !== null && !SENT_NOWHERE.has(chosen.kind);
  const headers = request.headers.filter(
    ([name]) => !NOT_PASSED_ON.has(name) && !(isWhole && IN_PARTS.has(name)),
  );
  const parts: Parts = { who, request, body, access, headers, chosen, verb };
  const governors = governorsOf(reading, request.origin);
  const found = { ...written(reading, parts), beside: besideIn(parts), governors };
  const attempt = blocked(reading, parts, { bearer, destination }, found);
  return {
    attempt,
    request,
    body,
    access,
    bearer,
    destination,
    chosen,
    headers,
    isMapped: attempt.action.verb === "tools/call",
  };
}

interface Parts {
  readonly who: Principal;
  readonly request: ProxiedRequest;
  readonly body: ReadBody;
  readonly access: HostAccess;
  readonly headers: Headers;
  readonly chosen: ChosenCredential | null;
  readonly verb: HttpVerb;
}

export type HttpVerb = Extract<Verb, `http/${string}`>;

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function verbOf(method: string): HttpVerb {
  if (READING.has(method)) return "http/read";
  return method === "DELETE" ? "http/delete" : "http/write";
}

/** The upstream is asked for plain bytes, which can be heard and scrubbed; the others are the proxy's and the client's own. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(["accept-encoding", "proxy-authorization", "expect"]);

/** T12: whoever asks for an echo byte by byte gets a secret in pieces that nobody recognises. A server may always answer whole (RFC 9110, 14.2). */
const IN_PARTS: ReadonlySet<string> = new Set(["range", "if-range"]);
/** What signs or proves, and is not itself in the request. */
const SENT_NOWHERE: ReadonlySet<ChosenCredential["kind"]> = new Set(["aws-sigv4", "mtls"]);

export function bearerOf({ groupsOf }: Pick<Reading, "groupsOf">, who: Principal): Bearer {
  const { chain, session } = who.identity;
  const agent = chain.agents.at(-1) ?? chain.agents[0];
  return { user: chain.user, groups: groupsOf(who), agent, session };
}

export function destinationOf({ origin, method, path }: ProxiedRequest): Destination {
  return { ...origin, method, path };
}

/** As an operation of an API's document where one names it, else as what its method says. */
function written(reading: Reading, parts: Parts): Attempt {
  const { outside } = reading;
  const { request, body, who } = parts;
  const type = headerOf(request, "content-type");
  // Bytes without a type are somebody's guess: no operation takes them.
  const isNone = body.plain === null || (type === null && body.plain.length === 0);
  const plain = isNone || body.plain === null ? null : { type: type ?? "", bytes: body.plain };
  const matched =
    body.isUnread || parts.verb === "http/open"
      ? null
      : (reading.apis()?.match({ ...request, body: plain }) ?? null);
  if (matched === null) return attemptFor(outside, who, actionOf(parts, urlArguments(parts, reading.limits)));
  const wanted = {
    verb: "tools/call" as const,
    server: serverNameOf(matched.api),
    name: matched.operation,
    arguments: matched.arguments,
  };
  const attempt = attemptOf(outside.ambient, outside.rows, who, wanted);
  return restated(attempt, { ...attempt.action, door: "http", ...extras(parts) });
}

/** What leaves with a request and stands in none of its fields: its path, its headers, and bytes that are shown by digest. */
function besideIn({ request, headers, body }: Parts): readonly string[] {
  const segments = request.path.split("/").map(decodedSegment);
  return [...segments, ...headers.map(([, value]) => value), ...body.texts].filter((text) => text !== "");
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The same attempt at another action: its text and digest are of that one. */
function restated(attempt: Attempt, action: Action): Attempt {
  const text = canonicalJson(action);
  return { ...attempt, action, text, digest: digestOfBytes(text) };
}

export function attemptFor(
  { ambient }: Outside,
  { identity, principals }: Principal,
  action: Action,
): Attempt {
  const text = canonicalJson(action);
  return {
    id: actionIdOf(ambient.id("act")),
    identity,
    principals,
    action,
    digest: digestOfBytes(text),
    text,
    facts: factsOf(action.verb),
    blocked: null,
  };
}

const EFFECTS: Readonly<Partial<Record<Verb, readonly [Effect, ...Effect[]]>>> = {
  "http/read": ["read"],
  "http/write": ["outbound", "write"],
  "http/delete": ["destructive", "outbound"],
};

function factsOf(verb: Verb): ToolFacts {
  return { fingerprint: null, effects: EFFECTS[verb] ?? ["outbound"] };
}

export function actionOf({ who, request, verb, ...parts }: Parts, args: JsonObject): Action {
  const server = webServer(request.origin);
  return {
    door: "http",
    verb,
    target: { server, name: request.path },
    arguments: args,
    destination: { kind: "http-host", server, identity: originIdentity(request.origin) },
    chain: who.identity.chain,
    agentVersion: null,
    model: null,
    ...extras(parts),
  };
}

function extras({
  headers,
  chosen,
}: Pick<Parts, "headers" | "chosen">): Pick<Action, "headers" | "credential"> {
  const decisive = headers.filter(([name]) => !isNoise(name));
  const credential = chosen === null ? null : { id: chosen.id, name: chosen.name, version: chosen.version };
  return {
    ...(decisive.length === 0 ? {} : { headers: headersShown(decisive) }),
    ...(credential === null ? {} : { credential }),
  };
}

/** They say who asks and how it likes its answer, and differ from one try to the next: an approval is not bound to them. */
const NOISE: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "user-agent",
  "content-type",
  "content-encoding",
  "date",
  "dnt",
  "priority",
  "referer",
  "te",
  "traceparent",
  "tracestate",
  "baggage",
  "upgrade-insecure-requests",
  "x-request-id",
  "x-correlation-id",
]);

function isNoise(name: string): boolean {
  return NOISE.has(name) || name.startsWith("sec-fetch-") || name.startsWith("sec-ch-");
}

/** By name, several of one name as a list of HTTP's; a credential by its digest alone: it must not be on record. */
function headersShown(headers: Headers): { readonly [name: string]: string } {
  const shown = new Map<string, string>();
  for (const [name, value] of headers) {
    const said = isCredential([name, value]) ? digestOfBytes(value) : value.toWellFormed();
    const before = shown.get(name);
    shown.set(name, before === undefined ? said : `${before}, ${said}`);
  }
  return Object.fromEntries(shown);
}

/** What policy, people and the flow engine see of a request that no operation names. */
export function urlArguments(
  { request, body }: Pick<Parts, "request" | "body">,
  { fieldsMax }: Pick<HttpLimits, "fieldsMax">,
): JsonObject {
  const { origin, path, query, method } = request;
  const shown = query === null ? null : queryShown(query);
  const fields = shown === null ? null : fieldsOf(shown, fieldsMax);
  if (shown !== null && fields === null) throw tooManyFields(fieldsMax);
  return {
    method,
    url: urlOf(origin, path, shown),
    ...(fields === null ? {} : { query: fields }),
    ...(body.shown === null ? {} : { body: body.shown }),
  };
}

/** The query as it came, but for credentials. */
function queryShown(query: string): string {
  const has = [...new URLSearchParams(query)].some(isCredentialField);
  if (!has) return query.toWellFormed();
  const pieces = query.split("&").map((piece) => {
    const [field] = [...new URLSearchParams(piece)];
    if (field === undefined || !isCredentialField(field)) return piece;
    return `${piece.slice(0, Math.max(0, piece.indexOf("=")))}=${digestOfBytes(field[1])}`;
  });
  return pieces.join("&").toWellFormed();
}

interface Bound {
  readonly bearer: Bearer;
  readonly destination: Destination;
}

/** What no policy lifts, and what only a person's look does. */
function blocked(reading: Reading, parts: Parts, { bearer, destination }: Bound, attempt: Attempt): Attempt {
  const { request, headers, body } = parts;
  const outgoing = { destination, query: request.query, headers, bodySha256: body.sha256 };
  const held = placeheld(reading.vault, bearer, outgoing, body);
  const fault = held instanceof Fault ? held : unfit(parts, held);
  if (fault !== null) return { ...attempt, blocked: fault };
  const doubt = attempt.unreviewed ?? doubtOf(reading, parts, attempt);
  return doubt === null ? attempt : { ...attempt, unreviewed: doubt };
}

function unfit({ request, access, chosen }: Parts, held: ReadonlySet<string>): Fault | null {
  if (chosen !== null && chosen.state !== "ready") return notReady(chosen);
  if (held.size > 0 && chosen === null) return nothingToFill();
  const foreign = access.takesOwnCredentials ? [] : foreignCredentials(request, held);
  return foreign.length === 0 ? null : foreignFault(foreign, authorityOf(request.origin));
}

/** An API first, then an MCP server or an upstream of models. */
export function governorsOf(reading: Pick<Reading, "apis" | "governed">, origin: Origin): readonly string[] {
  const both = [reading.apis()?.governs(origin) ?? null, reading.governed(origin)];
  return both.filter((name) => name !== null);
}

function doubtOf(
  reading: Reading,
  { request, body }: Parts,
  { action, identity, governors }: Attempt,
): Fault | null {
  if (action.verb === "tools/call" || action.verb === "http/read") return null;
  const [by] = governors ?? [];
  if (by !== undefined) return unmapped(by, authorityOf(request.origin));
  return body.isUnread && reading.isTainted(identity) ? unreadUpload() : null;
}

type Sent = Parameters<VaultDoor["placeholders"]>[1];

function placeheld(vault: VaultDoor | null, bearer: Bearer, sent: Sent, body: ReadBody): Set<string> | Fault {
  if (vault === null) return new Set();
  try {
    return new Set(vault.placeholders(bearer, sent, body.plain).map(({ place }) => place));
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** What nobody reads could hold anything that the session read. */
function unreadUpload(): Fault {
  return new Fault(
    "upload_unread",
    "the body is too large to be read before it is sent, and this session has read what others wrote",
    "Send it in parts that can be read, or from a session that reads nothing from outside.",
  );
}

function tooManyFields(max: number): Fault {
  return new Fault(
    "query_too_long",
    `the query has more than ${max} fields`,
    "Send fewer at once, or send them in a body.",
  );
}

function notReady({ name, state }: ChosenCredential): Fault {
  return state === "expired"
    ? new Fault(
        "credential_expired",
        `the credential ${name} for this host has expired`,
        `Whoever owns it renews it: \`doorward vault rotate ${name}\`.`,
      )
    : new Fault(
        "credential_stopped",
        `the credential ${name} for this host is stopped`,
        `An admin says when it may be used again: \`doorward resume credential ${name}\`.`,
      );
}

function nothingToFill(): Fault {
  return new Fault(
    "placeholder_misplaced",
    "the request has a placeholder, and there is no credential for this host, path and method",
    "Look at what it is for with `doorward vault list`; a placeholder is worthless anywhere else.",
  );
}

/** T4: what a destination is governed by elsewhere names its writes, or they do not happen. */
function unmapped(by: string, host: string): Fault {
  return new Fault(
    "operation_unmapped",
    `${host} is governed as ${by}, and this request is none of its operations`,
    `Use ${by} itself. Where its API document leaves an operation out, an admin adds it: \`doorward apis get ${by}\`.`,
  );
}
