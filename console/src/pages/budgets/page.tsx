import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Until } from "../../ui/time.tsx";
import { AddBudget } from "./forms.tsx";
import { overText, scopeText, usageText } from "./words.ts";

type Budget = Item<"/budgets">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Budget>[] = [
  {
    title: "Budget",
    cell: ({ name }) => (
      <Link to="/budgets/$budget" params={{ budget: name }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  { title: "For", cell: (budget) => <Quoted text={scopeText(budget)} /> },
  { title: "Used", cell: (budget) => <Used budget={budget} /> },
  { title: "Window", cell: ({ window }) => window },
  { title: "Begins anew", cell: ({ resetsAt }) => <Until at={resetsAt} /> },
  { title: "Beyond it", cell: (budget) => <Quoted text={overText(budget)} /> },
];

/** What calls may cost, and how much of it is used in this window. */
export function BudgetsPage() {
  const { data, error, isPending } = useLook("/budgets", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Budgets" aside={<AddBudget />}>
        What agents, users and models may use in a window of time.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="budgets" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState
          title="No budget yet"
          command="doorward budgets add daily --metric tokens --window day --amount 2000000"
        >
          Without one, nothing limits what models are asked.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Budgets" columns={COLUMNS} rows={data.items} keyOf={({ id }) => id} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </>
  );
}

function Used({ budget }: { readonly budget: Budget }) {
  const { name, used, percent } = budget;
  return <Meter label={`Used of ${name}`} text={usageText(budget, used, percent)} percent={percent} />;
}
