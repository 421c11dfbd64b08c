import { useLook } from "../api/queries.ts";

/** How often what waits for a person is looked for. */
export const WAITING_EVERY_MS = 3_000;
export const WAITING = { status: "requested", limit: 200 } as const;

/** How many actions wait for a person, as text; null: none, or not asked for. */
export function useWaiting(isEnabled: boolean): string | null {
  const { data } = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS, isEnabled });
  if (!isEnabled || data === undefined || data.items.length === 0) return null;
  return data.next === null ? String(data.items.length) : `${data.items.length}+`;
}
