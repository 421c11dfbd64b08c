import { Link } from "@tanstack/react-router";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { Facts, PageHead, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time, Until } from "../../ui/time.tsx";
import { AddCredential } from "./add.tsx";
import { Connect } from "./connect.tsx";
import { CredentialState } from "./state.tsx";

type Credential = Item<"/vault">;

const EVERY_MS = 10_000;
const KEYS = {
  file: "in a file of its own",
  keychain: "in the machine’s keychain",
  command: "with a command that wraps it",
} as const;
const PROCESS = {
  up: { word: "running", tone: "good" },
  idle: { word: "not asked yet", tone: "plain" },
  starting: { word: "starting", tone: "wait" },
  down: { word: "down", tone: "bad" },
} as const;

const COLUMNS: readonly Column<Credential>[] = [
  {
    title: "Credential",
    cell: ({ id, name }) => (
      <Link to="/vault/$credential" params={{ credential: id }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  { title: "Kind", cell: ({ kind }) => <Quoted text={kind} /> },
  { title: "Of", cell: ({ owner }) => <Quoted text={owner} /> },
  { title: "Goes to", cell: ({ to }) => <Quoted text={to.join(", ")} /> },
  {
    title: "For",
    cell: ({ agents }) =>
      agents.length === 0 ? "every agent of its owner’s" : <Quoted text={agents.join(", ")} />,
    isWideOnly: true,
  },
  { title: "State", cell: (credential) => <CredentialState credential={credential} /> },
  { title: "Ends", cell: ({ expiresAt }) => (expiresAt === null ? "never" : <Until at={expiresAt} />) },
  {
    title: "Last use",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Time at={lastUsedAt} />),
  },
];

/** What the vault injects, where, and for whom; never what it is. */
export function VaultPage() {
  const { data, error, isPending } = useLook("/vault", undefined, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead
        title="Credentials"
        aside={
          <>
            <Connect />
            <AddCredential />
          </>
        }
      >
        What agents use and never see. A secret is given once, and shown nowhere.
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
      <TheKey />
    </>
  );
}

/** The key under which everything here is sealed, and the process that alone holds it. */
function TheKey() {
  const { roles } = usePerson();
  const { data } = useLook("/vault/status", undefined, { everyMs: EVERY_MS });
  if (data === undefined) return null;
  const { process, key, kek, keyMadeAt } = data;
  return (
    <Section title="The key" aside={roles.includes("admin") ? <RotateKey /> : null}>
      <Panel>
        <Facts
          facts={[
            ["Its process", <StatusChip {...PROCESS[process]} />],
            ["Kept", KEYS[key]],
            ["Called", kek === null ? "there is none yet" : <Quoted text={kek} />],
            ["Made", keyMadeAt === null ? null : <Time at={keyMadeAt} />],
          ]}
        />
      </Panel>
    </Section>
  );
}

function RotateKey() {
  const write = useWrite();
  return (
    <DangerButton
      label="Make a new key"
      title="Make a new key of the vault"
      confirm="Seal everything anew"
      act={() =>
        write({ what: "replace the vault’s key", done: "There is a new key", stale: ["/vault/status"] }, () =>
          change("/vault/rotate-key", {}),
        )
      }
    >
      <p>
        Every credential is sealed anew under it, in one step. No secret changes. Back the new key up, apart
        from the database.
      </p>
    </DangerButton>
  );
}
