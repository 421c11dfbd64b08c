import { Link, useParams } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { ArgumentBlock } from "../../inert/argument-block.tsx";
import { showArguments } from "../../inert/arguments.ts";
import { fieldsOf } from "../../inert/json.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { DecisionChip, EffectChips, StatusChip } from "../../ui/chip.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Facts, PageHead, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { Receipt } from "./receipt.tsx";

type Action = Answer<"/actions/get">;
type Entry = Action["entries"][number];

const EVERY_MS = 3_000;
const OUTCOMES: { readonly [outcome: string]: "good" | "bad" | "wait" } = {
  ok: "good",
  error: "bad",
  "not-sent": "wait",
  unknown: "wait",
};

/** One action: what was attempted, what was decided and by which rule, how it ended, and the proof of it. */
export function ActionPage() {
  const { action: id } = useParams({ from: "/actions/$action" });
  const { data, error } = useLook("/actions/get", { action: id }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Action" aside={<Link to="/">All activity</Link>}>
        <Quoted text={id} />
      </PageHead>
      <ProblemNotice problem={error} />
      {data === undefined ? null : <Whole action={data} />}
      {data === undefined && error === null ? <Loading what="the action" /> : null}
    </>
  );
}

function Whole({ action }: { readonly action: Action }) {
  return (
    <>
      <Panel>
        <div className="row">
          <DecisionChip verdict={action.verdict} />
          <h2>
            <Quoted text={action.agent} /> →{" "}
            <Quoted text={action.name === null ? action.server : `${action.server}/${action.name}`} />
          </h2>
          <EffectChips effects={action.effects} />
        </div>
        <Decided action={action} />
      </Panel>
      <Section title="What was asked">
        <Payload value={action.arguments} what="arguments" />
      </Section>
      <Section title="What came back">
        <Payload value={action.result} what="result" />
      </Section>
      <Section title="In the ledger" count={action.entries.length}>
        <Table
          label="Entries"
          columns={ENTRY_COLUMNS}
          rows={action.entries}
          keyOf={({ index }) => String(index)}
        />
      </Section>
      <Receipt id={action.id} />
    </>
  );
}

const ENTRY_COLUMNS: readonly Column<Entry>[] = [
  { title: "Entry", cell: ({ index }) => index, isNumber: true },
  { title: "Kind", cell: ({ kind }) => <Quoted text={kind} /> },
  { title: "At", cell: ({ at }) => <Time at={at} /> },
];

function Decided({ action }: { readonly action: Action }) {
  const { policies, code, approval, outcome } = action;
  const rules =
    policies.length === 0 ? (
      "none: no rule spoke for it, and silence refuses"
    ) : (
      <Quoted text={policies.join(", ")} />
    );
  const stage = `${action.stage}${action.bypassable === "yes" ? " (bypassable: it runs as Doorward’s own OS user)" : ""}`;
  return (
    <Facts
      facts={[
        ["When", <Time key="at" at={action.at} />],
        [policies.length > 1 ? "Rules" : "Rule", rules],
        ["Code", code === null ? null : <Quoted key="code" text={code} />],
        [
          "Held as",
          approval === null ? null : (
            <Link key="approval" to="/approvals/$approval" params={{ approval }}>
              <Quoted text={approval} />
            </Link>
          ),
        ],
        [
          "Outcome",
          outcome === null ? (
            "none yet"
          ) : (
            <StatusChip key="out" word={outcome} tone={OUTCOMES[outcome] ?? "plain"} />
          ),
        ],
        ["Stage", <Quoted key="stage" text={stage} />],
        ["Session", <Quoted key="session" text={action.session} />],
        ["Protocol", <Quoted key="verb" text={action.verb} />],
        ["Policy set", <Quoted key="set" text={action.policySet} />],
      ]}
    />
  );
}

/** What was sent or came back, inert and whole (T19), or why it is not here. */
function Payload({ value, what }: { readonly value: unknown; readonly what: string }) {
  if (value === null || value === undefined) {
    return <p className="soft">The {what} is not kept, was destroyed, or is not yours to see.</p>;
  }
  const shown = showArguments(fieldsOf(value, what));
  return (
    <div>
      {shown.kind === "whole" ? null : (
        <Notice>
          Too large to show whole ({shown.characters.toLocaleString("en")} characters); it begins so.
        </Notice>
      )}
      {shown.arguments.length === 0 ? <p className="soft">Empty.</p> : null}
      {shown.arguments.map((view) => (
        <ArgumentBlock key={view.name} view={view} />
      ))}
    </div>
  );
}
