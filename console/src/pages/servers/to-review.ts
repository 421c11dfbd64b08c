import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { toolKey } from "./tool.tsx";

const EVERY_MS = 3_000;
const LIMIT = 200;

/** Every tool that waits for a person, those that have changed first. */
export function useToReview() {
  const changed = useLook("/tools", { status: "changed", limit: LIMIT }, { everyMs: EVERY_MS });
  const fresh = useLook("/tools", { status: "new", limit: LIMIT }, { everyMs: EVERY_MS });
  const all = [...(changed.data?.items ?? []), ...(fresh.data?.items ?? [])];
  return {
    tools: eachOnce(all),
    isKnown: changed.data !== undefined && fresh.data !== undefined,
    problem: changed.error ?? fresh.error,
  };
}

/** The two lists are asked for one after the other: a tool that changed in between stands in both. */
function eachOnce(tools: readonly Item<"/tools">[]): readonly Item<"/tools">[] {
  const byKey = new Map(tools.map((tool) => [toolKey(tool), tool]));
  return [...byKey.values()];
}
