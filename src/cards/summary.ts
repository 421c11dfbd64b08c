import type { FlowEffect, FlowRole } from "#vocabulary";
import type { CardFacts } from "./facts.ts";

/** A piece of a summary: Doorward's own words, or the place of an argument. */
export type SummaryPart = { readonly text: string } | { readonly argument: string };

/**
 * What would happen, as the tool's reviewed manifest words it (`Send an e-mail to {to} about {subject}`), else as its effect and roles say. Never
 * in the agent's words: those only fill the places.
 */
export function summaryOf(facts: CardFacts, effect: FlowEffect): readonly SummaryPart[] {
  const template = facts.manifest?.summary ?? null;
  if (template !== null) return partsOf(template);
  if (facts.verb !== "tools/call")
    return [{ text: VERBS[facts.verb] ?? "Ask for" }, { text: ` ${facts.server}/${facts.target}` }];
  const { words, roles } = EFFECTS[effect];
  const named = roles.flatMap((role) =>
    argumentsOf(facts, role)
      .slice(0, 1)
      .map((argument) => ({ role, argument })),
  );
  const places = named.flatMap(({ role, argument }) => [{ text: ` ${JOINERS[role] ?? ""}` }, { argument }]);
  return [{ text: words }, ...places, { text: ` (${facts.server}/${facts.target})` }];
}

/** `{name}` is a place; braces around anything else are letters. */
export function partsOf(template: string): readonly SummaryPart[] {
  return template
    .split(/(\{[^{}]+\})/u)
    .filter((part) => part !== "")
    .map((part) => (/^\{[^{}]+\}$/u.test(part) ? { argument: part.slice(1, -1) } : { text: part }));
}

function argumentsOf({ arguments: given, manifest }: CardFacts, role: FlowRole): string[] {
  return Object.entries(manifest?.roles ?? {})
    .filter(([name, of]) => of === role && given !== null && Object.hasOwn(given, name))
    .map(([name]) => name);
}

const EFFECTS: Readonly<Record<FlowEffect, { readonly words: string; readonly roles: readonly FlowRole[] }>> =
  {
    read: { words: "Read", roles: ["path", "selector", "query"] },
    fetch: { words: "Fetch", roles: ["destination"] },
    write: { words: "Change", roles: ["path", "selector", "destination"] },
    send: { words: "Send", roles: ["destination"] },
    money: { words: "Move money", roles: ["amount", "account", "destination"] },
    account: { words: "Change an account", roles: ["selector", "profile"] },
    destroy: { words: "Delete", roles: ["path", "selector"] },
    book: { words: "Book", roles: ["selector", "amount"] },
    membership: { words: "Change who belongs", roles: ["destination", "selector"] },
    execute: { words: "Run", roles: ["command", "path"] },
    unknown: { words: "Use a tool of which nobody said what it does", roles: [] },
  };

const JOINERS: Readonly<Partial<Record<FlowRole, string>>> = {
  destination: "to ",
  account: "to account ",
  amount: "of ",
};

const VERBS: Readonly<Record<string, string>> = {
  "resources/read": "Read a resource of",
  "resources/subscribe": "Follow a resource of",
  "prompts/get": "Get a prompt:",
  "sampling/createMessage": "Let a server ask the agent's model:",
  "elicitation/create": "Let a server ask the user:",
  "models/generate": "Ask a model:",
  "models/embed": "Have a model embed text:",
  "models/host-tool": "Let a model use a tool of its host:",
  "models/fetch-url": "Let a model's host fetch an address:",
  "http/read": "Read from the web:",
  "http/write": "Send to the web:",
  "http/delete": "Delete on the web:",
  "http/open": "Open a WebSocket:",
  "http/message": "Send over a WebSocket:",
  "http/tunnel": "Pass bytes through, unread, to:",
};
