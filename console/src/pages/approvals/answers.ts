import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, type Done, type Item } from "../../api/client.ts";
import { plain } from "../../inert/inert.ts";
import { usePresence } from "../../session/presence.tsx";
import { announce } from "../../ui/toast.tsx";
import { useAct } from "../../ui/field.tsx";
import { type Settled, settledBy } from "./decide.ts";

type Answered = Done<"/approvals/decide-many">["items"][number];

/** What stands beside one of several requests. */
export interface Chosen {
  readonly choice?: "approve" | "deny" | null;
  /** How it ended by this page's own submit. */
  readonly settled?: Settled;
  /** Why the answer to it did not count. */
  readonly problem?: string;
}

/** A choice for each of some requests, and one submit for all: what is wrong with one stops no other. */
export function useAnswers(kept: readonly Pick<Item<"/approvals">, "id">[]) {
  const withPresence = usePresence();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlyMap<string, Chosen>>(new Map());
  const [note, setNote] = useState("");
  const answering = (answer: "approve" | "deny"): string[] =>
    kept.flatMap(({ id }) => {
      const { choice = null, settled } = chosen.get(id) ?? {};
      return settled === undefined && choice === answer ? [id] : [];
    });
  const [approve, deny] = [answering("approve"), answering("deny")];
  const ended = kept.filter(({ id }) => chosen.get(id)?.settled !== undefined).length;
  const count = {
    yes: approve.length,
    no: deny.length,
    open: kept.length - ended - approve.length - deny.length,
  };
  const act = useAct(async () => {
    const said = note.trim() === "" ? {} : { note: note.trim() };
    let items: readonly Answered[] = [];
    const isDone = await withPresence(`say yes to ${count.yes} and no to ${count.no} requests`, async () => {
      ({ items } = await change("/approvals/decide-many", { approve, deny, ...said }));
    });
    if (!isDone) return;
    setChosen(
      (before) => new Map([...before, ...items.map((one) => [one.approval, chosenBy(one)] as const)]),
    );
    const lost = items.filter(({ kept: isKept }) => !isKept).length;
    announce(lost === 0 ? "Your answers are kept." : `${lost} of your answers do not count.`);
    await queries.invalidateQueries({ queryKey: ["/approvals"] });
  });
  return {
    chosen,
    choose: (id: string, choice: "approve" | "deny" | null): void =>
      setChosen((before) => new Map([...before, [id, { choice }]])),
    note,
    setNote,
    count,
    isBusy: act.isBusy,
    problem: act.problem,
    submit: act.run,
  };
}

export function chosenBy({ answer, kept, drill, code, reason }: Answered): Chosen {
  if (kept) return { settled: settledBy(answer, { drill }) };
  return { choice: null, problem: plain(reason ?? code ?? "It does not count.") };
}
