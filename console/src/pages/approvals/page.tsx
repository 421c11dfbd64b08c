import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useReducer, useState } from "react";
import { useLook } from "../../api/queries.ts";
import { WAITING, WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Settled, useDecide } from "./decide.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { DecideFoot } from "./decide-foot.tsx";
import { type HeldAction, HeldCard } from "./held-card.tsx";
import { type Cards, changeCards, NO_CARDS } from "./cards.ts";
import { Reviews } from "./reviews.tsx";
import { TogetherPage } from "./together.tsx";
import { companies, type Company } from "./together.ts";

/** What waits, or what one session waits for: another address is another page. */
export function ApprovalsPage() {
  const { session } = useSearch({ from: "/approvals" });
  return session === undefined ? <AllThatWait /> : <TogetherPage key={session} session={session} />;
}

/** The actions that wait for a person, oldest first. New ones are added below: nothing moves what is being read. */
function AllThatWait() {
  const { data, error, isPending } = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS });
  const [cards, tell] = useReducer(changeCards, NO_CARDS);
  useEffect(() => {
    if (data !== undefined) tell({ kind: "waiting", ids: data.items.map(({ id }) => id).toReversed() });
  }, [data]);
  const open = [...cards.shown.values()].filter((settled) => settled === null).length;
  return (
    <>
      <PageHead title="Approvals">What a rule held, until a person decides.</PageHead>
      <ProblemNotice problem={error} />
      {data === undefined ? null : <TogetherLinks first={companies(data.items)} />}
      <Section
        title="Waiting for you"
        count={open}
        aside={<Clear cards={cards} open={open} clear={() => tell({ kind: "clear" })} />}
      >
        {isPending ? <Loading what="approvals" /> : null}
        {data !== undefined && cards.shown.size === 0 ? (
          <EmptyState title="Nothing waits">
            When a rule holds an agent’s action, it appears here. Decide from a terminal with{" "}
            <code>doorward approvals list</code>.
          </EmptyState>
        ) : null}
        <div className="stack">
          {[...cards.shown].map(([id, settled]) => (
            <Waiting
              key={id}
              id={id}
              settled={settled}
              settle={(how) => tell({ kind: "settled", id, how })}
            />
          ))}
        </div>
      </Section>
      <Reviews />
    </>
  );
}

/** Where several wait under one session. As it was when the page was opened: a line more would move what is being read. */
function TogetherLinks({ first }: { readonly first: readonly Company[] }) {
  const [shown] = useState(first);
  if (shown.length === 0) return null;
  return (
    <Notice tone="plain">
      <ul>
        {shown.map(({ session, agent, count }) => (
          <li key={session}>
            {count} requests of <Quoted text={agent} /> wait together in one session:{" "}
            <Link to="/approvals" search={{ session }}>
              answer them together
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Clear(props: { readonly cards: Cards; readonly open: number; readonly clear: () => void }) {
  if (props.open === props.cards.shown.size) return null;
  return <Button onPress={props.clear}>Clear decided</Button>;
}

interface WaitingProps {
  readonly id: string;
  readonly settled: Settled | null;
  readonly settle: (settled: Settled) => void;
}

function Waiting({ id, settled, settle }: WaitingProps) {
  const { data, error } = useLook("/approvals/get", { approval: id }, { isFixed: true });
  if (data === undefined) return error === null ? null : <ProblemNotice problem={error} />;
  return <Deciding action={data} settled={settled} settle={settle} />;
}

export function Deciding(
  props: Omit<WaitingProps, "id"> & {
    readonly action: HeldAction;
    readonly level?: 2 | 3;
    readonly wished?: string | null;
  },
) {
  const { action, settled, settle, wished = null } = props;
  const { problem, isBusy, decide } = useDecide(action, settle);
  return (
    <HeldCard
      level={props.level ?? 3}
      action={action}
      settled={settled}
      problem={problem}
      foot={(shown, reading) => <DecideFoot action={shown} {...{ reading, isBusy, decide, wished }} />}
    />
  );
}
