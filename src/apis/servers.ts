import type { Json, JsonObject } from "#base";
import { serversRefused } from "./faults.ts";
import { entriesOf, listOf, member, textOf } from "./json.ts";
import { SERVERS_MAX } from "./limits.ts";
import type { ApiServer } from "./port.ts";

/**
 * Where an API is served: each of `servers` with every value of its enumerated variables and the default of the others
 * (OpenAPI 3.1, 4.8.5 and 4.8.6), or host, basePath and schemes of Swagger 2.0; relative to where the document came from.
 * Throws a Fault `api_server_refused` where one is no plain http(s) address, or there are none.
 */
export function serversOf(root: JsonObject, from: string | null): readonly ApiServer[] {
  const texts = "swagger" in root ? ofSwagger(root, from) : ofServers(root);
  const servers = texts.map((text) => serverOf(text, from));
  const unique = new Map(servers.map((server) => [JSON.stringify(server), server]));
  if (unique.size > 0) return [...unique.values()];
  throw nowhere();
}

function nowhere(): Error {
  return serversRefused(
    "the document does not say where the API is",
    "Say it: `--server https://api.example.com`.",
  );
}

function ofSwagger(root: JsonObject, from: string | null): readonly string[] {
  const base = textOf(member(root, "basePath")) ?? "";
  const host = textOf(member(root, "host"));
  if (host === null) return from === null ? [] : [base === "" ? "/" : base];
  const schemes = listOf(member(root, "schemes")).filter((one) => one === "http" || one === "https");
  return (schemes.length === 0 ? ["https"] : schemes).map((scheme) => `${scheme}://${host}${base}`);
}

function ofServers(root: JsonObject): readonly string[] {
  const servers = listOf(member(root, "servers"));
  const all = (servers.length === 0 ? [{ url: "/" }] : servers).flatMap(withVariables);
  if (all.length > SERVERS_MAX)
    throw serversRefused(`there are more than ${SERVERS_MAX}`, "Name one with `--server`.");
  return all;
}

function withVariables(server: Json): readonly string[] {
  const url = textOf(member(server, "url"));
  if (url === null) throw serversRefused("one has no URL", "Mend the document, or name one with `--server`.");
  let texts = [url];
  for (const [name, variable] of entriesOf(member(server, "variables"))) {
    const values = [...listOf(member(variable, "enum")), member(variable, "default") ?? ""];
    const known = [...new Set(values.filter((value) => typeof value === "string"))];
    texts = texts.flatMap((text) => known.map((value) => text.replaceAll(`{${name}}`, () => value)));
    if (texts.length > SERVERS_MAX)
      throw serversRefused(`there are more than ${SERVERS_MAX}`, "Name one with `--server`.");
  }
  return texts;
}

/** One address of an API. Throws a Fault `api_server_refused`. */
export function serverOf(text: string, from: string | null): ApiServer {
  const url = parsed(text, from);
  const why = oddity(url, text);
  if (why !== null)
    throw serversRefused(
      `${JSON.stringify(text.slice(0, 200))} ${why}`,
      "Name the right one: `--server https://api.example.com`.",
    );
  const scheme = url.protocol === "https:" ? "https" : "http";
  return {
    scheme,
    host: url.hostname.replaceAll(/^\[|\]$/g, "").replace(/\.$/, ""),
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    base: url.pathname.replace(/\/+$/, ""),
  };
}

function parsed(text: string, from: string | null): URL {
  const url = URL.parse(text, from ?? undefined);
  if (url !== null) return url;
  if (from === null && text.startsWith("/")) throw nowhere();
  throw serversRefused(
    `${JSON.stringify(text.slice(0, 200))} is no address`,
    "Name the right one: `--server https://api.example.com`.",
  );
}

function oddity(url: URL, text: string): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is not http or https";
  if (url.username !== "" || url.password !== "") return "has a user's name in it";
  if (url.search !== "" || url.hash !== "") return "has a query or a fragment";
  if (/[{}]/.test(text)) return "has a variable that nothing gives a value";
  return url.pathname.includes("//") || /%/.test(url.pathname)
    ? "has a path that could be read in two ways"
    : null;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?)$/;

/** Whether a host is one of this machine's names for itself, an address without brackets. */
export function isThisMachine(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * What stands at an origin, under whichever scheme and whichever of this machine's names for itself: most hosts take on port 80
 * what they take on 443 (T4).
 */
export function stationOf({ host, port }: Pick<ApiServer, "host" | "port">): string {
  const place = port === 80 || port === 443 ? "web" : port;
  return `${isThisMachine(host) ? "localhost" : host}:${place}`;
}
