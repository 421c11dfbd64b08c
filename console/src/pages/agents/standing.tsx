import type { Item } from "../../api/client.ts";
import { StatusChip } from "../../ui/chip.tsx";

type Agent = Item<"/agents">;

const STAGES = {
  observe: { word: "observe", tone: "wait" },
  enforce: { word: "enforce", tone: "good" },
  isolate: { word: "isolate", tone: "good" },
} as const;

/** The stage, and beside it, wherever it is shown, that the agent can go around the doors (T1). */
export function Standing({ agent }: { readonly agent: Pick<Agent, "stage" | "bypassable" | "revokedAt"> }) {
  if (agent.revokedAt !== null) return <StatusChip word="revoked" tone="bad" />;
  return (
    <span className="row">
      <StatusChip {...STAGES[agent.stage]} />
      {agent.bypassable === "yes" ? <StatusChip word="bypassable" tone="bad" /> : null}
    </span>
  );
}

/** Whether calls of tools that it runs itself are seen and decided (T5). */
export function OwnTools({ of }: { readonly of: Agent["ownTools"] }) {
  return <StatusChip word={of} tone={of === "governed" ? "good" : "wait"} />;
}
