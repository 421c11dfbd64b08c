import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { WAITING, WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { CheckField } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { AddAgent } from "./add.tsx";
import { OwnTools, Standing } from "./standing.tsx";

type Agent = Item<"/agents">;

const EVERY_MS = 5_000;
const LIMIT = 200;

function columnsWith(waiting: ReadonlyMap<string, number>): readonly Column<Agent>[] {
  return [
    {
      title: "Agent",
      cell: ({ name }) => (
        <Link to="/agents/$agent" params={{ agent: name }}>
          <Quoted text={name} />
        </Link>
      ),
    },
    { title: "Stage", cell: (agent) => <Standing agent={agent} /> },
    { title: "Owner", cell: ({ ownerName }) => <Quoted text={ownerName} /> },
    { title: "Purpose", cell: ({ purpose }) => <Quoted text={purpose} />, isWideOnly: true },
    { title: "Own tools", cell: ({ ownTools }) => <OwnTools of={ownTools} /> },
    {
      title: "Last seen",
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? "never" : <Ago at={lastSeenAt} />),
    },
    { title: "Waiting", cell: ({ name }) => <Waiting count={waiting.get(name) ?? 0} />, isNumber: true },
  ];
}

/** Everything that may act, and how it stands. */
export function AgentsPage() {
  const [revoked, setRevoked] = useState(false);
  const { data, error, isPending } = useLook("/agents", { limit: LIMIT, revoked }, { everyMs: EVERY_MS });
  const holds = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS }).data?.items ?? [];
  const waiting = new Map(
    [...Map.groupBy(holds, ({ agent }) => agent)].map(([name, all]) => [name, all.length]),
  );
  const agents = data?.items ?? [];
  const live = agents.filter(({ revokedAt }) => revokedAt === null).length;
  return (
    <>
      <PageHead
        title="Agents"
        aside={
          <>
            {live === 0 ? null : <StopAll count={live} />}
            <AddAgent />
          </>
        }
      >
        Who may ask for something, each with a key of its own. <Link to="/stops">What is stopped</Link>
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="agents" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="No agent yet" command="doorward agents add NAME">
          This makes one and shows its key once, with the address to point its client at.
        </EmptyState>
      ) : null}
      {agents.length === 0 ? null : (
        <Table label="Agents" columns={columnsWith(waiting)} rows={agents} keyOf={({ id }) => id} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
      <CheckField label="Show revoked agents too" isChecked={revoked} onChange={setRevoked} />
    </>
  );
}

function Waiting({ count }: { readonly count: number }) {
  if (count === 0) return "–";
  return <Link to="/approvals">{count} held</Link>;
}

function StopAll({ count }: { readonly count: number }) {
  const write = useWrite();
  const stale = ["/agents", "/sessions", "/approvals"] as const;
  return (
    <DangerButton
      label="Stop all"
      title="Stop all agents"
      confirm="Stop all of them now"
      act={() =>
        write({ what: "stop every agent", done: "Every agent is stopped", stale }, () =>
          change("/agents/stop-all", {}),
        )
      }
    >
      <p>
        Every key and session of {count === 1 ? "the one agent" : `these ${count} agents`} that you may stop
        ends, and work in flight is cut. Each comes back only with a new key.
      </p>
    </DangerButton>
  );
}
