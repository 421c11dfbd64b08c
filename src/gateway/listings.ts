import { type Ambient, type Digest, digestOf, Fault, type JsonObject } from "#base";
import { type UpstreamConnection, uniqueByName } from "#upstream";
import { isJsonObject } from "#wire";

export type Kind = "tool" | "prompt";

/** A tool or prompt as a server defines it, and the digest of all of it: what people accept (T14). */
export interface Definition {
  readonly json: JsonObject;
  readonly fingerprint: Digest;
}

/** What one connection's server says it has. Tools and prompts are kept for a while, because every call checks them. */
export interface Listings {
  /** Definitions by the server's own name for them; fresh after a change was announced, and at least every minute. */
  readonly definitions: (kind: Kind) => Promise<ReadonlyMap<string, Definition>>;
  /** All pages of a list that is not reviewed: resources, resource templates. */
  readonly all: (method: string, field: string) => Promise<readonly JsonObject[]>;
  readonly forget: (kind: Kind) => void;
}

const PAGES_MAX = 100;
const ITEMS_MAX = 10_000;
/** All pages together: a page alone may be as large as a message. */
const LIST_UNITS_MAX = 16 * 1024 * 1024;
const LIST_TIMEOUT_MS = 30_000;
/** A server that changes a definition without saying so is noticed within this time. */
const FRESH_MS = 60_000;

const METHOD: Readonly<
  Record<Kind, { readonly method: string; readonly field: string; readonly capability: string }>
> = {
  tool: { method: "tools/list", field: "tools", capability: "tools" },
  prompt: { method: "prompts/list", field: "prompts", capability: "prompts" },
};

type Known = { readonly at: number; readonly found: Promise<ReadonlyMap<string, Definition>> };

export function createListings(
  connection: UpstreamConnection,
  ambient: Pick<Ambient, "monotonic">,
  seen: (kind: Kind, definitions: readonly JsonObject[]) => Promise<void>,
): Listings {
  const known = new Map<Kind, Known>();
  const all = (method: string, field: string): Promise<readonly JsonObject[]> =>
    pages(connection, method, field);
  const load = async (kind: Kind): Promise<ReadonlyMap<string, Definition>> => {
    const { method, field, capability } = METHOD[kind];
    if (connection.capabilities[capability] === undefined) return new Map();
    const definitions = uniqueByName(await all(method, field));
    await seen(kind, definitions);
    return new Map(definitions.map((json) => [nameOf(json), { json, fingerprint: digestOf(json) }]));
  };
  return {
    all,
    forget: (kind) => void known.delete(kind),
    definitions: (kind) => {
      const now = ambient.monotonic();
      const last = known.get(kind);
      if (last !== undefined && now - last.at < FRESH_MS) return last.found;
      const found = load(kind);
      known.set(kind, { at: now, found });
      found.catch(() => known.delete(kind));
      return found;
    },
  };
}

async function pages(
  connection: UpstreamConnection,
  method: string,
  field: string,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let units = 0;
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const params: JsonObject = cursor === null ? {} : { cursor };
    const result = await connection.request(method, params, {
      signal: AbortSignal.timeout(LIST_TIMEOUT_MS),
      timeoutMs: LIST_TIMEOUT_MS,
    });
    const found = result[field];
    if (!Array.isArray(found)) throw badList(method, `its answer has no list ${field}`);
    units += JSON.stringify(found).length;
    if (units > LIST_UNITS_MAX) throw badList(method, `it is longer than ${LIST_UNITS_MAX} characters`);
    items.push(...found.filter(isJsonObject));
    if (items.length > ITEMS_MAX) throw badList(method, `it lists more than ${ITEMS_MAX} items`);
    const next = result["nextCursor"];
    if (typeof next !== "string" || next === "") return items;
    cursor = next;
  }
  throw badList(method, `its list has more than ${PAGES_MAX} pages`);
}

/** A definition's own name; empty where it has none, which nothing is ever called. */
export function nameOf(definition: JsonObject): string {
  const name = definition["name"];
  return typeof name === "string" ? name : "";
}

function badList(method: string, why: string): Fault {
  return new Fault(
    "upstream_list_refused",
    `the server's ${method} was refused: ${why}`,
    "Tell the server's author; until it is mended nothing of this list is used.",
  );
}
