import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { plain } from "../../inert/inert.ts";
import { usePresence } from "../../session/presence.tsx";
import { announce } from "../../ui/toast.tsx";
import type { HeldAction } from "./held-card.tsx";

export type Decision = "approve" | "deny";

/** How a request ended, where it stood on the page. */
export interface Settled {
  readonly how: string;
  readonly tone: "good" | "bad" | "plain";
}

const WORDS: { readonly [decision in Decision]: Settled } = {
  approve: { how: "Approved, once.", tone: "good" },
  deny: { how: "Denied.", tone: "bad" },
};

/** A drill says what it was once it is answered, and that is all that came of it. */
export function settledBy(decision: Decision, drill: string | null): Settled {
  return drill === null ? WORDS[decision] : { how: plain(drill), tone: decision === "deny" ? "good" : "bad" };
}

/** A page may be newer than the Doorward that it speaks with for a moment. */
function drillIn({ drill }: { readonly drill?: string | null }): string | null {
  return drill ?? null;
}

/** Decides requests, with presence where it is asked for. `settle` is told what became of one. */
export function useDecide(action: HeldAction, settle: (settled: Settled) => void) {
  const withPresence = usePresence();
  const queries = useQueryClient();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const decide = async (decision: Decision, note: string): Promise<void> => {
    const what = `${decision} ${action.agent} → ${action.server}/${action.target}`;
    const body = { approval: action.id, ...(note.trim() === "" ? {} : { note: note.trim() }) };
    const told: { drill: string | null } = { drill: null };
    const isDone = await withPresence(what, async () => {
      told.drill = drillIn(await change(`/approvals/${decision}`, body));
    });
    if (!isDone) return;
    const settled = settledBy(decision, told.drill);
    settle(settled);
    announce(`${settled.how} ${action.agent}, ${action.target}`);
    await queries.invalidateQueries({ queryKey: ["/approvals"] });
  };
  return {
    problem,
    isBusy,
    decide: (decision: Decision, note: string): void => {
      if (isBusy) return;
      setBusy(true);
      setProblem("");
      void decide(decision, note)
        .catch((cause: unknown) => setProblem(messageOf(cause)))
        .finally(() => setBusy(false));
    },
  };
}
