import { CREDENTIAL_VALUE, Fault } from "#base";
import type { ProxiedRequest } from "#proxy";
import {
  CREDENTIAL_FIELDS,
  CREDENTIAL_HEADER_WORDS,
  CREDENTIAL_HEADERS,
  CREDENTIAL_PATH,
  HARMLESS_HEADERS,
} from "./foreign.table.ts";

/** Places of a request in which a placeholder of the vault stands: `header:authorization`, `query:key`. */
export type Placeheld = ReadonlySet<string>;

/**
 * Where the agent put a credential that is no placeholder of ours (T12): `header:cookie`, `query:sig`, `path`. A credential that an
 * agent holds is one that Doorward cannot bind, rotate or take back, and maybe the author's of a mail it read.
 */
export function foreignCredentials(
  { headers, query, path }: Pick<ProxiedRequest, "headers" | "query" | "path">,
  placeheld: Placeheld,
): readonly string[] {
  const inHeaders = headers.filter(isCredential).map(([name]) => `header:${name}`);
  const fields = [...new URLSearchParams(query ?? "")].filter(isCredentialField);
  const inQuery = fields.map(([name]) => `query:${name}`);
  const plain = path.replaceAll("%3A", ":");
  const inPath = CREDENTIAL_PATH.test(plain) || CREDENTIAL_VALUE.test(plain) ? ["path"] : [];
  return [...new Set([...inHeaders, ...inQuery, ...inPath])].filter((place) => !placeheld.has(place));
}

/** Whether a header's value must not be on record. */
export function isCredential([name, value]: readonly [name: string, value: string]): boolean {
  if (value.trim() === "" || HARMLESS_HEADERS.has(name)) return false;
  return CREDENTIAL_HEADERS.has(name) || CREDENTIAL_HEADER_WORDS.test(name) || CREDENTIAL_VALUE.test(value);
}

export function isCredentialField([name, value]: readonly [name: string, value: string]): boolean {
  if (value === "") return false;
  return CREDENTIAL_FIELDS.has(name.toLowerCase()) || CREDENTIAL_VALUE.test(value);
}

export function foreignFault(places: readonly string[], host: string): Fault {
  const where = places.slice(0, 8).map(spoken).join(", ");
  return new Fault(
    "foreign_credentials",
    `the request brings a credential of its own in ${where}, and an agent's own credentials go nowhere`,
    `Leave it out: Doorward adds the credential for ${host} itself where it has one (\`doorward vault list\`). Where the agent must bring its own, an admin says so: \`doorward hosts grant AGENT ${host} --own-credentials\`.`,
  );
}

function spoken(place: string): string {
  if (place === "path") return "its path";
  const [kind, name = ""] = place.split(/:(.*)/s);
  return kind === "header" ? `the header ${name.slice(0, 60)}` : `the query field ${name.slice(0, 60)}`;
}
