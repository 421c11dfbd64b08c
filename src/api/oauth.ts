import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "#base";
import { ALGORITHMS, certificateOn, DETAILS_TYPE, oauthFault } from "#identity";
import {
  actingAgent,
  byIdJag,
  demandScope,
  type Exchanged,
  exchanged,
  JWT_BEARER,
  KEY_ASSERTION,
  llmResource,
  mcpResource,
  type OAuthOutside,
  SCOPES,
  SVID_ASSERTION,
} from "#operations";
import { clientProof, demandField, field, readForm } from "./oauth-form.ts";
import { ANSWER_HEADERS } from "./problem.ts";

export interface OAuthOptions extends OAuthOutside {
  /** Our own origins: a DPoP proof names one of them. */
  readonly origins: ReadonlySet<string>;
  /** Whether our listener asks clients for certificates. */
  readonly clientCertificates: boolean;
  readonly report: (event: string, detail: unknown) => void;
}

/** Answers what an authorization server is asked, and says whether it was that. Host and Origin are checked before. */
export type OAuth = (request: IncomingMessage, response: ServerResponse) => boolean;

const TOKEN_PATH = "/oauth/token";
const KEYS_PATH = "/oauth/jwks";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
/** Exchanges at once: each may verify two signatures and ask the provider for its keys. */
const EXCHANGES_MAX = 16;
/** draft-ietf-oauth-identity-assertion-authz-grant-03: the type of the assertion, and what metadata call the profile. */
const ID_JAG = "urn:ietf:params:oauth:token-type:id-jag";
const ID_JAG_PROFILE = "urn:ietf:params:oauth:grant-profile:id-jag";
const METADATA = "/.well-known/oauth-authorization-server";
const RESOURCE = "/.well-known/oauth-protected-resource";

export function createOAuth(options: OAuthOptions): OAuth {
  const documents = documentsOf(options);
  let running = 0;
  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (path === TOKEN_PATH) {
      const isFull = running >= EXCHANGES_MAX;
      running += 1;
      void token(options, request, { response, isFull }).finally(() => (running -= 1));
      return true;
    }
    const document = documents(path);
    if (document === null) return false;
    if (request.method !== "GET" && request.method !== "HEAD") return answerError(response, notPost("GET"));
    void Promise.resolve(document).then((body) => answer(response, 200, body));
    return true;
  };
}

interface Way {
  readonly response: ServerResponse;
  readonly isFull: boolean;
}

async function token(
  options: OAuthOptions,
  request: IncomingMessage,
  { response, isFull }: Way,
): Promise<void> {
  try {
    if (request.method !== "POST") throw notPost("POST");
    if (isFull) throw oauthFault("temporarily_unavailable", "too many exchanges at this moment");
    answer(response, 200, { ...(await granted(options, request)) });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === "bug") options.report("oauth_failed", cause);
    answerError(response, cause);
  }
}

/** The client first, then the proof of its key, then what it wants: who is unknown learns nothing of the rest. */
async function granted(options: OAuthOptions, request: IncomingMessage): Promise<Exchanged> {
  const form = await readForm(request);
  const grant = field(form, "grant_type");
  if (grant !== GRANT && grant !== JWT_BEARER)
    throw oauthFault("unsupported_grant_type", "this grant_type is not taken");
  const agent = await actingAgent(options, clientProof(request, form));
  const audiences = form.getAll("audience");
  if (audiences.length > 1) throw oauthFault("invalid_target", "one audience at most");
  const asked = {
    agent,
    thumbprint: await thumbprintOf(options, request, agent.id),
    certificate: certificateOn(request.socket),
    resources: form.getAll("resource"),
    audience: audiences[0] ?? null,
    scope: demandScope(field(form, "scope")),
    requestedType: field(form, "requested_token_type"),
    details: field(form, "authorization_details"),
  };
  if (grant === JWT_BEARER)
    return byIdJag(options, { ...asked, subjectToken: demandField(form, "assertion"), subjectType: ID_JAG });
  const [subjectToken, subjectType] = [
    demandField(form, "subject_token"),
    demandField(form, "subject_token_type"),
  ];
  return exchanged(options, { ...asked, subjectToken, subjectType });
}

