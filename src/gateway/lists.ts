import { Fault, type Json, type JsonObject } from "#base";
import type { ServerName, Verb } from "#vocabulary";
import { attemptOf, type Principal } from "./attempt.ts";
import type { Exchange } from "./door/road.ts";
import type { Line, Lines } from "./lines.ts";
import type { Hearing } from "./flows/hearing.ts";
import { textsIn } from "./flows/results.ts";
import { type Definition, type Kind, nameOf } from "./listings.ts";
import { aggregateName } from "./names.ts";
import type { Outside } from "./outside.ts";
import { questionOf } from "./verdicts.ts";

/** What a client may see: accepted, unchanged, and not denied to it whatever the arguments. */
export interface Lists {
  readonly definitions: (exchange: Exchange, kind: Kind) => Promise<readonly JsonObject[]>;
  readonly resources: (exchange: Exchange, method: string, field: string) => Promise<readonly JsonObject[]>;
  /** The server whose resource this is; at the aggregate endpoint that must be clear. */
  readonly ownerOf: (exchange: Exchange, uri: string) => Promise<ServerName>;
}

export interface ListsOutside {
  readonly outside: Outside;
  readonly lines: Lines;
  readonly principal: (exchange: Exchange) => Principal;
  /** Names of the active servers, sorted. */
  readonly servers: () => readonly ServerName[];
  readonly unreachable: (server: ServerName, error: unknown) => void;
  readonly hearing: Hearing;
}

export function createLists(own: ListsOutside): Lists {
  return {
    definitions: (exchange, kind) =>
      onEach(own, exchange, async (line) => {
        const all = [...(await line.listings.definitions(kind)).values()];
        return all
          .filter((definition) => isOffered(own, exchange, line, { kind, definition }))
          .map(({ json }) => {
            // A person accepted these very words; what they name is known for where it was read.
            own.hearing.heard(exchange.identity, `${line.server}/${kind}s`, wordsIn(json), false);
            return shown(exchange, line, json);
          });
      }),
    resources: (exchange, method, field) =>
      onEach(own, exchange, async (line) => {
        if (line.connection.capabilities["resources"] === undefined) return [];
        const all = await line.listings.all(method, field);
        const readable = all.filter((item) => isReadable(own, exchange, line, item));
        const words = readable.map((item) => textsIn(item).join("\n"));
        own.hearing.heard(exchange.identity, `${line.server}/${method}`, words, true);
        return readable;
      }),
    ownerOf: (exchange, uri) => ownerOf(own, exchange, uri),
  };
}

type List = (line: Line) => Promise<readonly JsonObject[]>;

/** One server of the endpoint must answer; at the aggregate a dead one is left out, and the operator is told. */
async function onEach(own: ListsOutside, exchange: Exchange, list: List): Promise<readonly JsonObject[]> {
  if (exchange.endpoint !== null) return list(await own.lines.open(exchange, exchange.endpoint));
  const lists = own.servers().map(async (server) => {
    try {
      return await list(await own.lines.open(exchange, server));
    } catch (error) {
      own.unreachable(server, error);
      return [];
    }
  });
  return (await Promise.all(lists)).flat();
}

interface Listed {
  readonly kind: Kind;
  readonly definition: Definition;
}

function isOffered(own: ListsOutside, exchange: Exchange, line: Line, { kind, definition }: Listed): boolean {
  const { outside } = own;
  const name = nameOf(definition.json);
  const row = outside.rows.tool(line.server, kind, name);
  if (row?.status !== "accepted" || row.accepted_fingerprint !== definition.fingerprint) return false;
  const verb: Verb = kind === "tool" ? "tools/call" : "prompts/get";
  const who = own.principal(exchange);
  const wanted = { verb, server: line.server, name, arguments: {} };
  const made = attemptOf(outside.ambient, outside.rows, who, wanted);
  // A call is decided by what the manifest says that the tool does, so the list has to be as well.
  const attempt = outside.tracing?.expected(made) ?? made;
  return (
    attempt.blocked === null && (who.identity.stage === "observe" || outside.mayUse(questionOf(attempt)))
  );
}

/** Addresses and descriptions are read by models too: what policy lets nobody read, nobody is told of. */
function isReadable(own: ListsOutside, exchange: Exchange, line: Line, item: JsonObject): boolean {
  const { outside } = own;
  const uri = item["uri"] ?? item["uriTemplate"];
  if (typeof uri !== "string") return false;
  const who = own.principal(exchange);
  const wanted = { verb: "resources/read" as const, server: line.server, name: uri, arguments: { uri } };
  const attempt = attemptOf(outside.ambient, outside.rows, who, wanted);
  return (
    attempt.blocked === null && (who.identity.stage === "observe" || outside.mayUse(questionOf(attempt)))
  );
}

/** What a model reads of a definition; the names of its parts are the tool's own. */
function wordsIn({ title = null, description = null, inputSchema = null }: JsonObject): Json {
  return [title, description, JSON.stringify(inputSchema)];
}

function shown(exchange: Exchange, line: Line, definition: JsonObject): JsonObject {
  if (exchange.endpoint !== null) return definition;
  return { ...definition, name: aggregateName(line.server, nameOf(definition)) };
}

async function ownerOf(own: ListsOutside, exchange: Exchange, uri: string): Promise<ServerName> {
  if (exchange.endpoint !== null) return exchange.endpoint;
  const owners: ServerName[] = [];
  await onEach(own, exchange, async (line) => {
    if (line.connection.capabilities["resources"] !== undefined && (await offers(line, uri)))
      owners.push(line.server);
    return [];
  });
  const [owner] = owners;
  if (owners.length === 1 && owner !== undefined) return owner;
  throw unclear(uri, owners);
}

async function offers(line: Line, uri: string): Promise<boolean> {
  const resources = await line.listings.all("resources/list", "resources");
  if (resources.some((resource) => resource["uri"] === uri)) return true;
  const templates = await line.listings.all("resources/templates/list", "resourceTemplates").catch(() => []);
  return templates.some((template) => isFrom(template["uriTemplate"], uri));
}

function isFrom(template: Json | undefined, uri: string): boolean {
  return typeof template === "string" && fits(template, uri);
}

/** Whether `uri` could come from an RFC 6570 template: its literal parts, in order, with anything between. */
export function fits(template: string, uri: string): boolean {
  const literals = template.split(/\{[^{}]*\}/);
  const first = literals[0] ?? "";
  const last = literals.at(-1) ?? "";
  if (literals.length === 1) return uri === template;
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= uri.length - last.length;
}

function unclear(uri: string, owners: readonly string[]): Fault {
  const found = owners.length === 0 ? "no server offers it" : `several do: ${owners.join(", ")}`;
  return new Fault(
    "resource_unclear",
    `the aggregate endpoint cannot tell whose resource ${uri} is: ${found}`,
    "Use the endpoint of one server, /door/mcp/<server>.",
  );
}
