import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { Drills } from "./drills.tsx";
import { BeAway, HandOver } from "./forms.tsx";
import { Preferences } from "./preferences.tsx";
import { askedText } from "./words.ts";

type Duty = Item<"/duties">;
type Group = Item<"/duties/now">;

const EVERY_MS = 10_000;
const TONES = { now: "good", coming: "wait", over: "plain" } as const;

const GROUPS: readonly Column<Group>[] = [
  { title: "Group", cell: ({ group }) => <Quoted text={group} /> },
  {
    title: "Would be asked",
    cell: (group) =>
      group.asked.length === 0 ? <StatusChip word="nobody" tone="bad" /> : <Quoted text={askedText(group)} />,
  },
  {
    title: "Away",
    cell: ({ away }) => (away.length === 0 ? "nobody" : <Quoted text={away.join(", ")} />),
  },
];

const DUTIES: readonly Column<Duty>[] = [
  { title: "Away", cell: ({ user }) => <Quoted text={user} /> },
  {
    title: "Duty",
    cell: ({ group }) => (group === null ? "all of theirs" : <Quoted text={group} />),
  },
  { title: "Stands in", cell: ({ to }) => (to === null ? "nobody" : <Quoted text={to} />) },
  { title: "State", cell: ({ state }) => <StatusChip word={state} tone={TONES[state]} /> },
  { title: "From", cell: ({ from }) => <Time at={from} />, isWideOnly: true },
  { title: "Until", cell: ({ until }) => <Time at={until} /> },
  { title: "End it", cell: (duty) => <End duty={duty} /> },
];

/** Who answers requests now, who is away, and when and how much one wants to be asked. */
export function DutiesPage() {
  const { roles } = usePerson();
  const decides = roles.includes("admin") || roles.includes("approver");
  const { data, error, isPending } = useLook("/duties", undefined, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Duties" {...(decides ? { aside: <Acts /> } : {})}>
        Who answers requests, and who stands in for whom.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="duties" /> : null}
      <Now />
      {data === undefined ? null : (
        <Section title="Away or handed over" count={data.items.length}>
          {data.items.length === 0 ? (
            <EmptyState
              title="Everybody is there"
              command="doorward duties hand-over --group finance --to ada --until 14d"
            >
              Whoever goes away says so, and is not asked meanwhile.
            </EmptyState>
          ) : (
            <Table label="Duties" columns={DUTIES} rows={data.items} keyOf={({ id }) => id} />
          )}
        </Section>
      )}
      {decides ? <Preferences /> : null}
      {roles.includes("admin") || roles.includes("auditor") ? <Drills /> : null}
    </>
  );
}

function Acts() {
  return (
    <>
      <BeAway />
      <HandOver />
    </>
  );
}

function Now() {
  const { data, error } = useLook("/duties/now", undefined, { everyMs: EVERY_MS });
  if (error !== null) return <ProblemNotice problem={error} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Who answers now" count={data.items.length}>
      <Table label="Who answers now" columns={GROUPS} rows={data.items} keyOf={({ group }) => group} />
    </Section>
  );
}

function End({ duty: { id, user, to, group } }: { readonly duty: Duty }) {
  const { name, roles } = usePerson();
  const write = useWrite();
  if (user !== name && to !== name && !roles.includes("admin")) return null;
  const what = group === null ? "every duty" : `the duty for ${plain(group)}`;
  return (
    <DangerButton
      label="End"
      title="End it before its time"
      confirm="End it now"
      act={() =>
        write({ what: "end a duty", done: "Ended", stale: ["/duties", "/duties/now"] }, () =>
          change("/duties/end", { duty: id }),
        )
      }
    >
      <p>
        <Quoted text={user} /> has {what} again, and is asked from now on.
      </p>
    </DangerButton>
  );
}
