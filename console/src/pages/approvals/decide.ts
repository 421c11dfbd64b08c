import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { plain } from "../../inert/inert.ts";
import { usePresence } from "../../session/presence.tsx";
import { announce } from "../../ui/toast.tsx";
import type { HeldAction } from "./held-card.tsx";

export type Decision = "approve" | "deny" | "break-glass";

/** What a yes lets through beyond its own call. */
export type Wish = Required<Pick<Input<"/approvals/approve">, "grant" | "varies" | "times" | "until">>;

/** What ends together with a no, and why. */
export type Stopping = Required<Pick<Input<"/approvals/deny">, "stop" | "reason">>;

/** What goes beyond a plain yes or no. */
export interface Beyond {
  readonly wish?: Wish;
  readonly stopping?: Stopping;
}

/** How a request ended, where it stood on the page. */
export interface Settled {
  readonly how: string;
  readonly tone: "good" | "bad" | "plain";
}

const WORDS: { readonly [decision in Decision]: Settled } = {
  approve: { how: "Approved, once.", tone: "good" },
  deny: { how: "Denied.", tone: "bad" },
  "break-glass": {
    how: "The glass is broken: it goes through, once. Somebody else has to look at it.",
    tone: "plain",
  },
};
const STOPPED: Settled = { how: "Denied, and stopped: see Stops.", tone: "bad" };
const GRANTED: Settled = { how: "Approved, and more like it: see Grants.", tone: "good" };

/** What an answer came to, as far as its words go by it. */
interface Told {
  readonly drill?: string | null;
  readonly grant?: string | null;
  readonly stop?: string | null;
}

/** A drill says what it was once it is answered, and that is all that came of it. */
export function settledBy(decision: Decision, { drill, grant, stop }: Told): Settled {
  if (typeof drill === "string") return { how: plain(drill), tone: decision === "deny" ? "good" : "bad" };
  if (typeof stop === "string") return STOPPED;
  return typeof grant === "string" ? GRANTED : WORDS[decision];
}

/** Decides requests, with presence where it is asked for. `settle` is told what became of one. */
export function useDecide(action: HeldAction, settle: (settled: Settled) => void) {
  const withPresence = usePresence();
  const queries = useQueryClient();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const decide = async (decision: Decision, note: string, beyond: Beyond = {}): Promise<void> => {
    const what = `${DOING[decision]} ${action.agent} → ${action.server}/${action.target}`;
    let told: Told = {};
    const isDone = await withPresence(what, async () => {
      told = await sent(action.id, decision, { note: note.trim(), ...beyond });
    });
    if (!isDone) return;
    const settled = settledBy(decision, told);
    settle(settled);
    announce(`${settled.how} ${action.agent}, ${action.target}`);
    await queries.invalidateQueries({ queryKey: ["/approvals"] });
    await queries.invalidateQueries({ queryKey: ["/approvals/reviews"] });
    if (beyond.stopping !== undefined) await queries.invalidateQueries({ queryKey: ["/stops"] });
  };
  return {
    problem,
    isBusy,
    decide: (decision: Decision, note: string, beyond?: Beyond): void => {
      if (isBusy) return;
      setBusy(true);
      setProblem("");
      void decide(decision, note, beyond)
        .catch((cause: unknown) => setProblem(messageOf(cause)))
        .finally(() => setBusy(false));
    },
  };
}

const DOING: { readonly [decision in Decision]: string } = {
  approve: "approve",
  deny: "deny",
  "break-glass": "break the glass for",
};

async function sent(
  approval: string,
  decision: Decision,
  { note, wish, stopping }: { readonly note: string } & Beyond,
): Promise<Told> {
  if (decision === "break-glass") {
    await change("/approvals/break-glass", { approval, reason: note });
    return {};
  }
  const body = { approval, ...(note === "" ? {} : { note }) };
  return decision === "deny"
    ? change("/approvals/deny", { ...body, ...stopping })
    : change("/approvals/approve", { ...body, varies: [], ...wish });
}
