import { oauthFault } from "#identity";

/** Which doors a token opens: its audience, and the scopes that say the same in words. */
export interface Targets {
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

export const SCOPES = ["http", "llm", "mcp"] as const;
const RESOURCES_MAX = 8;
const SERVER = /^\/[a-z][a-z0-9-]{0,30}$/;

export const mcpResource = (door: string): string => `${door}/door/mcp`;
export const llmResource = (door: string): string => `${door}/v1`;
/** The proxy has no path of its own: this is its name, and nothing is served there. */
export const httpResource = (door: string): string => `${door}/door/http`;

/**
 * A `scope` parameter as it came (RFC 6749, 3.3), or null. Throws `invalid_scope` where it names one that there is not: it is
 * never left out in silence, as the client would take what it gets for what it asked.
 */
export function demandScope(text: string | null): string | null {
  const known: readonly string[] = SCOPES;
  if (text === null || text.split(" ").every((one) => known.includes(one))) return text;
  throw oauthFault("invalid_scope", "a scope asked for is none of this Doorward");
}

/**
 * Resource indicators (RFC 8707): addresses of our doors, exactly as their metadata write them. Without any, the mcp and
 * the llm door, and the http door where the scope asks for it. A scope leaves out the other doors. Throws `invalid_target`, `invalid_scope`.
 */
export function targetsOf(door: string, resources: readonly string[], scope: string | null): Targets {
  if (resources.length > RESOURCES_MAX) throw oauthFault("invalid_target", "too many resources");
  const wanted = scope === null ? null : scope.split(" ");
  const web = wanted?.includes("http") === true ? [httpResource(door)] : [];
  const usual = [mcpResource(door), llmResource(door), ...web];
  const asked = resources.length === 0 ? usual : [...new Set(resources)];
  const named = asked.map((resource) => ({ resource, scope: scopeOf(door, resource) }));
  const kept = named.filter((one) => wanted === null || wanted.includes(one.scope));
  if (kept.length === 0)
    throw oauthFault("invalid_scope", "no scope asked for belongs to a resource asked for");
  return {
    audience: kept.map(({ resource }) => resource).toSorted(),
    scopes: [...new Set(kept.map((one) => one.scope))].toSorted(),
  };
}

function scopeOf(door: string, resource: string): (typeof SCOPES)[number] {
  const mcp = mcpResource(door);
  if (resource === llmResource(door)) return "llm";
  if (resource === httpResource(door)) return "http";
  if (resource === mcp || (resource.startsWith(`${mcp}/`) && SERVER.test(resource.slice(mcp.length))))
    return "mcp";
  throw oauthFault("invalid_target", "a resource is no door of this Doorward");
}
