/** What can be stopped, as the form offers it. */
export const KINDS = [
  { value: "everything", word: "everything: all agents, at every door" },
  { value: "agent", word: "an agent" },
  { value: "session", word: "a session" },
  { value: "user", word: "a user" },
  { value: "model", word: "a model" },
  { value: "server", word: "a server" },
  { value: "host", word: "a host" },
  { value: "credential", word: "a credential" },
] as const;

export type StopKind = (typeof KINDS)[number]["value"];
