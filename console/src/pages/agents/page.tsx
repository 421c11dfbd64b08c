import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";

type Agent = Item<"/agents">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Agent>[] = [
  {
    title: "Agent",
    cell: ({ name }) => (
      <Link to="/" search={{ agent: name }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  { title: "Stage", cell: (agent) => <StatusChip {...standingOf(agent)} /> },
  { title: "Purpose", cell: ({ purpose }) => <Quoted text={purpose} /> },
  {
    title: "Granted tools",
    cell: ({ grantedTools }) => <Quoted text={grantedTools.join(", ")} />,
    isWideOnly: true,
  },
];

/** Everything that may act, and how it stands. */
export function AgentsPage() {
  const { data, error, isPending } = useLook("/agents", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Agents">Who may ask for something, each with a key of its own.</PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="agents" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="No agent yet" command="doorward agents add NAME">
          This makes one and shows its key once, with the address to point its client at.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Agents" columns={COLUMNS} rows={data.items} keyOf={({ id }) => id} />
      )}
    </>
  );
}

function standingOf({ revokedAt, bypassable, stage }: Agent) {
  if (revokedAt !== null) return { word: "revoked", tone: "bad" } as const;
  if (bypassable === "yes") return { word: `${stage}, bypassable`, tone: "bad" } as const;
  return { word: stage, tone: stage === "observe" ? "wait" : "good" } as const;
}
