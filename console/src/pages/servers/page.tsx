import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { ToolsToReview } from "./review.tsx";

type Server = Item<"/servers">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Server>[] = [
  { title: "Server", cell: ({ name }) => <Quoted text={name} /> },
  {
    title: "Status",
    cell: ({ status }) => <StatusChip word={status} tone={status === "active" ? "good" : "wait"} />,
  },
  { title: "Runs", cell: ({ runs }) => <Quoted text={runs} /> },
  {
    title: "Why",
    cell: ({ reason, lastFailure }) => <Quoted text={reason ?? lastFailure ?? ""} />,
    isWideOnly: true,
  },
  { title: "Connections", cell: ({ connections }) => connections, isNumber: true },
];

/** The MCP servers behind the door, and the tools that wait for somebody to read them. */
export function ServersPage() {
  const { data, error, isPending } = useLook("/servers", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Servers">MCP servers, pinned to what was reviewed.</PageHead>
      <ProblemNotice problem={error} />
      <ToolsToReview />
      <Section title="All servers" {...(data === undefined ? {} : { count: data.items.length })}>
        {isPending ? <Loading what="servers" /> : null}
        {data?.items.length === 0 ? (
          <EmptyState title="No server yet" command="doorward servers add NAME -- COMMAND">
            Put an MCP server behind the door; its tools wait here until somebody has read them.
          </EmptyState>
        ) : null}
        {data === undefined || data.items.length === 0 ? null : (
          <Table label="Servers" columns={COLUMNS} rows={data.items} keyOf={({ name }) => name} />
        )}
      </Section>
    </>
  );
}
