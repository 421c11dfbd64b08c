import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted, QuotedBlock } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { Facts, PageHead, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Draft } from "./draft.tsx";
import { Learn } from "./learn.tsx";
import { termsOf } from "./terms.ts";

type Shown = Answer<"/policy/show">;
type Rule = Shown["policies"][number];

const COLUMNS: readonly Column<Rule>[] = [
  { title: "Rule", cell: ({ id }) => <Quoted text={id} /> },
  { title: "Says", cell: (rule) => <Says rule={rule} /> },
  { title: "Terms", cell: (rule) => <Terms rule={rule} /> },
  {
    title: "Why",
    isProse: true,
    cell: ({ reason, broken }) => <Quoted text={broken ?? reason ?? "no reason given"} />,
  },
];

/** What is in force, a draft of what could be, and what an agent's own actions would have it be. */
export function PolicyPage() {
  const { data, error, isPending } = useLook("/policy/show");
  const { learn } = useSearch({ from: "/policy" });
  const navigate = useNavigate();
  const [draft, setDraft] = useState("");
  const shown = data === undefined ? null : <InForce shown={data} />;
  const drafting = <Draft text={draft} setText={setDraft} inForce={data?.text ?? ""} />;
  const choose = (agent: string): void =>
    void navigate({ to: "/policy", search: { learn: agent }, replace: true });
  const learning = <Learn agent={learn ?? null} choose={choose} take={setDraft} />;
  return (
    <>
      <PageHead title="Policy">What agents may do. Whatever no rule permits is refused.</PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the policy" /> : null}
      {/* What was asked for by its address comes first. */}
      {learn === undefined ? shown : null}
      {learn === undefined ? drafting : learning}
      {learn === undefined ? learning : drafting}
      {learn === undefined ? null : shown}
    </>
  );
}

function InForce({ shown }: { readonly shown: Shown }) {
  const { policies, digest, text } = shown;
  if (policies.length === 0)
    return <EmptyState title="No policy is in force" command="doorward policy activate FILE" />;
  return (
    <Section title="In force" count={policies.length}>
      <Table label="Rules" columns={COLUMNS} rows={policies} keyOf={({ id }) => id} />
      <Panel>
        <Facts facts={[["Policy set", <Quoted text={digest} />]]} />
        <details className="fold">
          <summary>Its text</summary>
          <QuotedBlock label="Text in force" text={text} />
        </details>
      </Panel>
    </Section>
  );
}

/** How its requests go on, where it holds. */
function Terms({ rule }: { readonly rule: Rule }) {
  const lines = termsOf(rule);
  if (lines.length === 0) return "–";
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{plain(line)}</li>
      ))}
    </ul>
  );
}

function Says({ rule: { effect, hold, broken } }: { readonly rule: Rule }) {
  if (broken !== null) return <StatusChip word="fits the tools no more" tone="bad" />;
  if (hold !== null) return <StatusChip word={`asks ${hold}`} tone="wait" />;
  return effect === "permit" ? (
    <StatusChip word="permits" tone="good" />
  ) : (
    <StatusChip word="forbids" tone="bad" />
  );
}
