import { plain } from "../../inert/inert.ts";

export const ANSWER_WORDS: { readonly [answer: string]: string } = {
  approve: "said yes",
  deny: "said no",
  "break-glass": "broke the glass",
};

const PLACES: { readonly [via: string]: string } = {
  console: "in the console",
  cli: "at a terminal",
  api: "by the API",
  mcp: "by MCP",
};

/** Where somebody did it: `in the console`, `on slack`. */
export function placeText(via: string): string {
  const channel = /^channel:(.+)$/.exec(via)?.[1];
  return channel === undefined ? (PLACES[via] ?? `by ${plain(via)}`) : `on ${plain(channel)}`;
}

const OPTIONS: { readonly [option: string]: string } = {
  "not-owner": "not the agent’s owner",
  "not-requester": "not whoever asked",
};

/** A line of `@hold` as people say it: `finance, 2, not-owner` is `finance (2 people, not the agent’s owner)`. */
export function groupText(line: string): string {
  const [group = "", ...options] = line.split(",").map((part) => part.trim());
  if (options.length === 0) return line;
  const words = options.map((one) => OPTIONS[one] ?? (/^\d+$/.test(one) ? `${one} people` : one));
  return `${group} (${words.join(", ")})`;
}
