import type { IncomingMessage } from "node:http";
import { certificateOn, oauthFault } from "#identity";
import type { ClientProof } from "#operations";
import { readAtMost } from "./body.ts";

/** A token of 16 KiB, an assertion, a proof of the subject, and details: more is no exchange. */
const FORM_BYTES_MAX = 65_536;
const FIELDS_MAX = 40;
/** Of RFC 8693, only these may come more than once. */
const REPEATED: ReadonlySet<string> = new Set(["resource", "audience"]);

/** Reads a form, each parameter once. Throws `invalid_request`. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(request.headers["content-type"] ?? ""))
    throw oauthFault("invalid_request", "the body is no form (application/x-www-form-urlencoded)");
  const body = await readAtMost(request, FORM_BYTES_MAX);
  if (body === null) throw oauthFault("invalid_request", `the body has more than ${FORM_BYTES_MAX} bytes`);
  const form = new URLSearchParams(body.toString("utf8"));
  if (form.size > FIELDS_MAX) throw oauthFault("invalid_request", "too many parameters");
  for (const name of new Set(form.keys())) {
    if (!REPEATED.has(name) && form.getAll(name).length > 1)
      throw oauthFault("invalid_request", "a parameter appears more than once");
  }
  return form;
}

/** A parameter, or null where it is absent or empty (RFC 6749, 3.2). */
export function field(form: URLSearchParams, name: string): string | null {
  const value = form.get(name);
  return value === null || value === "" ? null : value;
}

export function demandField(form: URLSearchParams, name: string): string {
  const value = field(form, name);
  if (value !== null) return value;
  throw oauthFault("invalid_request", `${name} is missing`);
}

/**
 * How the client says who it is: `client_secret_basic`, `client_secret_post`, an assertion, or the actor token of RFC 8693,
 * which is an assertion under another name. Two of them at once are refused: each could be read by somebody else. The client
 * certificate of the connection counts where there is none of them (RFC 8705).
 */
export function clientProof(request: IncomingMessage, form: URLSearchParams): ClientProof {
  const basic = basicOf(request.headers.authorization);
  const assertion = assertionOf(form, "client_assertion");
  const actor = assertionOf(form, "actor_token");
  const posted = field(form, "client_secret");
  const shown = [basic, assertion, actor, posted].filter((one) => one !== null);
  if (shown.length > 1) throw oauthFault("invalid_client", "a request carries one credential of the agent");
  const named = field(form, "client_id");
  if (basic !== null && named !== null && named !== basic.name)
    throw oauthFault("invalid_client", "client_id names another agent than the credential");
  return {
    clientId: basic?.name ?? named,
    secret: basic?.secret ?? posted,
    assertion: assertion ?? actor,
    certificate: certificateOn(request.socket),
  };
}

/** What an `actor_token_type` of RFC 8693 says of an actor token, and what that is as an assertion. */
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
const KEY_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

function assertionOf(
  form: URLSearchParams,
  name: "client_assertion" | "actor_token",
): ClientProof["assertion"] {
  const text = field(form, name);
  if (text === null) return null;
  const type = demandField(form, `${name}_type`);
  return { type: name === "actor_token" && type === JWT_TYPE ? KEY_ASSERTION_TYPE : type, text };
}

interface Basic {
  readonly name: string;
  readonly secret: string;
}

/** HTTP Basic with both halves form-encoded (RFC 6749, 2.3.1); another scheme here is no client authentication. */
function basicOf(header: string | undefined): Basic | null {
  if (header === undefined) return null;
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1];
  const text = encoded === undefined ? null : Buffer.from(encoded, "base64").toString("utf8");
  const colon = text?.indexOf(":") ?? -1;
  if (text === null || colon < 0)
    throw oauthFault("invalid_client", "the Authorization header is no HTTP Basic");
  return { name: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) };
}

function decoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? "";
}
