/** Whose hosts are shown, in the address. */
export interface HostsSearch {
  readonly agent?: string;
}

const NAME_CHARACTERS_MAX = 100;

/** Reads an address; what it does not know it leaves out. */
export function hostsSearch(given: Record<string, unknown>): HostsSearch {
  const { agent } = { agent: undefined as unknown, ...given };
  const text = typeof agent === "number" ? String(agent) : agent;
  return typeof text === "string" && text !== "" ? { agent: text.slice(0, NAME_CHARACTERS_MAX) } : {};
}
