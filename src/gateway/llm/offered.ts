import { canonicalJson, digestOf, type Digest, type Json, type JsonObject } from "#base";
import type { DeclaredTool } from "#llm";
import { isJsonObject } from "#wire";
import type { ServerName, SessionId } from "#vocabulary";
import { objectColumn } from "../columns.ts";
import type { Exchange } from "../door/road.ts";
import { nameOf } from "../listings.ts";
import { splitName } from "../names.ts";
import type { Rows } from "../rows.ts";

/** A tool behind our mcp door, under its server's own name. */
export interface OfferedTool {
  readonly server: ServerName;
  readonly name: string;
}

/**
 * What the mcp door offered to each session. In memory: after a restart it is known again once the client lists its tools;
 * until then a name `<server>__<tool>` is looked up among the accepted tools, for sessions to which tools were ever listed.
 * To any other session it is a server of its own that has the name, and its calls are decided nowhere else.
 */
export interface Offered {
  readonly note: (exchange: Exchange, tools: readonly JsonObject[]) => void;
  /**
   * By name, which of the declared tools are ours: the name is the offered one, perhaps after a client's prefix, and the
   * definition says the same. A tool that only has the name is the agent's own. So are two that are the same tool of ours: a
   * client that reaches one server both through Doorward and directly declares it twice, and nothing tells which is which.
   */
  readonly among: (session: SessionId, declared: readonly DeclaredTool[]) => ReadonlyMap<string, OfferedTool>;
}

const SESSIONS_MAX = 2_000;
const TOOLS_PER_SESSION_MAX = 10_000;
const NAME_CHARACTERS_MAX = 256;
/** `mcp__doorward__`, `doorward_`, `doorward:` …: what clients put before the name of a server's tool. */
const CLIENT_PREFIX = /^[A-Za-z0-9_.:/-]{1,64}(?:__|_|-|\.|:|\/)$/;
/** Of a description: less says too little to recognise a tool by a part of it. */
const SAID_CHARACTERS_MIN = 40;

interface Offer extends OfferedTool {
  readonly description: string;
  readonly schema: Digest;
}

export function createOffered(rows: Pick<Rows, "acceptedTool" | "isOffered" | "markOffered">): Offered {
  const sessions = new Map<SessionId, Map<string, Offer>>();
  const acceptedAs = (name: string): Offer | null => {
    const found = splitName(null, name);
    const row = found === null ? null : rows.acceptedTool(found.server, found.name);
    return found === null || row === null ? null : offerOf(found, objectColumn(row.accepted_definition));
  };
  const find = (session: SessionId, tool: DeclaredTool): OfferedTool | null => {
    const known = sessions.get(session);
    for (const name of namesWithin(tool.name)) {
      const offer = known?.get(name) ?? (rows.isOffered(session) ? acceptedAs(name) : null);
      if (offer !== null && isSame(offer, tool)) return offer;
    }
    return null;
  };
  return {
    note: ({ identity, endpoint }, tools) => {
      const { session } = identity;
      const before = sessions.get(session);
      if (before === undefined) rows.markOffered(session);
      const known = before ?? new Map<string, Offer>();
      // Re-inserted at the end, so that the first key is always the session that listed longest ago.
      sessions.delete(session);
      sessions.set(session, known);
      if (sessions.size > SESSIONS_MAX)
        for (const [first] of sessions.entries().take(1)) sessions.delete(first);
      for (const tool of tools.slice(0, TOOLS_PER_SESSION_MAX)) {
        const name = nameOf(tool);
        const found = splitName(endpoint, name);
        if (found === null || (known.size >= TOOLS_PER_SESSION_MAX && !known.has(name))) continue;
        known.set(name, offerOf(found, tool));
      }
    },
    among: (session, declared) => {
      const found = declared.flatMap((tool) => {
        const ours = find(session, tool);
        return ours === null ? [] : [{ name: tool.name, ours }];
      });
      const times = Map.groupBy(found, ({ ours }) => `${ours.server}/${ours.name}`);
      const once = [...times.values()].flatMap((same) => (same.length === 1 ? same : []));
      return new Map(once.map(({ name, ours }) => [name, { server: ours.server, name: ours.name }]));
    },
  };
}

/** The name itself, and what is left of it after each beginning that could be a client's prefix. */
function namesWithin(name: string): readonly string[] {
  if (name.length > NAME_CHARACTERS_MAX) return [];
  const starts = Array.from({ length: name.length }, (_none, at) => at);
  return starts.filter((at) => at === 0 || CLIENT_PREFIX.test(name.slice(0, at))).map((at) => name.slice(at));
}

function offerOf({ server, name }: OfferedTool, definition: JsonObject): Offer {
  const { description, inputSchema } = definition;
  return {
    server,
    name,
    description: typeof description === "string" ? description.trim() : "",
    schema: schemaDigest(isJsonObject(inputSchema ?? null) ? (inputSchema ?? null) : {}),
  };
}

/**
 * Clients rewrite schemas (strict modes) or descriptions (a cut, a heading), seldom both. An equal schema alone is no
 * ground: `{path: string}` is what any tool that reads files takes.
 */
function isSame(offer: Offer, tool: DeclaredTool): boolean {
  const declared = tool.description.trim();
  if (declared !== "" && declared === offer.description) return true;
  const isSchema = tool.inputSchema !== null && schemaDigest(tool.inputSchema) === offer.schema;
  return isSchema && (offer.description === "" || isLike(declared, offer.description));
}

function isLike(declared: string, offered: string): boolean {
  if (declared === "") return true;
  if (offered.length >= SAID_CHARACTERS_MIN && declared.includes(offered)) return true;
  const cut = declared.replace(/(?:…|\.\.\.)$/, "");
  return cut.length >= SAID_CHARACTERS_MIN && offered.startsWith(cut);
}

const WITHOUT_MEANING: ReadonlySet<string> = new Set(["additionalProperties", "$schema", "strict"]);

function schemaDigest(schema: Json): Digest {
  return digestOf(canonicalJson(bare(schema)));
}

/** Members whose own members are names, not keywords. */
const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);

function bare(value: Json, areNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => bare(item));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => areNames || !WITHOUT_MEANING.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, bare(inner, !areNames && NAMED.has(key))]));
}
