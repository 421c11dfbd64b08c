import { useEffect, useRef } from "react";
import { useLook } from "../api/queries.ts";
import { announce } from "../ui/toast.tsx";

/** How often what waits for a person is looked for. */
export const WAITING_EVERY_MS = 3_000;
export const WAITING = { status: "requested", limit: 200 } as const;

/** How many actions wait for a person, as text; null: none, or not asked for. */
export function useWaiting(isEnabled: boolean): string | null {
  const { data } = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS, isEnabled });
  if (!isEnabled || data === undefined || data.items.length === 0) return null;
  return data.next === null ? String(data.items.length) : `${data.items.length}+`;
}

/** Says to who listens that more waits for approval, on whatever page they are. */
export function useNewHolds(): void {
  const { data } = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS });
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const ids = new Set(data.items.map(({ id }) => id));
    const before = known.current;
    known.current = ids;
    const fresh = before === null ? 0 : [...ids].filter((id) => !before.has(id)).length;
    if (fresh > 0) announce(`${fresh} more waiting for approval`);
  }, [data]);
}
