import "./held-card.css";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { showArguments, type Shown } from "../../inert/arguments.ts";
import { fieldsOf } from "../../inert/json.ts";
import type { Answer } from "../../api/client.ts";
import { Quoted, QuotedBlock } from "../../inert/quoted.tsx";
import { EffectChips, StatusChip } from "../../ui/chip.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Facts } from "../../ui/page.tsx";
import { Until } from "../../ui/time.tsx";
import { ArgumentBlock } from "../../inert/argument-block.tsx";
import type { Settled } from "./decide.ts";
import type { Reading } from "./reading.ts";
import { groupText } from "./standing-words.ts";

export type HeldAction = Answer<"/approvals/get">;

export interface HeldCardProps {
  readonly action: HeldAction;
  /** How it ended; null: it waits. */
  readonly settled: Settled | null;
  readonly problem: string;
  /** What decides it, for as long as it waits. */
  readonly foot: (action: HeldAction, reading: Reading) => ReactNode;
  /** Of its title: one below the heading it stands under. */
  readonly level?: 2 | 3;
  /** Said beside its title, such as `1 of 2 identical calls`. */
  readonly remark?: string | undefined;
}

/**
 * INVARIANT: a card shows one action and never changes what it shows; what decides it is handed that action and no other.
 * A yes opens only when every argument is on the page whole and has been brought into view to its end (T19).
 */
export function HeldCard(props: HeldCardProps) {
  // The first action it was given is the one it shows, whatever comes after.
  const [action] = useState(props.action);
  const [shown] = useState(() =>
    action.arguments === null || action.arguments === undefined
      ? null
      : showArguments(fieldsOf(action.arguments, "arguments")),
  );
  const [unseen, setUnseen] = useState<ReadonlySet<string>>(() => namesIn(shown));
  const title = useId();
  const Title = `h${props.level ?? 3}` as const;
  const seen = (name: string): void =>
    setUnseen((before) => new Set([...before].filter((one) => one !== name)));
  return (
    <article
      className={`card ${props.settled === null ? "" : "settled"}`}
      aria-labelledby={title}
      data-approval={action.id}
    >
      <header className="card-head">
        <Title id={title} className="card-title">
          <Quoted text={action.agent} /> asks for <Quoted text={`${action.server}/${action.target}`} />
        </Title>
        <div className="row">
          {props.remark === undefined ? null : <StatusChip word={props.remark} tone="wait" />}
          <EffectChips effects={action.effects} />
        </div>
      </header>
      <Said card={action.card} />
      <div className="card-body">
        <HeldFacts action={action} />
        <div className="card-arguments">
          <Arguments shown={shown} seen={seen} />
          <Claims card={action.card} />
        </div>
      </div>
      <p className="form-problem" role="alert">
        {props.problem}
      </p>
      {props.settled === null ? (
        props.foot(action, readingOf(action, shown, unseen))
      ) : (
        <div className="card-foot">
          <p className={`result ${props.settled.tone}`} tabIndex={-1}>
            {props.settled.how}
          </p>
        </div>
      )}
    </article>
  );
}

function HeldFacts({ action }: { readonly action: HeldAction }) {
  const { onBehalfOf: behalf, policies } = action;
  const rules = (
    <ul>
      {policies.map((policy) => (
        <li key={policy}>
          <Quoted text={policy} />
        </li>
      ))}
    </ul>
  );
  return (
    <Facts
      facts={[
        ["Why it waits", <Quoted key="why" text={action.reason} />],
        [policies.length === 1 ? "Rule" : "Rules", rules],
        ["On behalf of", behalf === null ? "nobody: the agent’s own rights" : <Quoted text={behalf} />],
        ["Owner", <Quoted key="owner" text={action.owner} />],
        ["Stage", <Stage key="stage" action={action} />],
        ["Approvers", <Quoted key="groups" text={action.groups.map(groupText).join(" and ")} />],
        ...askedNow(action),
        ["Expires", <Until key="expires" at={action.expiresAt} />],
        ["Protocol", <Quoted key="verb" text={action.verb} />],
        [
          "Id",
          <Link key="id" to="/approvals/$approval" params={{ approval: action.id }}>
            <Quoted text={action.id} />
          </Link>,
        ],
      ]}
    />
  );
}

/** Who is asked at this moment, and whether whoever reads this is among those who may answer. */
function askedNow({ asked, youMayAnswer, status }: HeldAction): readonly (readonly [string, ReactNode])[] {
  if (status !== "requested") return [];
  const names = asked.length === 0 ? "nobody" : asked.join(", ");
  return [
    [
      "Asked now",
      <Quoted key="asked" text={youMayAnswer ? names : `${names}; your answer would not count`} />,
    ],
  ];
}

type Card = HeldAction["card"];

/** What would happen, how it stands, and what is unusual: the same words as on any platform. */
function Said({ card }: { readonly card: Card }) {
  const warnings = card.sections.flatMap((one) => (one.kind === "warning" ? [one.text] : []));
  return (
    <div className="card-said">
      <p className="card-summary">
        <Quoted text={card.title} />
      </p>
      <p className="soft small">
        <Quoted text={card.status.text} />
      </p>
      {warnings.length === 0 ? null : (
        <Notice>
          <ul className="card-warnings" aria-label="Unusual">
            {warnings.map((text) => (
              <li key={text}>
                <Quoted text={text} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

/** What the agent says of itself stands apart, and is named as its own words. */
function Claims({ card }: { readonly card: Card }) {
  return card.sections.flatMap((one) =>
    one.kind === "claim"
      ? [
          <figure className="card-claim" key={one.who}>
            <figcaption className="soft small">
              <Quoted text={one.who} /> says of it (its own words, not checked)
            </figcaption>
            <QuotedBlock text={one.text} label="What the agent says of it" />
          </figure>,
        ]
      : [],
  );
}

/** That it can go around the doors stands beside the stage, never instead of it (T1). */
function Stage({ action }: { readonly action: Pick<HeldAction, "stage" | "bypassable"> }) {
  const why = "bypassable: it runs as Doorward’s own OS user and can go around the doors";
  return (
    <span>
      <Quoted text={action.stage} />
      {action.bypassable === "yes" ? <strong className="bypassable"> {why}</strong> : null}
    </span>
  );
}

function Arguments({ shown, seen }: { readonly shown: Shown | null; readonly seen: (name: string) => void }) {
  if (shown === null) return <Notice>The arguments are gone: their payload was destroyed.</Notice>;
  const blocks = shown.arguments.map((view) => (
    <ArgumentBlock key={view.name} view={view} seen={() => seen(view.name)} />
  ));
  if (shown.kind === "whole")
    return blocks.length === 0 ? <p className="soft">It has no arguments.</p> : blocks;
  return (
    <>
      <Notice>
        Too large to show whole ({shown.characters.toLocaleString("en")} characters, or nested too deep), so
        it cannot be approved here. Below is only how each argument begins.
      </Notice>
      {blocks}
    </>
  );
}

function readingOf({ card }: HeldAction, shown: Shown | null, unseen: ReadonlySet<string>): Reading {
  const isUnbound = card.unbound.length > 0;
  const [unread = null] = unseen;
  const canEver = shown?.kind === "whole" && !isUnbound;
  return { canEver, canNow: canEver && unread === null, unread, isUnbound };
}

function namesIn(shown: Shown | null): ReadonlySet<string> {
  return new Set(shown?.kind === "whole" ? shown.arguments.map(({ name }) => name) : []);
}
