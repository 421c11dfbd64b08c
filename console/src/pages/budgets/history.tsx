import "../../ui/fold.css";
import { useMemo } from "react";
import type { Answer } from "../../api/client.ts";
import { BarChart } from "../../ui/chart.tsx";
import { Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { amountText, percentText } from "./words.ts";

type Budget = Answer<"/budgets/get">;
type Past = Budget["history"][number];

const COLUMNS: readonly Column<Past>[] = [
  { title: "Began", cell: ({ from }) => <Time at={from} /> },
  { title: "Used", cell: ({ used }) => amountText(used), isNumber: true },
  { title: "Of the limit", cell: ({ used, percent }) => percentText(used, percent), isNumber: true },
];

/** Windows that something was counted in: drawn, and as text for whoever cannot see or wants the figures. */
export function History({ budget: { window, history } }: { readonly budget: Budget }) {
  const bars = useMemo(
    () => ({
      at: history.map(({ from }) => Date.parse(from) / 1_000),
      values: history.map(({ percent }) => percent),
    }),
    [history],
  );
  const over = history.filter(({ percent }) => percent >= 100).length;
  return (
    <Section title="Windows before">
      {history.length === 0 ? (
        <p className="soft">Nothing has been counted yet.</p>
      ) : (
        <Panel>
          <p>
            {history.length === 1 ? `One ${window}` : `${history.length} ${window}s`} in which something was
            counted, {over === 0 ? "none of them full" : `${over} of them full`}. In percent of what the
            budget allows now, of whoever used most.
          </p>
          {history.length === 1 ? null : <BarChart bars={bars} />}
          <details className="fold">
            <summary>
              <span>The figures</span>
            </summary>
            <div className="fold-body">
              <Table
                label="Windows before"
                columns={COLUMNS}
                rows={history.toReversed()}
                keyOf={({ from }) => from}
              />
            </div>
          </details>
        </Panel>
      )}
    </Section>
  );
}
