import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField } from "../../ui/field.tsx";
import { ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";

type Review = Item<"/approvals/reviews">;

const EVERY_MS = 10_000;
const NOTE_MAX = 2_000;

const COLUMNS: readonly Column<Review>[] = [
  {
    title: "Request",
    cell: ({ approval, server, target }) => (
      <Link to="/approvals/$approval" params={{ approval }}>
        <Quoted text={`${server}/${target}`} />
      </Link>
    ),
  },
  { title: "Agent", cell: ({ agent }) => <Quoted text={agent} /> },
  { title: "Broken by", cell: ({ brokenBy }) => <Quoted text={brokenBy} /> },
  { title: "When", cell: ({ at }) => <Ago at={at} /> },
  { title: "Why", isProse: true, cell: ({ reason }) => <Quoted text={reason} /> },
  { title: "Look at it", cell: (review) => <Look review={review} /> },
];

/** Where somebody broke the glass and nobody else has looked at it yet. */
export function Reviews() {
  const { data, error } = useLook("/approvals/reviews", undefined, { everyMs: EVERY_MS });
  if (error !== null) return <ProblemNotice problem={error} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Broken glass to look at" count={data.items.length}>
      <Table
        label="Broken glass to look at"
        columns={COLUMNS}
        rows={data.items}
        keyOf={({ approval }) => approval}
      />
    </Section>
  );
}

function Look({ review }: { readonly review: Review }) {
  const { name, roles } = usePerson();
  const mayDecide = roles.includes("admin") || roles.includes("approver");
  if (review.brokenBy === name || !mayDecide) return <span className="soft">somebody else has to</span>;
  return (
    <DialogButton label="I looked at it" title="Broken glass">
      {(close) => <Looked review={review} close={close} />}
    </DialogButton>
  );
}

function Looked({ review, close }: { readonly review: Review; readonly close: () => void }) {
  const write = useWrite();
  const [note, setNote] = useState("");
  const act = async (): Promise<void> => {
    const isDone = await write(
      {
        what: "say that you looked at broken glass",
        done: "On record",
        stale: ["/approvals/reviews", "/notices"],
      },
      () => change("/approvals/review", { approval: review.approval, note }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="I looked at it" act={act}>
      <p>
        <Quoted text={review.brokenBy} /> let <Quoted text={`${review.server}/${review.target}`} /> of the
        agent <Quoted text={review.agent} /> through: “<Quoted text={review.reason} />
        ”.
      </p>
      <LinesField
        label="What you found"
        value={note}
        onChange={setNote}
        charactersMax={NOTE_MAX}
        placeholder="Right call; the rule now asks oncall, too"
        hint="At least ten letters, for the record."
      />
    </Form>
  );
}
