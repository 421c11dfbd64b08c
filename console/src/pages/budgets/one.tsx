import { useParams } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { fullnessOf, Meter } from "../../ui/meter.tsx";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time, Until } from "../../ui/time.tsx";
import { ChangeBudget, RemoveBudget, ResetBudget } from "./forms.tsx";
import { History } from "./history.tsx";
import { overText, scopeText, usageText } from "./words.ts";

type Budget = Answer<"/budgets/get">;
type Spender = Budget["spenders"][number];

const EVERY_MS = 5_000;
const BACK = { to: "/budgets", title: "Budgets" } as const;
const WORDS = { good: "within it", wait: "nearly full", bad: "full" } as const;

/** One budget: what it allows, who used how much of it, and how it was before. */
export function BudgetPage() {
  const { budget } = useParams({ from: "/budgets/$budget" });
  const { data, error, isPending } = useLook("/budgets/get", { budget }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead name={budget} back={BACK} aside={data === undefined ? null : <Acts budget={data} />}>
        {data === undefined ? null : (
          <StatusChip word={WORDS[fullnessOf(data.percent)]} tone={fullnessOf(data.percent)} />
        )}
      </DetailHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the budget" /> : null}
      {data === undefined ? null : <Whole budget={data} />}
    </>
  );
}

function Acts({ budget }: { readonly budget: Budget }) {
  return (
    <>
      <ChangeBudget budget={budget} />
      <ResetBudget budget={budget.name} />
      <RemoveBudget budget={budget.name} />
    </>
  );
}

function Whole({ budget }: { readonly budget: Budget }) {
  const { name, used, percent, spenders } = budget;
  return (
    <>
      <div className="columns">
        <Section title="Now">
          <Panel>
            <Meter label={`Used of ${name}`} text={usageText(budget, used, percent)} percent={percent} />
            <AboutIt budget={budget} />
          </Panel>
        </Section>
        <Section title="Who used it" count={spenders.length}>
          <Spenders budget={budget} />
        </Section>
      </div>
      <History budget={budget} />
    </>
  );
}

function AboutIt({ budget }: { readonly budget: Budget }) {
  return (
    <Facts
      facts={[
        ["Counts", <Quoted text={scopeText(budget)} />],
        ["Metric", budget.metric],
        ["Window", `a ${budget.window} of the calendar, in UTC`],
        [
          "Begins anew",
          <>
            <Until at={budget.resetsAt} /> (<Time at={budget.resetsAt} />)
          </>,
        ],
        ["Beyond it", <Quoted text={overText(budget)} />],
        ["Added", <Time at={budget.createdAt} />],
        ["Id", <Quoted text={budget.id} />],
      ]}
    />
  );
}

function Spenders({ budget }: { readonly budget: Budget }) {
  const { spenders } = budget;
  if (spenders.length === 0) return <p className="soft">Nobody has used anything in this window.</p>;
  const columns: readonly Column<Spender>[] = [
    { title: "Who", cell: (spender) => <Quoted text={whoText(spender)} /> },
    {
      title: "Used",
      cell: (spender) => (
        <Meter
          label={`Used by ${whoText(spender)}`}
          text={usageText(budget, spender.used, spender.percent)}
          percent={spender.percent}
        />
      ),
    },
  ];
  return (
    <Table
      label="Who used it"
      columns={columns}
      rows={spenders}
      keyOf={({ agent, user, model }) => JSON.stringify([agent, user, model])}
    />
  );
}

function whoText({ agent, user, model }: Spender): string {
  const parts = [agent, user, model].filter((part) => part !== null);
  return parts.length === 0 ? "all together" : parts.join(", ");
}
