import type { Event } from "./fold.ts";

/** An entry as the API gives it, for the tests of what is made of entries. */
export const sampleEvent = (index: number, over: Partial<Event>): Event => ({
  index,
  at: new Date(Date.UTC(2026, 10, 21, 12) + index * 1_000).toISOString(),
  kind: "intent",
  action: "act_1",
  agent: "mailbot",
  agentId: "agt_1",
  session: "ses_1",
  onBehalfOf: null,
  door: "mcp",
  verb: "tools/call",
  server: "mail",
  name: "send",
  effects: ["write"],
  verdict: null,
  decided: null,
  code: null,
  policies: [],
  approval: null,
  status: null,
  durationMs: null,
  model: null,
  usage: null,
  ...over,
});
