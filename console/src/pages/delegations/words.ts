import type { Item } from "../../api/client.ts";

type Delegation = Item<"/delegations">;

const ITEMS_MAX = 200;

/** What it covers, in one line. */
export function coverText({ servers, tools }: Pick<Delegation, "servers" | "tools">): string {
  const places = servers.includes("*") ? ["anything"] : [...servers, ...tools];
  return places.length === 0 ? "nothing" : places.join(", ");
}

export function callsText({ calls, callsUsed }: Pick<Delegation, "calls" | "callsUsed">): string {
  return calls === null ? `${callsUsed}, any number` : `${callsUsed} of ${calls}`;
}

export interface Places {
  readonly servers: string[];
  readonly tools: string[];
}

/** What a person typed, by commas, spaces or lines: with a slash it is a tool or a model, without one a whole server. */
export function placesIn(text: string): Places {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const places = [...new Set(words)].slice(0, ITEMS_MAX);
  return {
    servers: places.filter((place) => !place.includes("/")),
    tools: places.filter((place) => place.includes("/")),
  };
}
