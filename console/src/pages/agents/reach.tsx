import "../../ui/fold.css";
import { type ReactNode, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { Choice } from "../../ui/choice.tsx";
import { EffectChips, StatusChip } from "../../ui/chip.tsx";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { countText, hostsText, REACHES, STAGES, toolsText, underText } from "./reach-words.ts";

type Agent = Answer<"/agents/get">;
type Radius = Answer<"/agents/blast-radius">;
type At = Agent["reach"][number];
type Reach = keyof typeof REACHES;

const EVERY_MS = 30_000;

/** What it could reach, were it to turn against its owner now: counted at each stage, and named at one. */
export function CouldReach({ agent }: { readonly agent: Agent }) {
  const [stage, setStage] = useState(agent.stage);
  return (
    <Section title="What it could reach">
      {agent.reach.length === 0 ? null : (
        <Table
          label="What it could reach at each stage"
          columns={columnsFor(agent.stage)}
          rows={agent.reach}
          keyOf={(at) => at.stage}
        />
      )}
      <div className="row">
        <span className="soft small">In stage</span>
        <Choice
          label="In stage"
          value={stage}
          options={STAGES}
          onChange={(value) => setStage(STAGES.find(({ id }) => id === value)?.id ?? stage)}
        />
      </div>
      <Named agent={agent.name} stage={stage} />
    </Section>
  );
}

function columnsFor(now: string): readonly Column<At>[] {
  return [
    {
      title: "Stage",
      cell: ({ stage }) => (stage === now ? <StatusChip word={`${stage}, now`} tone="good" /> : stage),
    },
    { title: "Tools", cell: toolsText },
    { title: "Hosts", cell: ({ hosts }) => hostsText(hosts) },
    { title: "Models", cell: ({ models }) => models, isNumber: true },
    { title: "Credentials", cell: ({ credentials }) => credentials, isNumber: true },
    { title: "Files", cell: ({ files }) => files },
    {
      title: "Past the doors",
      cell: ({ pastTheDoors }) =>
        pastTheDoors === "open" ? (
          <StatusChip word="open" tone="wait" />
        ) : (
          <StatusChip word="closed" tone="good" />
        ),
    },
    { title: "Last proof", cell: (at) => <Proof of={at} /> },
  ];
}

/** Whether a drill showed that the stage holds, and where the ledger says so. */
function Proof({ of: { proof } }: { readonly of: At }) {
  if (proof === null) return "never tried";
  const { holds, at, entry } = proof;
  return (
    <span className="row">
      <StatusChip word={holds ? "held" : "did not hold"} tone={holds ? "good" : "bad"} />
      <span>
        <Time at={at} /> <span className="soft">entry {entry}</span>
      </span>
    </span>
  );
}

function Named({ agent, stage }: { readonly agent: string; readonly stage: Radius["stage"] }) {
  const { data, error, isPending } = useLook("/agents/blast-radius", { agent, stage }, { everyMs: EVERY_MS });
  if (data === undefined)
    return isPending ? <Loading what="what it could reach" /> : <ProblemNotice problem={error} />;
  const { tools, hosts, models, credentials, folders, stages } = data;
  return (
    <>
      <p className="soft small">
        In {stage}: {stages.find((one) => one.stage === stage)?.says ?? ""}. What is not named is refused.
      </p>
      <div className="fold-list">
        <Kind title="Tools" count={tools.length}>
          <Table label="Tools it could call" columns={TOOLS} rows={tools} keyOf={({ tool }) => tool} />
        </Kind>
        <Kind title="Hosts" count={hosts.length}>
          <Table label="Hosts it could reach" columns={HOSTS} rows={hosts} keyOf={({ host }) => host} />
        </Kind>
        <Kind title="Models" count={models.length}>
          <Table label="Models it could ask" columns={MODELS} rows={models} keyOf={({ model }) => model} />
        </Kind>
        <Kind title="Credentials" count={credentials.length}>
          <Table
            label="Credentials that could be put into what it sends"
            columns={CREDENTIALS}
            rows={credentials}
            keyOf={({ name, owner }) => `${owner} ${name}`}
          />
        </Kind>
        <Kind title="Folders" count={folders.length}>
          <ul>
            {folders.map((folder) => (
              <li key={folder}>
                <Quoted text={folder} />
              </li>
            ))}
          </ul>
        </Kind>
      </div>
    </>
  );
}

function Kind(props: { readonly title: string; readonly count: number; readonly children: ReactNode }) {
  const { title, count, children } = props;
  return (
    <details className="fold">
      <summary>
        <span>{title}</span>
        <span className="soft">{countText(count)}</span>
      </summary>
      <div className="fold-body">{count === 0 ? <p className="soft">None.</p> : children}</div>
    </details>
  );
}

function ReachChip({ reach }: { readonly reach: Reach }) {
  return <StatusChip {...REACHES[reach]} />;
}

const under = ({ under: by }: { readonly under: string }) => {
  const word = underText(by);
  return word ?? <Quoted text={by} />;
};

const TOOLS: readonly Column<Radius["tools"][number]>[] = [
  { title: "Tool", cell: ({ tool }) => <Quoted text={tool} /> },
  { title: "What it does", cell: ({ effects }) => <EffectChips effects={effects} /> },
  { title: "It is", cell: ({ reach }) => <ReachChip reach={reach} /> },
  { title: "With", cell: under },
];
const HOSTS: readonly Column<Radius["hosts"][number]>[] = [
  { title: "Host", cell: ({ host }) => <Quoted text={host} /> },
  { title: "Reading is", cell: ({ read }) => <ReachChip reach={read} /> },
  { title: "Sending is", cell: ({ write }) => <ReachChip reach={write} /> },
  {
    title: "Besides",
    cell: (host) =>
      [host.private ? "private addresses" : "", host.passThrough ? "passed through" : ""]
        .filter((word) => word !== "")
        .join(", ") || "–",
  },
  { title: "With", cell: under },
];
const MODELS: readonly Column<Radius["models"][number]>[] = [
  { title: "Model", cell: ({ model }) => <Quoted text={model} /> },
  { title: "Where", cell: ({ local }) => (local ? "in the house" : "outside") },
  { title: "It is", cell: ({ reach }) => <ReachChip reach={reach} /> },
  { title: "With", cell: under },
];
const CREDENTIALS: readonly Column<Radius["credentials"][number]>[] = [
  { title: "Credential", cell: ({ name }) => <Quoted text={name} /> },
  { title: "Kind", cell: ({ kind }) => <Quoted text={kind} /> },
  { title: "Of", cell: ({ owner }) => <Quoted text={owner} /> },
  { title: "Goes to", cell: ({ to }) => <Quoted text={to.join(", ")} /> },
];
