import type { Json } from "#base";
import { type Agent, type AgentConfiguration, AGENTS, KEY_NAMES } from "./agents.table.ts";
import { configurationIn } from "./configuration.ts";
import { type Found, known } from "./found.ts";
import type { ConfigurationSeen } from "./observed.ts";
import { at, fields, list, text } from "./reading.ts";

const NAMES_MAX = 500;
const NAME_CHARS_MAX = 200;
const DEPTH_MAX = 12;
const NODES_MAX = 50_000;

/** The agents whose configurations were seen, and the MCP servers that these name. */
export function agentsIn(configurations: readonly ConfigurationSeen[]): Found[] {
  return configurations.flatMap((seen) => {
    const agent = AGENTS.find(({ name }) => name === seen.agent);
    if (agent === undefined) return [];
    const shape = agent.configurations[seen.shape];
    return shape === undefined ? [] : foundIn(agent, shape, seen);
  });
}

function foundIn(agent: Agent, shape: AgentConfiguration, seen: ConfigurationSeen): Found[] {
  const content = configurationIn(seen.text, shape.format);
  const isRead = fields(content).length > 0;
  const servers = isRead ? serversOf(content, shape) : [];
  const keys = keysIn(content);
  const own: Found = {
    kind: "agent",
    what: agent.name,
    name: agent.title,
    where: seen.path,
    confidence: isRead ? "certain" : "likely",
    grounds: [{ by: "configuration", says: `its configuration lies here (${agent.source})` }],
    facts: known({
      models: shape.models.flatMap((path) => valuesAt(content, path)).flatMap((value) => shortText(value)),
      servers: servers.map(([name]) => name),
      keysPresent: keys,
    }),
    warnings: isRead ? [] : [`it could not be read as ${shape.format.toUpperCase()}`],
  };
  return [own, ...servers.map(([name, server]) => serverFound({ agent, seen }, name, server))];
}

/** Where both a path and one below it are named, the longer one stands first and is the one that holds servers. */
function serversOf(content: Json, shape: AgentConfiguration): [string, Json][] {
  const named = shape.servers.flatMap((path) => valuesAt(content, path)).flatMap((value) => entriesOf(value));
  const unique = new Map(named.filter(([, server]) => isServer(server)));
  return [...unique].slice(0, NAMES_MAX);
}

/** Servers by name, or in a list with their names inside. */
function entriesOf(value: Json): [string, Json][] {
  if (!Array.isArray(value)) return fields(value).map(([name, one]) => [short(name), one]);
  return list(value).map((one, index) => [short(text(at(one, "name")) ?? `${index + 1}`), one]);
}

/** `cmd` and `uri` are Goose's words. */
function isServer(server: Json): boolean {
  return ["command", "cmd", "url", "uri", "serverUrl", "httpUrl"].some((name) => at(server, name) !== null);
}

interface Owner {
  readonly agent: Agent;
  readonly seen: ConfigurationSeen;
}

function serverFound({ agent, seen }: Owner, name: string, server: Json): Found {
  const url = ["url", "uri", "serverUrl", "httpUrl"].flatMap((field) => text(at(server, field)) ?? [])[0];
  const words = [at(server, "command"), at(server, "cmd"), at(server, "args")].flatMap((value) =>
    Array.isArray(value) ? list(value).flatMap((one) => text(one) ?? []) : (text(value) ?? []),
  );
  const [command] = words;
  const origin = url === undefined ? null : originOf(url);
  const program =
    command === undefined
      ? null
      : short(command.slice(Math.max(command.lastIndexOf("/"), command.lastIndexOf("\\")) + 1));
  return {
    kind: "server",
    what: "mcp",
    name,
    where: origin ?? program ?? "unknown",
    confidence: "certain",
    grounds: [{ by: "configuration", says: `${agent.title} names it in ${seen.path}` }],
    facts: known({
      agent: agent.name,
      package: packageIn(program, words.slice(1)),
      disabled: at(server, "disabled") === true || at(server, "enabled") === false ? true : null,
      keysPresent: [
        ...keysIn(at(server, "headers")),
        ...keysIn(at(server, "env")),
        ...keysIn(at(server, "environment")),
      ],
    }),
    warnings:
      origin === null || !isOpen(origin) ? [] : ["it is spoken to over the network without encryption"],
  };
}

/** Scheme, host and port: names, passwords, paths and queries may be secrets. */
function originOf(url: string): string {
  const parts = /^(https?|wss?):\/\/(?:[^/?#@]*@)?([\w.-]+|\[[\da-f:]+\])(:\d+)?(?=[/?#]|$)/i.exec(url);
  return parts === null
    ? "a URL that could not be read"
    : `${parts[1]}://${parts[2]}${parts[3] ?? ""}`.toLowerCase();
}

function isOpen(origin: string): boolean {
  return /^(?:http|ws):/.test(origin) && !/:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(origin);
}

/** The package that such a program fetches and runs; its other arguments may be secrets and are not looked at. */
function packageIn(program: string | null, args: readonly string[]): string | null {
  if (program === null || !/^(?:bunx|npx|pipx|uvx)(?:\.cmd|\.exe)?$/.test(program)) return null;
  const first = args.find((word) => !word.startsWith("-") && word !== "run");
  const isPackage =
    first !== undefined && /^(?:@[a-z0-9][\w.-]*\/)?[a-z][\w.-]{0,80}(?:@[\w.^~-]{1,30})?$/.test(first);
  return isPackage ? first : null;
}

/** The values at a path of fields; `*` stands for each field or item. */
function valuesAt(content: Json, path: string): Json[] {
  let values: Json[] = [content];
  for (const part of path.split(".")) {
    values = values.flatMap((value) => {
      const one = part === "*" ? null : at(value, part);
      if (part !== "*") return one === null ? [] : [one];
      return Array.isArray(value) ? list(value) : fields(value).map(([, field]) => field);
    });
  }
  return values.slice(0, NAMES_MAX);
}

function shortText(value: Json): string[] {
  return typeof value === "string" && value !== "" ? [short(value)] : [];
}

function short(name: string): string {
  return name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX)}…` : name;
}

/** The names of fields that hold something secret, as `provider.x.apiKey`; never what they hold. */
export function keysIn(content: Json): string[] {
  const found = new Set<string>();
  let nodes = 0;
  const visit = (value: Json, path: readonly string[]): void => {
    nodes += 1;
    if (nodes > NODES_MAX || path.length > DEPTH_MAX || found.size >= NAMES_MAX) return;
    if (Array.isArray(value)) for (const item of list(value)) visit(item, [...path, "*"]);
    for (const [name, inner] of fields(value)) {
      const isKey = KEY_NAMES.test(name) && typeof inner === "string" && inner !== "";
      if (isKey) found.add(short([...path, name].join(".")));
      else visit(inner, [...path, name]);
    }
  };
  visit(content, []);
  return [...found];
}
