import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";

const EVERY_MS = 3_000;
const LIMIT = 200;

/** Every tool that waits for a person, those that have changed first. */
export function useToReview() {
  const changed = useLook("/tools", { status: "changed", limit: LIMIT }, { everyMs: EVERY_MS });
  const fresh = useLook("/tools", { status: "new", limit: LIMIT }, { everyMs: EVERY_MS });
  const tools: readonly Item<"/tools">[] = [...(changed.data?.items ?? []), ...(fresh.data?.items ?? [])];
  return {
    tools,
    isKnown: changed.data !== undefined && fresh.data !== undefined,
    problem: changed.error ?? fresh.error,
  };
}
