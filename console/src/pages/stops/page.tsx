import { useState } from "react";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { CheckField } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Time } from "../../ui/time.tsx";
import { Resume } from "./resume.tsx";
import { StopAnything } from "./stop-button.tsx";

type Stop = Item<"/stops">;
type Monitor = Item<"/stops/monitors">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const STOPS: readonly Column<Stop>[] = [
  {
    title: "Stopped",
    cell: ({ kind, label }) => <Quoted text={kind === "everything" ? kind : `${kind} ${label}`} />,
  },
  {
    title: "State",
    cell: ({ inForce }) =>
      inForce ? <StatusChip word="stopped" tone="bad" /> : <StatusChip word="resumed" tone="plain" />,
  },
  { title: "Why", cell: ({ reason }) => <Quoted text={reason} /> },
  {
    title: "By",
    cell: ({ stoppedBy, monitor }) => <Quoted text={stoppedBy ?? `monitor ${monitor ?? ""}`} />,
  },
  { title: "Since", cell: ({ at }) => <Time at={at} /> },
  {
    title: "Until",
    cell: ({ endedAt }) => (endedAt === null ? "–" : <Time at={endedAt} />),
    isWideOnly: true,
  },
  { title: "End it", cell: (stop) => <Resume stop={stop} /> },
];

const MONITORS: readonly Column<Monitor>[] = [
  { title: "Monitor", cell: ({ name }) => <Quoted text={name} /> },
  {
    title: "Stops",
    cell: ({ kind, label }) => <Quoted text={kind === "everything" ? kind : `${kind} ${label}`} />,
  },
  { title: "After silence of", cell: ({ everySeconds }) => `${everySeconds} s`, isNumber: true },
  { title: "Last heard", cell: ({ heardAt }) => (heardAt === null ? "never" : <Ago at={heardAt} />) },
  {
    title: "State",
    cell: ({ silentAt }) =>
      silentAt === null ? <StatusChip word="heard" tone="good" /> : <StatusChip word="silent" tone="bad" />,
  },
];

/** What is stopped, by whom and why; and who has to be heard of, or something stops. */
export function StopsPage() {
  const { roles } = usePerson();
  const [ended, setEnded] = useState(false);
  const { data, error, isPending } = useLook("/stops", { limit: LIMIT, ended }, { everyMs: EVERY_MS });
  const stops = data?.items ?? [];
  return (
    <>
      <PageHead title="Stops" {...(roles.includes("auditor") ? {} : { aside: <StopAnything /> })}>
        What is cut off from every door, whatever policy says.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="stops" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="Nothing is stopped" command='doorward stop agent NAME --reason "why"'>
          A stop cuts what is under way, holds over restarts, and deletes nothing.
        </EmptyState>
      ) : null}
      {stops.length === 0 ? null : (
        <Table label="Stops" columns={STOPS} rows={stops} keyOf={(stop) => stop.id} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
      <CheckField label="Show those too that ended" isChecked={ended} onChange={setEnded} />
      {roles.includes("admin") ? <Monitors /> : null}
    </>
  );
}

function Monitors() {
  const { data, error } = useLook("/stops/monitors", undefined, { everyMs: EVERY_MS });
  if (error !== null) return <ProblemNotice problem={error} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Monitors" count={data.items.length}>
      <Table label="Monitors" columns={MONITORS} rows={data.items} keyOf={({ name }) => name} />
    </Section>
  );
}
