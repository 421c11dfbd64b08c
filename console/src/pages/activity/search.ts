/** What the list is narrowed to; it stands in the address, so that a view can be passed on. */
export interface ActivitySearch {
  readonly agent?: string;
  readonly server?: string;
  readonly door?: Door;
  readonly verdict?: Verdict;
}

export const DOORS = ["llm", "mcp", "http"] as const;
export const VERDICTS = ["allow", "hold", "deny"] as const;
type Door = (typeof DOORS)[number];
type Verdict = (typeof VERDICTS)[number];

const NAME_CHARACTERS_MAX = 100;

/** Reads an address; what it does not know it leaves out. */
export function activitySearch(given: Record<string, unknown>): ActivitySearch {
  const [agent, server] = [nameIn(given["agent"]), nameIn(given["server"])];
  const [door, verdict] = [oneOf(DOORS, given["door"]), oneOf(VERDICTS, given["verdict"])];
  return {
    ...(agent === null ? {} : { agent }),
    ...(server === null ? {} : { server }),
    ...(door === null ? {} : { door }),
    ...(verdict === null ? {} : { verdict }),
  };
}

/** The same view on the command line. Names stand as NAME: a command is only ever our own words. */
export function commandOf({ agent, server, door, verdict }: ActivitySearch): string {
  const options = [
    agent === undefined ? "" : " --agent NAME",
    server === undefined ? "" : " --server NAME",
    door === undefined ? "" : ` --door ${door}`,
    verdict === undefined ? "" : ` --verdict ${verdict}`,
  ];
  return `doorward activity list${options.join("")}`;
}

function nameIn(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, NAME_CHARACTERS_MAX) : null;
}

export function oneOf<T extends string>(all: readonly T[], value: unknown): T | null {
  return all.find((one) => one === value) ?? null;
}
