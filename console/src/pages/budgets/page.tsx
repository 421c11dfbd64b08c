import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Until } from "../../ui/time.tsx";

type Budget = Item<"/budgets">;

const EVERY_MS = 5_000;
const LIMIT = 200;
const NEAR_PERCENT = 80;

const COLUMNS: readonly Column<Budget>[] = [
  { title: "Budget", cell: ({ name }) => <Quoted text={name} /> },
  { title: "For", cell: (budget) => <Quoted text={scopeOf(budget)} /> },
  { title: "Used", cell: ({ used, amount, unit }) => `${used} of ${amount} ${unit}`, isNumber: true },
  { title: "Full", cell: ({ percent }) => <StatusChip {...fullness(percent)} />, isNumber: true },
  { title: "Resets", cell: ({ resetsAt }) => <Until at={resetsAt} /> },
  {
    title: "Over it",
    cell: ({ over }) => (over === "hold" ? "held for a yes" : "refused"),
    isWideOnly: true,
  },
];

/** What calls may cost, and how much of it is used in this window. */
export function BudgetsPage() {
  const { data, error, isPending } = useLook("/budgets", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Budgets">What agents, users and models may use in a window of time.</PageHead>
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
    </>
  );
}

function scopeOf({ agent, user, model }: Budget): string {
  const parts = [
    ["agent", agent],
    ["user", user],
    ["model", model],
  ].flatMap(([word, who]) => (who === null ? [] : [`${word} ${who}`]));
  return parts.length === 0 ? "everything" : parts.join(", ");
}

function fullness(percent: number) {
  if (percent >= 100) return { word: `${percent} %, over`, tone: "bad" } as const;
  return { word: `${percent} %`, tone: percent >= NEAR_PERCENT ? "wait" : "good" } as const;
}
