import { Link } from "@tanstack/react-router";
import type { Done } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { DecisionChip } from "../../ui/chip.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Facts, Panel } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";

type Report = Done<"/policy/backtest">;
type Change = Report["items"][number];

const COLUMNS: readonly Column<Change>[] = [
  { title: "Actions", cell: ({ count }) => count, isNumber: true },
  { title: "Agent", cell: ({ agent }) => <Quoted text={agent} /> },
  { title: "What", cell: ({ deed }) => <Quoted text={deed} /> },
  { title: "Was", cell: ({ from }) => <DecisionChip verdict={from} /> },
  { title: "Would be", cell: ({ to }) => <DecisionChip verdict={to} /> },
  { title: "By", cell: ({ rules }) => <Quoted text={rules.join(", ")} /> },
  { title: "Such as", cell: ({ examples }) => <Example id={examples[0]} /> },
];

/** What recorded actions would have met under a draft. */
export function Replayed({ report }: { readonly report: Report }) {
  const { items, because, replayed, actions, same, notByPolicy } = report;
  const { newlyAllowed, newlyHeld, newlyDenied } = report;
  return (
    <>
      <Panel>
        <Facts
          facts={[
            ["Newly allowed", String(newlyAllowed)],
            ["Newly held", String(newlyHeld)],
            ["Newly refused", String(newlyDenied)],
            ["As they were", String(same)],
            ["Replayed", `${replayed} of ${actions} in 30 days`],
            ["Refused by other things than policy", notByPolicy === 0 ? null : String(notByPolicy)],
          ]}
        />
      </Panel>
      {because.length === 0 ? null : (
        <Notice tone="wait">
          <p>Some could not be replayed, and nothing is said of them:</p>
          <ul>
            {because.map(({ reason, count }) => (
              <li key={reason}>
                {count}: <Quoted text={reason} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {items.length === 0 ? (
        <Notice tone="good">No recorded action would have been answered otherwise.</Notice>
      ) : (
        <Table label="What would change" columns={COLUMNS} rows={items} keyOf={keyOf} />
      )}
    </>
  );
}

function keyOf({ agent, deed, from, to, rules }: Change): string {
  return [agent, deed, from, to, ...rules].join(" ");
}

function Example({ id }: { readonly id: string | undefined }) {
  if (id === undefined) return null;
  return (
    <Link to="/actions/$action" params={{ action: id }} title={id}>
      an action
    </Link>
  );
}
