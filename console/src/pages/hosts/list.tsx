import { Link } from "@tanstack/react-router";
import { change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { besides, type Host } from "./words.ts";

const EVERY_MS = 10_000;
const LIMIT = 200;
const STALE = ["/hosts", "/agents/get", "/agents/blast-radius"] as const;

const COLUMNS: readonly Column<Host>[] = [
  { title: "Host", cell: ({ host }) => (host === "*" ? "every host" : <Quoted text={host} />) },
  {
    title: "It may",
    cell: ({ access }) =>
      access === "write" ? (
        <StatusChip word="read and send" tone="wait" />
      ) : (
        <StatusChip word="read" tone="good" />
      ),
  },
  { title: "Besides", cell: (host) => <Besides host={host} /> },
  { title: "Granted", cell: ({ grantedAt }) => <Time at={grantedAt} /> },
  {
    title: "Take it back",
    cell: (host) => (host.revokedAt === null ? <Revoke host={host} /> : <Ended at={host.revokedAt} />),
  },
];
const WITH_AGENT: readonly Column<Host>[] = [
  {
    title: "Agent",
    cell: ({ agent }) => (
      <Link to="/agents/$agent" params={{ agent }}>
        <Quoted text={agent} />
      </Link>
    ),
  },
  ...COLUMNS,
];

/** Which hosts agents may reach through the http door: of one agent, or of all of them. */
export function HostList(props: {
  readonly agent: string | undefined;
  readonly isRevokedToo?: boolean;
  /** On the agent's own page its name says nothing. */
  readonly isAgentKnown?: boolean;
}) {
  const { agent, isRevokedToo = false, isAgentKnown = false } = props;
  const query = { limit: LIMIT, revoked: isRevokedToo, ...(agent === undefined ? {} : { agent }) };
  const { data, error, isPending } = useLook("/hosts", query, { everyMs: EVERY_MS });
  return (
    <>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="hosts" /> : null}
      {data === undefined ? null : (
        <Listed
          agent={agent}
          hosts={data.items}
          columns={isAgentKnown ? COLUMNS : WITH_AGENT}
          isCut={data.next !== null}
        />
      )}
    </>
  );
}

function Listed(props: {
  readonly agent: string | undefined;
  readonly hosts: readonly Host[];
  readonly columns: readonly Column<Host>[];
  readonly isCut: boolean;
}) {
  const { agent, hosts, columns, isCut } = props;
  if (hosts.length === 0) return <None agent={agent} />;
  return (
    <>
      <Table label="Granted hosts" columns={columns} rows={hosts} keyOf={({ id }) => id} />
      {isCut ? <Notice>Only the first {LIMIT} are shown.</Notice> : null}
    </>
  );
}

function None({ agent }: { readonly agent: string | undefined }) {
  return (
    <EmptyState
      title={agent === undefined ? "No agent may reach a host" : "It may reach no host"}
      command={`doorward hosts grant ${agent ?? "mailbot"} docs.example.com`}
    >
      At the http door, what was not granted is refused. Grant each host by its name, for reading first.
    </EmptyState>
  );
}

function Besides({ host }: { readonly host: Host }) {
  const words = besides(host);
  if (words.length === 0) return "–";
  return (
    <span className="row">
      {words.map((word) => (
        <StatusChip key={word} word={word} tone={word === "passed through" ? "bad" : "wait"} />
      ))}
    </span>
  );
}

function Ended({ at }: { readonly at: string }) {
  return (
    <span className="row">
      <StatusChip word="taken back" /> <Time at={at} />
    </span>
  );
}

function Revoke({ host: { agent, host } }: { readonly host: Host }) {
  const write = useWrite();
  return (
    <DangerButton
      label="Take back"
      title="Take a host back"
      confirm="Take it back"
      act={() =>
        write(
          { what: `take the host ${host} from the agent ${agent}`, done: "Taken back", stale: STALE },
          () => change("/hosts/revoke", { agent, host }),
        )
      }
    >
      <p>
        <Quoted text={agent} /> may then reach <Quoted text={host} /> no more, unless another grant names it.
      </p>
    </DangerButton>
  );
}
