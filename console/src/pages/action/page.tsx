import "./action.css";
import { Link, useParams } from "@tanstack/react-router";
import { useLook } from "../../api/queries.ts";
import { ArgumentBlock } from "../../inert/argument-block.tsx";
import { showArguments } from "../../inert/arguments.ts";
import { fieldsOf } from "../../inert/json.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { DecisionChip, EffectChips } from "../../ui/chip.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Panel, Section } from "../../ui/page.tsx";
import type { Action } from "./action.ts";
import { ActionFacts } from "./facts.tsx";
import { Receipt } from "./receipt.tsx";
import { Timeline } from "./timeline.tsx";
import { Why } from "./why.tsx";

const EVERY_MS = 3_000;

/** One action: what was attempted, what was decided, why and by which rule, how it ended, and the proof of it. */
export function ActionPage() {
  const { action: id } = useParams({ from: "/actions/$action" });
  const { data, error } = useLook("/actions/get", { action: id }, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Action" aside={<Link to="/">All activity</Link>}>
        <Quoted text={id} />
      </PageHead>
      <ProblemNotice problem={error} />
      {data === undefined ? null : <Whole key={data.id} action={data} />}
      {data === undefined && error === null ? <Loading what="the action" /> : null}
    </>
  );
}

function Whole({ action }: { readonly action: Action }) {
  return (
    <div className="action-grid">
      <div className="action-side">
        <Summary action={action} />
        <div className="stack action-payload">
          <Section title="What was asked">
            <Payload value={action.arguments} what="arguments" />
          </Section>
          <Section title="What came back">
            {action.result === null && action.outcome === null ? (
              <p className="soft">Nothing: it was not sent, or has no answer yet.</p>
            ) : (
              <Payload value={action.result} what="result" />
            )}
          </Section>
        </div>
      </div>
      <div className="action-side">
        <Timeline action={action} />
        <Receipt id={action.id} />
      </div>
    </div>
  );
}

function Summary({ action }: { readonly action: Action }) {
  return (
    <Panel>
      <div className="row">
        <DecisionChip verdict={action.verdict} />
        <h2>
          <Quoted text={action.agent} />
          <span className="soft"> → </span>
          <Quoted text={action.name === null ? action.server : `${action.server}/${action.name}`} />
        </h2>
        <EffectChips effects={action.effects} />
      </div>
      <Why action={action} />
      <ActionFacts action={action} />
    </Panel>
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
