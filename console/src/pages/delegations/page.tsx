import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { EffectChips, StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Until } from "../../ui/time.tsx";
import { Grant, Narrow, Revoke } from "./forms.tsx";
import { callsText, coverText } from "./words.ts";

type Delegation = Item<"/delegations">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Delegation>[] = [
  {
    title: "Agent",
    cell: ({ agent }) => (
      <Link to="/agents/$agent" params={{ agent }}>
        <Quoted text={agent} />
      </Link>
    ),
  },
  { title: "Acts for", cell: ({ user }) => <Quoted text={user} /> },
  { title: "At", cell: (delegation) => <Quoted text={coverText(delegation)} /> },
  {
    title: "Only",
    cell: ({ effects }) => (effects.length === 0 ? "anything" : <EffectChips effects={effects} />),
  },
  { title: "Actions", cell: callsText },
  { title: "Until", cell: (delegation) => <Ends delegation={delegation} /> },
  {
    title: "Change it",
    cell: (delegation) => (
      <div className="row">
        <Narrow delegation={delegation} />
        <Revoke delegation={delegation} />
      </div>
    ),
  },
];

/** Whose rights are lent to which agents, and how they are taken back. */
export function DelegationsPage() {
  const { data, error, isPending } = useLook("/delegations", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Delegations" aside={<Grant />}>
        Rights of people, lent to agents for a while. Each action is decided for both.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="delegations" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState
          title="Nothing is lent"
          command="doorward delegations grant mailbot --servers mail --effects read --hours 2"
        >
          Every agent acts with its own rights alone.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Delegations" columns={COLUMNS} rows={data.items} keyOf={({ id }) => id} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </>
  );
}

function Ends({ delegation: { status, expiresAt } }: { readonly delegation: Delegation }) {
  return status === "active" ? <Until at={expiresAt} /> : <StatusChip word={status} tone="wait" />;
}
