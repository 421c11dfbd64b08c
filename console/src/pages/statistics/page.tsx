import "./page.css";
import { useState } from "react";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Facts, PageHead, Section } from "../../ui/page.tsx";
import { SelectField } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { drillsText, shareOf, shareText, spanText, type Stats, warningWords } from "./words.ts";

const SINCE = [
  { value: "7d", word: "7 days" },
  { value: "30d", word: "30 days" },
  { value: "90d", word: "90 days" },
];

/** How people are asked and how they answer: where asking less, or asking others, is worth a thought. */
export function StatisticsPage() {
  const [since, setSince] = useState("30d");
  const { data, error, isPending } = useLook("/approvals/stats", { since });
  return (
    <>
      <PageHead
        title="Approval statistics"
        aside={<SelectField label="Of the last" value={since} options={SINCE} onChange={setSince} />}
      >
        How people are asked, and how they answer. The fewer the cards, the better each is read.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="statistics" /> : null}
      {data === undefined ? null : <Shown stats={data} />}
    </>
  );
}

function Shown({ stats }: { readonly stats: Stats }) {
  if (stats.requests === 0 && stats.drills.asked === 0)
    return <EmptyState title="Nobody was asked in this time">No action waited for a person.</EmptyState>;
  return (
    <>
      {stats.whole ? null : <Notice>There were more requests than are counted; these are the newest.</Notice>}
      <Words title="Worth a look" lines={stats.warnings} />
      <Words title="Could be asked less" lines={stats.suggestions} />
      <Section title="In short">
        <Facts facts={factsOf(stats)} />
      </Section>
      <Section title="People" count={stats.approvers.length}>
        <Table label="People" columns={PEOPLE} rows={stats.approvers} keyOf={({ user }) => user} />
      </Section>
      <Section title="Tools" count={stats.tools.length}>
        <Table label="Tools" columns={TOOLS} rows={stats.tools} keyOf={({ tool }) => tool} />
      </Section>
      <Section title="Rules" count={stats.rules.length}>
        <Table label="Rules" columns={RULES} rows={stats.rules} keyOf={({ policy }) => policy} />
      </Section>
    </>
  );
}

function factsOf(stats: Stats) {
  return [
    ["Requests", `${stats.requests}, ${stats.open} open`],
    ["Half decided within", spanText(stats.medianMs)],
    ["Nine of ten within", spanText(stats.p90Ms)],
    ["Approved", <Share key="approved" share={stats.approvalRate} />],
    ["Answers under 3 s", <Share key="fast" share={shareOf(stats.fast, stats.answers)} isBad />],
    ["Expired unanswered", String(stats.expired)],
    ["Drills", drillsText(stats.drills)],
  ] as const;
}

function Words({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Section title={title} count={lines.length}>
      <ul className="lines-of-words">
        {lines.map((line) => (
          <li key={line}>{plain(line)}</li>
        ))}
      </ul>
    </Section>
  );
}

/** A share as a number, and as a bar for the eye. */
function Share({ share, isBad = false }: { readonly share: number | null; readonly isBad?: boolean }) {
  return (
    <span className="share">
      {shareText(share)}
      <span className="share-bar" aria-hidden="true">
        <span
          className={isBad ? "share-fill bad" : "share-fill"}
          style={{ inlineSize: `${(share ?? 0) * 100}%` }}
        />
      </span>
    </span>
  );
}

const PEOPLE: readonly Column<Stats["approvers"][number]>[] = [
  { title: "Name", cell: ({ user }) => <Quoted text={user} /> },
  { title: "Cards a day", cell: ({ cardsPerDay }) => cardsPerDay.toFixed(1), isNumber: true },
  { title: "Answers", cell: ({ answers }) => answers, isNumber: true },
  { title: "Yes", cell: ({ yes, answers }) => <Share share={shareOf(yes, answers)} /> },
  { title: "Under 3 s", cell: ({ fast, answers }) => <Share share={shareOf(fast, answers)} isBad /> },
  { title: "Half within", cell: ({ medianMs }) => spanText(medianMs), isNumber: true },
  {
    title: "Worth a look",
    cell: (person) => (
      <span className="row">
        {person.warnings.length === 0
          ? "–"
          : warningWords(person).map((word) => <StatusChip key={word} word={word} tone="bad" />)}
      </span>
    ),
  },
];

const TOOLS: readonly Column<Stats["tools"][number]>[] = [
  { title: "Tool", cell: ({ tool }) => <Quoted text={tool} /> },
  { title: "Requests", cell: ({ requests }) => requests, isNumber: true },
  { title: "Same call again", cell: ({ repeats }) => repeats, isNumber: true },
  { title: "Denied", cell: ({ denied }) => denied, isNumber: true },
  {
    title: "Approved",
    cell: ({ approved, denied }) => <Share share={shareOf(approved, approved + denied)} />,
  },
];

const RULES: readonly Column<Stats["rules"][number]>[] = [
  { title: "Rule", cell: ({ policy }) => <Quoted text={policy} /> },
  { title: "Decided", cell: ({ decided }) => decided, isNumber: true },
  { title: "Approved", cell: ({ approved, decided }) => <Share share={shareOf(approved, decided)} /> },
];
