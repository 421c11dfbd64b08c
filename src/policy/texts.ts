import type { Verb } from "#vocabulary";
import type { PrincipalFacts, Question } from "./question.ts";
import { toolId } from "./question.ts";

/** Longest reason or remedy; a policy's own words are cut beyond it. */
export const TEXT_CHARACTERS_MAX = 2000;
const NAME_CHARACTERS_MAX = 200;

/** What people call the parts of a question. Values come from agents and servers: faces must render them inert. */
export interface Words {
  /** `Agent "notes"`, or `Agent "notes", for user "Ann",`. */
  readonly who: string;
  readonly agent: string;
  readonly user: string | null;
  readonly server: string;
  /** `server/tool`, `upstream/model`, or the URI of a resource. */
  readonly target: string;
  /** The model that is asked, or the one that asked for the tool. */
  readonly model: string | null;
  /** `call the tool fs/write_file`: stands after "may" and "wants to". */
  readonly deed: string;
}

export function wordsOf({ action, principals }: Question): Words {
  const agent = nameOf(
    principals.findLast((one) => one.type === "Agent"),
    action.chain.agents.at(-1),
  );
  const userFacts = principals.find((one) => one.type === "User");
  const user = userFacts === undefined ? null : nameOf(userFacts, userFacts.id);
  const server = shorten(action.target.server);
  const { verb } = action;
  const isResource = verb === "models/fetch-url" || verb.startsWith("resources/");
  const isUrl = verb.startsWith("http/");
  const named = isUrl
    ? `${action.target.server.replace(/^web:/, "")}${action.target.name}`
    : toolId(action.target.server, action.target.name);
  const target = shorten(isResource ? action.target.name : named);
  const isModel = verb === "models/generate" || verb === "models/embed";
  const model = isModel ? target : typeof action.model === "string" ? shorten(action.model) : null;
  const who = user === null ? `Agent "${agent}"` : `Agent "${agent}", acting for user "${user}",`;
  return { who, agent, user, server, target, model, deed: deedOf(verb, target, server) };
}

/** What stands after "may" and "wants to"; `{target}` and `{server}` as in `Words`. */
const DEEDS: Readonly<Record<Verb, string>> = {
  "tools/call": "call the tool {target}",
  "resources/read": "read the resource {target} of server {server}",
  "resources/subscribe": "follow the resource {target} of server {server}",
  "prompts/get": "fetch the prompt {target}",
  "completion/complete": "ask server {server} for completions",
  "sampling/createMessage": "let server {server} use its model (sampling)",
  "elicitation/create": "let server {server} put a question to its user (elicitation)",
  "roots/list": "tell server {server} its root folders",
  "models/generate": "ask the model {target}",
  "models/embed": "turn text into vectors with the model {target}",
  "models/host-tool": "let {server} run its hosted tool {target}",
  "models/fetch-url": "let {server} fetch {target}",
  "http/read": "read {target}",
  "http/write": "send to {target}",
  "http/delete": "delete {target}",
  "http/open": "open a WebSocket to {target}",
  "http/message": "send a message over the WebSocket to {target}",
  "http/tunnel": "pass bytes through, unread, to {target}",
};

function deedOf(verb: Verb, target: string, server: string): string {
  return DEEDS[verb].replace(/\{(target|server)\}/g, (_, name) => (name === "target" ? target : server));
}

/** Fills `{agent}`, `{user}`, `{server}`, `{tool}` and `{model}` in an author's words. Once: what is filled in stays as it is. */
export function fill(text: string, words: Words): string {
  const values: Record<string, string> = {
    agent: words.agent,
    user: words.user ?? "nobody",
    server: words.server,
    tool: words.target,
    model: words.model ?? "unknown",
  };
  return clip(text.replace(/\{(agent|user|server|tool|model)\}/g, (_, name: string) => values[name] ?? name));
}

export function titleOf(principal: PrincipalFacts): string {
  return `${principal.type === "User" ? "user" : "agent"} "${shorten(principal.name)}"`;
}

export function clip(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX
    ? text
    : `${text.slice(0, TEXT_CHARACTERS_MAX - 1).toWellFormed()}…`;
}

function nameOf(facts: PrincipalFacts | undefined, id: string | undefined): string {
  return shorten(facts?.name ?? id ?? "unknown");
}

function shorten(text: string): string {
  return text.length <= NAME_CHARACTERS_MAX
    ? text
    : `${text.slice(0, NAME_CHARACTERS_MAX - 1).toWellFormed()}…`;
}
