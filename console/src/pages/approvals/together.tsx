import "./together.css";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { WAITING, WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { TextField } from "../../ui/field.tsx";
import { EmptyState, FormProblem, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { ReadingHint } from "./decide-foot.tsx";
import { HeldCard } from "./held-card.tsx";
import type { Reading } from "./reading.ts";
import { choicesText, inRiskOrder, nextText, TOGETHER_MAX } from "./together.ts";
import { type Chosen, useAnswers } from "./answers.ts";

type Waiting = Item<"/approvals">;

/**
 * What one session waits for together, the gravest first: a choice for each, and one submit. What is on the page is what waited
 * when it was opened: nothing is added or moved while somebody reads.
 */
export function TogetherPage({ session }: { readonly session: string }) {
  const { data, error } = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS });
  const [kept, keep] = useState<readonly Waiting[] | null>(null);
  const here = data?.items.filter((one) => one.session === session);
  const isFirst = kept === null && here !== undefined;
  useEffect(() => {
    if (isFirst) keep(inRiskOrder(here).slice(0, TOGETHER_MAX));
  }, [isFirst, here]);
  return (
    <>
      <PageHead title="Answer together" aside={<Link to="/approvals">All that wait</Link>}>
        What one session waits for: a choice for each, the gravest first. Each is decided by itself.
      </PageHead>
      <ProblemNotice problem={error} />
      {kept === null && error === null ? <Loading what="approvals" /> : null}
      {kept?.length === 0 ? (
        <EmptyState title="Nothing of this session waits">It was decided, withdrawn or expired.</EmptyState>
      ) : null}
      {kept === null || kept.length === 0 ? null : (
        <Items
          key={kept[0]?.id}
          kept={kept}
          here={here ?? []}
          goOn={(rest) => {
            keep(inRiskOrder(rest).slice(0, TOGETHER_MAX));
            scrollTo({ top: 0 });
          }}
        />
      )}
    </>
  );
}

function Items(props: {
  readonly kept: readonly Waiting[];
  readonly here: readonly Waiting[];
  /** To those that are not on the page. */
  readonly goOn: (rest: readonly Waiting[]) => void;
}) {
  const { kept, here } = props;
  const answers = useAnswers(kept);
  const waiting = new Set(here.map(({ id }) => id));
  const rest = here.filter(({ id }) => !kept.some((one) => one.id === id));
  const chosen = answers.count.yes + answers.count.no;
  return (
    <>
      <div className="stack together">
        {kept.map((item) => (
          <OneOf
            key={item.id}
            item={item}
            isWaiting={waiting.has(item.id)}
            chosen={answers.chosen.get(item.id) ?? {}}
            choose={(choice) => answers.choose(item.id, choice)}
          />
        ))}
      </div>
      {rest.length === 0 ? null : (
        <Notice>
          <p>{rest.length} more of this session wait. They are shown after these.</p>
          <Button isDisabled={chosen > 0 || answers.isBusy} onPress={() => props.goOn(rest)}>
            {nextText(rest.length)}
          </Button>
        </Notice>
      )}
      <div className="together-bar">
        <p aria-live="polite">{choicesText(answers.count)}</p>
        <TextField
          label="Reason, for the record (kept sealed)"
          value={answers.note}
          onChange={answers.setNote}
          isRequired={false}
          charactersMax={2_000}
        />
        <Button kind="primary" isBusy={answers.isBusy} isDisabled={chosen === 0} onPress={answers.submit}>
          Submit these answers
        </Button>
        <FormProblem problem={answers.problem} />
      </div>
    </>
  );
}

const GONE = {
  how: "No longer waiting: decided elsewhere, withdrawn or expired.",
  tone: "plain",
} as const;

function OneOf(props: {
  readonly item: Waiting;
  readonly isWaiting: boolean;
  readonly chosen: Chosen;
  readonly choose: (choice: "approve" | "deny" | null) => void;
}) {
  const { item, chosen, choose } = props;
  const { data, error } = useLook("/approvals/get", { approval: item.id }, { isFixed: true });
  if (data === undefined)
    return error === null ? <Loading what="a request" /> : <ProblemNotice problem={error} />;
  const same = item.identical;
  return (
    <HeldCard
      level={2}
      action={data}
      remark={same === null ? undefined : `${same.nth} of ${same.of} identical calls`}
      settled={chosen.settled ?? (props.isWaiting ? null : GONE)}
      problem={chosen.problem ?? ""}
      foot={(action, reading) => (
        <div className="card-foot">
          <ChoiceOf
            target={`${action.server}/${action.target}`}
            {...{ reading, choose }}
            choice={chosen.choice ?? null}
          />
        </div>
      )}
    />
  );
}

function ChoiceOf(props: {
  readonly target: string;
  readonly reading: Reading;
  readonly choice: "approve" | "deny" | null;
  readonly choose: (choice: "approve" | "deny" | null) => void;
}) {
  const { reading, choice, choose } = props;
  return (
    <div className="row">
      <Choice
        label="Your answer"
        value={choice}
        options={[
          { id: "approve", word: "Yes, once", isDisabled: !reading.canNow },
          { id: "deny", word: "No" },
        ]}
        onChange={(value) => {
          if (value === "approve" && !reading.canNow) return;
          choose(value === "approve" || value === "deny" ? value : null);
        }}
      />
      <p className="soft small">
        <ReadingHint reading={reading} />
        {reading.canNow && choice === null ? (
          <>
            Left open: <Quoted text={props.target} /> goes on waiting.
          </>
        ) : null}
      </p>
    </div>
  );
}
