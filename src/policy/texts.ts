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
  /** `server/tool`, or the URI of a resource. */
  readonly target: string;
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
  const isResource = action.verb === "resources/read" || action.verb === "resources/subscribe";
  const target = shorten(isResource ? action.target.name : toolId(action.target.server, action.target.name));
  const who = user === null ? `Agent "${agent}"` : `Agent "${agent}", acting for user "${user}",`;
  return { who, agent, user, server, target, deed: deedOf(action.verb, target, server) };
}

function deedOf(verb: Question["action"]["verb"], target: string, server: string): string {
  switch (verb) {
    case "tools/call":
      return `call the tool ${target}`;
    case "resources/read":
      return `read the resource ${target} of server ${server}`;
    case "resources/subscribe":
      return `follow the resource ${target} of server ${server}`;
    case "prompts/get":
      return `fetch the prompt ${target}`;
    case "completion/complete":
      return `ask server ${server} for completions`;
    case "sampling/createMessage":
      return `let server ${server} use its model (sampling)`;
    case "elicitation/create":
      return `let server ${server} put a question to its user (elicitation)`;
    case "roots/list":
      return `tell server ${server} its root folders`;
    case "models/generate":
      return `ask the model ${target} of ${server}`;
    case "models/embed":
      return `turn text into vectors with ${target} of ${server}`;
    case "models/host-tool":
      return `let ${server} run its own tool ${target}`;
    case "models/fetch-url":
      return `let ${server} fetch ${target}`;
    default:
      return verb satisfies never;
  }
}

/** Fills `{agent}`, `{user}`, `{server}` and `{tool}` in an author's words. Once: what is filled in stays as it is. */
export function fill(text: string, words: Words): string {
  const values: Record<string, string> = {
    agent: words.agent,
    user: words.user ?? "nobody",
    server: words.server,
    tool: words.target,
  };
  return clip(text.replace(/\{(agent|user|server|tool)\}/g, (_, name: string) => values[name] ?? name));
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
