import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Until } from "../../ui/time.tsx";
import { PROOF_WORDS, shortDigest, STATUS_TONES } from "./register-words.ts";

type Registered = Item<"/models/registered">;

const EVERY_MS = 10_000;
const LIMIT = 200;

const COLUMNS: readonly Column<Registered>[] = [
  {
    title: "Model",
    cell: ({ name, digest }) => (
      <Link to="/models/$upstream" params={{ upstream: digest }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  {
    title: "Status",
    cell: ({ status, waits }) => (
      <span className="row">
        <StatusChip word={status} tone={STATUS_TONES[status]} />
        {waits && status !== "proposed" ? <StatusChip word="waits for a yes" tone="wait" /> : null}
      </span>
    ),
  },
  { title: "Digest", cell: ({ digest }) => <code>{shortDigest(digest)}</code> },
  { title: "Proof", cell: ({ proof }) => PROOF_WORDS[proof] },
  { title: "Owner", cell: ({ owner }) => (owner === null ? "nobody yet" : <Quoted text={owner} />) },
  { title: "Licence", cell: ({ licence }) => (licence === null ? "unknown" : <Quoted text={licence} />) },
  {
    title: "Until",
    cell: ({ expiresAt }) => (expiresAt === null ? "–" : <Until at={expiresAt} />),
  },
];

/** The models that the organisation knows by their digest. */
export function Register() {
  const { data, error, isPending } = useLook("/models/registered", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <Section title="Register" {...(data === undefined ? {} : { count: data.items.length })}>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the register" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState
          title="No model is registered yet"
          command='doorward models propose sha256:… --name NAME --purpose "…" --risk low --services UPSTREAM/MODEL'
        >
          A yes is for a digest: what is swapped under an approved name does not serve.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Register" columns={COLUMNS} rows={data.items} keyOf={({ digest }) => digest} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </Section>
  );
}
