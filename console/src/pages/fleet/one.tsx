import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted, QuotedList } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { CheckField, SelectField } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { factsOf, KINDS, type Machine, stateOf, type Thing } from "./words.ts";

const EVERY_MS = 10_000;
const MACHINES_MAX = 200;
const LIMIT = 200;
const ALL = "";
const BACK = { to: "/fleet", title: "Fleet" } as const;

const COLUMNS: readonly Column<Thing>[] = [
  { title: "What", cell: ({ kind, what }) => <Quoted text={`${kind} ${what}`} /> },
  { title: "Name", cell: ({ name }) => <Quoted text={name} /> },
  {
    title: "Now",
    cell: ({ state, warnings }) => {
      if (state === "gone") return <StatusChip word="gone" tone="plain" />;
      return warnings.length === 0 ? (
        <StatusChip word="here" tone="good" />
      ) : (
        <StatusChip word="mind" tone="wait" />
      );
    },
  },
  { title: "Known by", cell: (thing) => <Grounds thing={thing} />, isProse: true },
  { title: "Changed", cell: ({ changedAt }) => <Time at={changedAt} />, isWideOnly: true },
];

/** One machine: what its sensor says of it, and what is on it. */
export function MachinePage() {
  const { machine } = useParams({ from: "/fleet/$machine" });
  const { data, error, isPending } = useLook(
    "/fleet/machines",
    { limit: MACHINES_MAX },
    { everyMs: EVERY_MS },
  );
  const own = data?.items.find(({ name }) => name === machine);
  return (
    <>
      <DetailHead name={machine} back={BACK} aside={own === undefined ? null : <Remove name={machine} />} />
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the machine" /> : null}
      {own === undefined ? null : <About machine={own} />}
      <Found machine={machine} />
    </>
  );
}

function About({ machine }: { readonly machine: Machine }) {
  const { word, tone } = stateOf(machine);
  const told = machine.machine;
  return (
    <Section title="About it">
      <Panel>
        <Facts
          facts={[
            ["Sensor", <StatusChip word={word} tone={tone} />],
            ["Heard", machine.heardAt === null ? "never" : <Time at={machine.heardAt} />],
            ["It calls itself", told === null ? null : <Quoted text={told.name} />],
            ["Runs as", told === null ? null : <Quoted text={told.user} />],
            ["System", told === null ? null : <Quoted text={`${told.platform} ${told.release}`} />],
            ["Doorward", told === null ? null : <Quoted text={told.doorward} />],
            ["Events it lost", machine.lost === 0 ? null : machine.lost],
            ["Answers for it", <Quoted text={machine.owner} />],
            ["Added", <Time at={machine.addedAt} />],
          ]}
        />
      </Panel>
    </Section>
  );
}

function Found({ machine }: { readonly machine: string }) {
  const { kind, gone = false } = useSearch({ from: "/fleet/$machine" });
  const navigate = useNavigate({ from: "/fleet/$machine" });
  const query = { limit: LIMIT, machine, gone, ...(kind === undefined ? {} : { kind }) };
  const { data, error, isPending } = useLook("/fleet/found", query, { everyMs: EVERY_MS });
  const go = (next: { kind?: string; gone?: boolean }): void => {
    const one = KINDS.find(({ value }) => value === (next.kind ?? kind))?.value;
    const search = {
      ...(next.kind === ALL || one === undefined ? {} : { kind: one }),
      ...((next.gone ?? gone) ? { gone: true as const } : {}),
    };
    void navigate({ search, replace: true });
  };
  return (
    <Section title="On it" {...(data === undefined ? {} : { count: data.items.length })}>
      <div className="page-filter">
        <SelectField
          label="Kind"
          value={kind ?? ALL}
          options={[{ value: ALL, word: "everything" }, ...KINDS]}
          onChange={(value) => go({ kind: value })}
        />
        <CheckField
          label="Show what is gone, too"
          isChecked={gone}
          onChange={(value) => go({ gone: value })}
        />
      </div>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="what is on it" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="Nothing of that kind" command="doorward sensor --once">
          Nothing has been told of it, or nothing is there. On the machine, this looks and tells at once.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="What is on it" columns={COLUMNS} rows={data.items} keyOf={({ key }) => key} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </Section>
  );
}

function Grounds({ thing }: { readonly thing: Thing }) {
  const { where, grounds, warnings, confidence } = thing;
  const facts = factsOf(thing);
  return (
    <>
      <p>
        <Quoted text={where} />
      </p>
      <p className="soft small">
        {confidence}: <Quoted text={grounds.map(({ says }) => says).join("; ")} />
      </p>
      {facts.length === 0 ? null : (
        <p className="soft small">
          <Quoted text={facts.map(([name, text]) => `${name} ${text}`).join(" · ")} />
        </p>
      )}
      {warnings.length === 0 ? null : <QuotedList words={warnings} />}
    </>
  );
}

function Remove({ name }: { readonly name: string }) {
  const { roles } = usePerson();
  const write = useWrite();
  const navigate = useNavigate();
  if (!roles.includes("admin")) return null;
  const act = async (): Promise<boolean> => {
    const what = `take no more reports of ${name}`;
    const isDone = await write({ what, done: "Machine removed", stale: ["/fleet/machines"] }, () =>
      change("/fleet/remove-sensor", { name }),
    );
    if (isDone) await navigate({ to: "/fleet" });
    return isDone;
  };
  return (
    <DangerButton label="Remove" title="Remove this machine" confirm="Remove it" act={act}>
      <p>
        Nothing that the sensor of <Quoted text={name} /> tells is taken any more. What it told stays on
        record, and counts as gone.
      </p>
    </DangerButton>
  );
}
