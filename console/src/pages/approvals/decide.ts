import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
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

/** Decides requests, with presence where it is asked for. `settle` is told what became of one. */
export function useDecide(action: HeldAction, settle: (settled: Settled) => void) {
  const withPresence = usePresence();
  const queries = useQueryClient();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const decide = async (decision: Decision, note: string): Promise<void> => {
    const what = `${decision} ${action.agent} → ${action.server}/${action.target}`;
    const body = { approval: action.id, ...(note.trim() === "" ? {} : { note: note.trim() }) };
    const isDone = await withPresence(what, () => change(`/approvals/${decision}`, body));
    if (!isDone) return;
    settle(WORDS[decision]);
    announce(`${WORDS[decision].how} ${action.agent}, ${action.target}`);
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
