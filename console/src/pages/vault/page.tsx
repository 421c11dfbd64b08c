import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";

type Credential = Item<"/vault">;

const EVERY_MS = 10_000;
const STALE = ["/vault"] as const;

const COLUMNS: readonly Column<Credential>[] = [
  { title: "Credential", cell: ({ name }) => <Quoted text={name} /> },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Of", cell: ({ owner }) => <Quoted text={owner} /> },
  { title: "Goes to", cell: ({ to }) => <Quoted text={to.join(", ")} /> },
  {
    title: "For",
    cell: ({ agents }) =>
      agents.length === 0 ? "every agent of its owner's" : <Quoted text={agents.join(", ")} />,
    isWideOnly: true,
  },
  { title: "Scopes", cell: ({ scopes }) => <Quoted text={scopes.join(" ")} />, isWideOnly: true },
  {
    title: "State",
    cell: ({ state }) => <StatusChip word={state} tone={state === "ready" ? "good" : "bad"} />,
  },
  {
    title: "Last use",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Time at={lastUsedAt} />),
  },
  { title: "Remove", cell: (credential) => <Remove credential={credential} /> },
];

/** What the vault injects, where, and for whom; never what it is. */
export function VaultPage() {
  const { data, error, isPending } = useLook("/vault", undefined, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Credentials">
        What agents use and never see. A secret is typed in at the command line, and shown nowhere.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="credentials" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState
          title="The vault is empty"
          command="doorward vault add github --kind bearer --to https://api.github.com --secret -"
        >
          Requests go out with nothing of yours in them.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Credentials" columns={COLUMNS} rows={data.items} keyOf={({ id }) => id} />
      )}
    </>
  );
}

/** A connection is ended at its provider as well. */
function Remove({ credential }: { readonly credential: Credential }) {
  const write = useWrite();
  const { id, name, kind } = credential;
  const isConnection = kind === "oauth" && credential.owner.startsWith("user:");
  const remove = (): Promise<unknown> =>
    isConnection
      ? change("/vault/disconnect", { connection: id })
      : change("/vault/remove", { credential: id });
  return (
    <DangerButton
      label={isConnection ? "Disconnect" : "Remove"}
      title="Remove it from the vault"
      confirm={isConnection ? "Disconnect it" : "Remove it"}
      act={() => write({ what: `remove the credential ${name}`, done: "Removed", stale: STALE }, remove)}
    >
      <p>
        The sealed secret of <Quoted text={name} /> is destroyed, and its placeholders are worth nothing any
        more.
      </p>
    </DangerButton>
  );
}
