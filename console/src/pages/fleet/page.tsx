import { Link } from "@tanstack/react-router";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { AddMachine } from "./add.tsx";
import { type Machine, stateOf } from "./words.ts";

const EVERY_MS = 10_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Machine>[] = [
  {
    title: "Machine",
    cell: ({ name }) => (
      <Link to="/fleet/$machine" params={{ machine: name }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  {
    title: "Sensor",
    cell: (machine) => {
      const { word, tone } = stateOf(machine);
      return <StatusChip word={word} tone={tone} />;
    },
  },
  { title: "Models", cell: ({ models }) => models, isNumber: true },
  { title: "Runtimes", cell: ({ runtimes }) => runtimes, isNumber: true },
  { title: "Agents", cell: ({ agents }) => agents, isNumber: true },
  { title: "MCP servers", cell: ({ servers }) => servers, isNumber: true, isWideOnly: true },
  {
    title: "Heard",
    cell: ({ heardAt }) => (heardAt === null ? "never" : <Time at={heardAt} />),
    isWideOnly: true,
  },
];

/** The machines that sensors watch. */
export function FleetPage() {
  const { data, error, isPending } = useLook("/fleet/machines", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Fleet" aside={<AddMachine />}>
        Machines on which a sensor says which models, runtimes and agents there are.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="machines" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="No machine yet" command="doorward fleet add-sensor ana-laptop">
          Models that people run on their own machines make no traffic that a door sees. A sensor there finds
          them.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Machines" columns={COLUMNS} rows={data.items} keyOf={({ name }) => name} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </>
  );
}