async function thumbprintOf(
  { proofs, origins }: OAuthOptions,
  request: IncomingMessage,
  agent: string,
): Promise<string | null> {
  const proof = request.headers["dpop"];
  if (proof === undefined) return null;
  if (typeof proof !== "string" || copiesOf(request, "dpop") !== 1)
    throw oauthFault("invalid_dpop_proof", "a request carries one DPoP proof");
  return proofs.check(proof, { method: "POST", origins, path: TOKEN_PATH, token: null, key: null, agent });
}

function copiesOf({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
}

/** RFC 8414, RFC 9728 (one document for each door's address) and the keys that our tokens are signed with. */
function documentsOf(options: OAuthOptions): (path: string) => object | Promise<object> | null {
  const { issuer, door, clientCertificates } = options;
  // RFC 8705, sections 2.2.1 and 3.3; said of the doors as well (RFC 9728, section 2).
  const bound = clientCertificates ? { tls_client_certificate_bound_access_tokens: true } : {};
  const methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
  const server = {
    issuer: issuer.issuer,
    token_endpoint: `${issuer.issuer}${TOKEN_PATH}`,
    jwks_uri: `${issuer.issuer}${KEYS_PATH}`,
    response_types_supported: [],
    grant_types_supported: [GRANT, JWT_BEARER],
    authorization_grant_profiles_supported: [ID_JAG_PROFILE],
    token_endpoint_auth_methods_supported: clientCertificates
      ? [...methods, "self_signed_tls_client_auth"]
      : methods,
    ...bound,
    token_endpoint_auth_signing_alg_values_supported: [...ALGORITHMS],
    client_assertion_types_supported: [KEY_ASSERTION, SVID_ASSERTION],
    client_id_metadata_document_supported: true,
    dpop_signing_alg_values_supported: [...ALGORITHMS],
    scopes_supported: [...SCOPES],
    authorization_details_types_supported: [DETAILS_TYPE],
    protected_resources: [mcpResource(door), llmResource(door)],
  };
  const resource = (address: string, scope: string): object => ({
    resource: address,
    resource_name: "Doorward",
    authorization_servers: [issuer.issuer],
    scopes_supported: [scope],
    bearer_methods_supported: ["header"],
    ...bound,
    dpop_signing_alg_values_supported: [...ALGORITHMS],
    authorization_details_types_supported: [DETAILS_TYPE],
  });
  return (path) => {
    if (path === METADATA) return server;
    if (path === KEYS_PATH) return issuer.keys();
    if (path === RESOURCE) return resource(mcpResource(door), "mcp");
    if (path === `${RESOURCE}/v1`) return resource(llmResource(door), "llm");
    const mcp = /^\/door\/mcp(\/[a-z][a-z0-9-]{0,30})?$/.exec(path.slice(RESOURCE.length));
    return path.startsWith(`${RESOURCE}/`) && mcp !== null
      ? resource(`${mcpResource(door)}${mcp[1] ?? ""}`, "mcp")
      : null;
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { ...ANSWER_HEADERS, pragma: "no-cache", "content-type": "application/json" };
  response.writeHead(status, { ...headers, "content-length": bytes.length }).end(bytes);
}

/** Error codes that OAuth knows; a Fault of another code is a refusal in its words. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_target: 400,
  invalid_scope: 400,
  invalid_authorization_details: 400,
  invalid_dpop_proof: 400,
  access_denied: 400,
  unsupported_grant_type: 400,
  temporarily_unavailable: 503,
};

/** RFC 6749, 5.2. Descriptions are printable ASCII without quotes and backslashes, as it asks. */
function answerError(response: ServerResponse, cause: unknown): true {
  const fault = cause instanceof Fault && cause.code !== "bug" ? cause : null;
  const error = errorOf(fault);
  if (error === "invalid_client") response.setHeader("www-authenticate", 'Basic realm="doorward"');
  answer(response, STATUS[error] ?? 500, {
    error,
    error_description: plain(fault === null ? "Doorward failed to answer this" : fault.message),
    ...(fault === null ? {} : { code: fault.code, remedy: fault.remedy }),
  });
  return true;
}

function errorOf(fault: Fault | null): string {
  if (fault === null) return "server_error";
  if (STATUS[fault.code] !== undefined) return fault.code;
  return /^(egress|provider)_/.test(fault.code) ? "temporarily_unavailable" : "access_denied";
}

function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
}

function notPost(method: string): Fault {
  return oauthFault("invalid_request", `this address takes ${method}`);
}
