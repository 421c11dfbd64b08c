import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { AddServer } from "./add.tsx";
import { ToolsToReview } from "./review.tsx";
import { ServerStanding } from "./standing.tsx";
import { useToReview } from "./to-review.ts";

type Server = Item<"/servers">;
type Waiting = readonly Item<"/tools">[];

const EVERY_MS = 5_000;
const LIMIT = 200;

function columnsWith(waiting: Waiting): readonly Column<Server>[] {
  return [
    {
      title: "Server",
      cell: ({ name, transport }) =>
        transport === "api" ? (
          <Link to="/apis/$api" params={{ api: name }}>
            <Quoted text={name} />
          </Link>
        ) : (
          <Link to="/servers/$server" params={{ server: name }}>
            <Quoted text={name} />
          </Link>
        ),
    },
    { title: "Status", cell: (server) => <ServerStanding server={server} /> },
    { title: "To review", cell: ({ name }) => waitingText(waiting, name) },
    { title: "Runs", cell: ({ runs }) => <Quoted text={runs} />, isWideOnly: true },
    {
      title: "Why",
      cell: ({ reason, lastFailure }) => <Quoted text={reason ?? lastFailure ?? ""} />,
      isWideOnly: true,
    },
    { title: "Connections", cell: ({ connections }) => connections, isNumber: true },
  ];
}

/** The MCP servers behind the door, and the tools that wait for somebody to read them. */
export function ServersPage() {
  const { data, error, isPending } = useLook("/servers", { limit: LIMIT }, { everyMs: EVERY_MS });
  const { tools } = useToReview();
  return (
    <>
      <PageHead title="Servers" aside={<AddServer />}>
        MCP servers, pinned to what was reviewed.
      </PageHead>
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
          <Table label="Servers" columns={columnsWith(tools)} rows={data.items} keyOf={({ name }) => name} />
        )}
        {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
      </Section>
    </>
  );
}

function waitingText(waiting: Waiting, name: string): string {
  const own = waiting.filter(({ server }) => server === name);
  const changed = own.filter(({ status }) => status === "changed").length;
  const parts = [
    [changed, "changed"],
    [own.length - changed, "new"],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return parts.length === 0 ? "–" : parts.join(", ");
}
