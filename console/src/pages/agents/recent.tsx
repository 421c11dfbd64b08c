import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Item, Query } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { DecisionChip } from "../../ui/chip.tsx";
import { ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";

type Event = Item<"/activity">;

const EVERY_MS = 5_000;
const ENTRIES = 40;
const SHOWN_MAX = 6;

const COLUMNS: readonly Column<Event>[] = [
  {
    title: "Action",
    cell: ({ action, server, name, agent }) => (
      <Link to="/actions/$action" params={{ action }}>
        <Quoted text={server === "" ? agent : `${server}${name === null ? "" : `/${name}`}`} />
      </Link>
    ),
  },
  { title: "Decision", cell: ({ verdict }) => <DecisionChip verdict={verdict} /> },
  { title: "When", cell: ({ at }) => <Ago at={at} /> },
];
const WITH_AGENT: readonly Column<Event>[] = COLUMNS.toSpliced(1, 0, {
  title: "Agent",
  cell: ({ agent }) => <Quoted text={agent} />,
});

/** The last actions of one agent, or at one server; all of them stand on the activity page. */
export function Recent({ of }: { readonly of: Pick<Query<"/activity">, "agent" | "server"> }) {
  const { data, error } = useLook("/activity", { ...of, limit: ENTRIES }, { everyMs: EVERY_MS });
  const rows = useMemo(() => lastOf(data?.items ?? []), [data]);
  return (
    <Section
      title="Recent activity"
      aside={
        <Link to="/" search={of} className="small">
          All of it
        </Link>
      }
    >
      <ProblemNotice problem={error} />
      {data !== undefined && rows.length === 0 ? <p className="soft">Nothing yet.</p> : null}
      {rows.length === 0 ? null : (
        <Table
          label="Recent activity"
          columns={of.agent === undefined ? WITH_AGENT : COLUMNS}
          rows={rows}
          keyOf={({ action }) => action}
        />
      )}
    </Section>
  );
}

/** One row per action: the last entry that decided something about it, or else the last of all. */
function lastOf(events: readonly Event[]): readonly Event[] {
  const byAction = Map.groupBy(events, ({ action }) => action);
  return [...byAction.values()]
    .flatMap((all) => all.find(({ verdict }) => verdict !== null) ?? all.slice(0, 1))
    .slice(0, SHOWN_MAX);
}
