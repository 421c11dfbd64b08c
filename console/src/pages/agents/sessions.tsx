import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { StoppedMark } from "../stops/stopped.tsx";
import { Mandate } from "./mandate.tsx";

type Session = Item<"/sessions">;

const EVERY_MS = 10_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Session>[] = [
  {
    title: "Session",
    cell: ({ id }) => (
      <span className="row">
        <Quoted text={id} />
        <StoppedMark kind="session" target={id} />
      </span>
    ),
  },
  { title: "Kind", cell: ({ kind }) => <Quoted text={kind} /> },
  {
    title: "Acts for",
    cell: ({ delegation }) => (delegation === null ? "itself" : <Quoted text={delegation} />),
    isWideOnly: true,
  },
  { title: "Opened", cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: "Change it",
    cell: (session) => (
      <div className="row">
        <Mandate session={session} />
        <StopButton kind="session" target={session.id} />
        <End session={session} />
      </div>
    ),
  },
];

/** The sessions of one agent that are open now, of the newest of all. */
export function Sessions({ agent }: { readonly agent: string }) {
  const { data, error } = useLook("/sessions", { limit: LIMIT }, { everyMs: EVERY_MS });
  const sessions = (data?.items ?? []).filter((session) => session.agent === agent);
  return (
    <Section title="Open sessions" {...(data === undefined ? {} : { count: sessions.length })}>
      <ProblemNotice problem={error} />
      {data !== undefined && sessions.length === 0 ? <p className="soft">None is open.</p> : null}
      {sessions.length === 0 ? null : (
        <Table label="Open sessions" columns={COLUMNS} rows={sessions} keyOf={({ id }) => id} />
      )}
    </Section>
  );
}

function End({ session: { id, agent } }: { readonly session: Session }) {
  const write = useWrite();
  const stale = ["/sessions", "/agents/get"] as const;
  return (
    <DangerButton
      label="End"
      title="End a session"
      confirm="End it now"
      act={() =>
        write({ what: `end a session of the agent ${agent}`, done: "Session ended", stale }, () =>
          change("/sessions/end", { session: id }),
        )
      }
    >
      <p>
        The keys of session <Quoted text={id} /> of <Quoted text={agent} /> die, and its work in flight is
        cut.
      </p>
    </DangerButton>
  );
}
