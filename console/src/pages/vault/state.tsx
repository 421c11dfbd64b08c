import type { Item } from "../../api/client.ts";
import { StatusChip } from "../../ui/chip.tsx";
import { stopOf, useStops } from "../stops/stopped.tsx";

/** Whether it would be put in now: stopped, expired, or ready. */
export function CredentialState({ credential: { id, state } }: { readonly credential: Item<"/vault"> }) {
  const isStopped = stopOf(useStops(), "credential", id) !== null;
  if (isStopped) return <StatusChip word="stopped" tone="bad" />;
  return <StatusChip word={state} tone={state === "ready" ? "good" : "bad"} />;
}
