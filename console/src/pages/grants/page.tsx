import { Link } from "@tanstack/react-router";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { Button } from "../../ui/button.tsx";
import { useAct } from "../../ui/field.tsx";
import { EmptyState, FormProblem, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Until } from "../../ui/time.tsx";
import { leftText, reachText } from "./words.ts";

type Grant = Item<"/grants">;

const EVERY_MS = 5_000;
const LIMIT = 200;
const STALE = ["/grants"] as const;

const COLUMNS: readonly Column<Grant>[] = [
  {
    title: "Agent",
    cell: ({ agent }) => (
      <Link to="/agents/$agent" params={{ agent }}>
        <Quoted text={agent} />
      </Link>
    ),
  },
  { title: "Tool", cell: ({ server, tool }) => <Quoted text={`${server}/${tool}`} /> },
  { title: "Lets through", cell: reachText },
  { title: "Uses", cell: leftText },
  { title: "Until", cell: ({ expiresAt }) => <Until at={expiresAt} /> },
  { title: "Given by", cell: ({ by }) => <Quoted text={by} /> },
  {
    title: "First call",
    cell: ({ approval }) => (
      <Link to="/approvals/$approval" params={{ approval }}>
        Show
      </Link>
    ),
  },
  { title: "End it", cell: (grant) => <Revoke grant={grant} /> },
];

/** What a yes lets through beyond one call, now. */
export function GrantsPage() {
  const { data, error, isPending } = useLook("/grants", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Grants">
        What a yes lets through beyond one call, at this moment. Each use is counted and on record.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="grants" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState
          title="Every held call is asked about"
          command="doorward approvals approve apr_… --grant session --times 5 --until 2h"
        >
          No yes reaches beyond its own call.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Grants" columns={COLUMNS} rows={data.items} keyOf={({ id }) => id} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </>
  );
}

/** At one tap: what is taken back too much is asked about again, and no more. */
function Revoke({ grant }: { readonly grant: Grant }) {
  const write = useWrite();
  const { isBusy, problem, run } = useAct(async () => {
    const what = `take a grant back from the agent ${grant.agent}`;
    await write({ what, done: "Taken back", stale: STALE }, () =>
      change("/grants/revoke", { grant: grant.id }),
    );
  });
  return (
    <div>
      <Button onPress={run} kind="danger" isBusy={isBusy}>
        Take back
      </Button>
      <FormProblem problem={problem} />
    </div>
  );
}
