import { Fault } from "#base";
import { type Protocol, PROTOCOL_PATHS } from "#llm";
import type { UpstreamKind } from "./candidate.ts";
import { KINDS } from "./kinds.table.ts";

const VERSION_PATH = "/v1";
const URL_CHARS_MAX = 2_000;

/**
 * An upstream's address as it is kept, without a trailing slash: people write it with and without `/v1`, as their
 * client's own setting has it. Throws `upstream_url_invalid`.
 */
export function normalUrl(kind: UpstreamKind, given: string): string {
  const url = URL.parse(given);
  if (url === null || given.length > URL_CHARS_MAX) throw invalid("it is no URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid("only http and https are spoken");
  if (url.username !== "" || url.password !== "") throw invalid("it carries a user name or password");
  if (url.search !== "" || url.hash !== "") throw invalid("it has a query or a fragment");
  const path = url.pathname.replace(/\/+$/, "");
  if (KINDS[kind].base === "versioned") return `${url.origin}${path === "" ? VERSION_PATH : path}`;
  return `${url.origin}${path.endsWith(VERSION_PATH) ? path.slice(0, -VERSION_PATH.length) : path}`;
}

/** Where a protocol is spoken at an upstream of this normal address. */
export function endpointOf(kind: UpstreamKind, url: string, protocol: Protocol): string {
  return pathAt(kind, url, PROTOCOL_PATHS[protocol]);
}

/** Where it lists its models; null: nowhere. */
export function listingAt(kind: UpstreamKind, url: string): string | null {
  const { listing } = KINDS[kind];
  return listing === null ? null : pathAt(kind, url, listing.path);
}

function pathAt(kind: UpstreamKind, url: string, path: string): string {
  const isVersioned = KINDS[kind].base === "versioned";
  return `${url}${isVersioned ? path.slice(VERSION_PATH.length) : path}`;
}

/** Throws `upstream_protocols_invalid` where an upstream of this kind has no place for one of them. */
export function checkProtocols(kind: UpstreamKind, protocols: readonly Protocol[]): void {
  const misplaced = protocols.find(
    (protocol) =>
      KINDS[kind].base === "versioned" && !PROTOCOL_PATHS[protocol].startsWith(`${VERSION_PATH}/`),
  );
  if (misplaced === undefined) return;
  throw new Fault(
    "upstream_protocols_invalid",
    `an upstream of kind ${kind} does not speak ${misplaced}`,
    "Leave the protocol out, or choose the kind that the upstream is (`--kind ollama` speaks Ollama's own protocols).",
  );
}

/** `https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/endpoints/openapi`. */
export function vertexUrl(project: string, location: string): string {
  const host = location === "global" ? "aiplatform" : `${location}-aiplatform`;
  return `https://${host}.googleapis.com/v1/projects/${project}/locations/${location}/endpoints/openapi`;
}

function invalid(why: string): Fault {
  return new Fault(
    "upstream_url_invalid",
    `the upstream's address cannot be used: ${why}`,
    "Write scheme, host, port and path alone, for example http://127.0.0.1:11434 or https://api.openai.com/v1.",
  );
}
