import type { ReactNode } from "react";
import { Quoted } from "../../inert/quoted.tsx";
import { Facts, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Time } from "../../ui/time.tsx";
import type { HeldAction } from "./held-card.tsx";
import { ANSWER_WORDS, groupText, placeText } from "./standing-words.ts";

type Line = HeldAction["progress"][number];
type Said = HeldAction["decisions"][number];

/** How far a request is, as it stands now: who must say yes, who did, who is asked, and who is next. */
export function Standing({ action }: { readonly action: HeldAction }) {
  const columns: readonly Column<Line>[] = [
    { title: "Must say yes", cell: ({ group }) => <Quoted text={groupText(group)} /> },
    { title: "Yes so far", cell: ({ given, needed }) => `${given} of ${needed}` },
    { title: "May answer too", cell: (line) => <Steps action={action} line={line} /> },
  ];
  return (
    <Section title="Who answers">
      <Table label="Who must say yes" columns={columns} rows={action.progress} keyOf={({ group }) => group} />
      <Panel>
        <Facts facts={factsOf(action)} />
      </Panel>
    </Section>
  );
}

function factsOf(action: HeldAction): readonly (readonly [string, ReactNode])[] {
  const { asked, askedUntil, decisions, seen, glass, status, people } = action;
  const nameOf: NameOf = (user) => people[user] ?? user;
  const isOpen = status === "requested";
  const names = asked.length === 0 ? "nobody" : <Quoted text={asked.join(", ")} />;
  return [
    ["Asked now", isOpen ? names : null],
    ["That changes", isOpen && askedUntil !== null ? <Time at={askedUntil} /> : null],
    ["Answers", decisions.length === 0 ? "none yet" : <Answers said={decisions} nameOf={nameOf} />],
    ["Opened by", seen.length === 0 ? null : <Seen seen={seen} nameOf={nameOf} />],
    [
      "In need",
      glass.length === 0 || !isOpen ? null : (
        <>
          <Quoted text={glass.map(groupText).join(" and ")} /> may break the glass
        </>
      ),
    ],
  ];
}

/** Those that were reached, and those that are still to come. */
function Steps({ action, line }: { readonly action: HeldAction; readonly line: Line }) {
  const reached = new Set(line.since.map(({ group, from }) => `${group} ${from}`));
  const steps = action.escalation.filter(({ of }) => of === line.group);
  if (steps.length === 0) return "nobody";
  return (
    <ul>
      {steps.map(({ group, from }) => (
        <li key={`${group} ${from}`}>
          <Quoted text={group} /> {reached.has(`${group} ${from}`) ? "since" : "from"}{" "}
          <Time at={from} isClock />
        </li>
      ))}
    </ul>
  );
}

type NameOf = (user: string) => string;

function Answers({ said, nameOf }: { readonly said: readonly Said[]; readonly nameOf: NameOf }) {
  return (
    <ul>
      {said.map(({ by, answer, at, via, note, standsInFor, stopped }) => (
        <li key={`${by} ${at}`}>
          <Quoted text={nameOf(by)} /> {ANSWER_WORDS[answer] ?? answer}
          {standsInFor.length === 0 ? null : (
            <>
              {" "}
              for <Quoted text={standsInFor.map(nameOf).join(", ")} />
            </>
          )}
          {stopped === null ? null : ` and stopped the ${stopped}`}, <Ago at={at} />, {placeText(via)}
          {note === null ? null : (
            <>
              : “<Quoted text={note} />”
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Seen({ seen, nameOf }: Pick<HeldAction, "seen"> & { readonly nameOf: NameOf }) {
  return (
    <ul>
      {seen.map(({ by, at, via }) => (
        <li key={`${by} ${at}`}>
          <Quoted text={nameOf(by)} />, <Ago at={at} />, {placeText(via)}
        </li>
      ))}
    </ul>
  );
}
