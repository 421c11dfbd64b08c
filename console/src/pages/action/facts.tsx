import { Link } from "@tanstack/react-router";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { Facts } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { type Action, costText, tokensText } from "./action.ts";

const OUTCOMES: { readonly [outcome: string]: "good" | "bad" | "wait" } = {
  ok: "good",
  error: "bad",
  "not-sent": "wait",
  unknown: "wait",
};

/** Where there is none: what will be, where there may be one. */
const NO_OUTCOME: { readonly [verdict: string]: string } = { allow: "none yet", hold: "none yet" };

type Fact = readonly [string, React.ReactNode];

/** Who, by which way, under which rule, with which end and at which cost. */
export function ActionFacts({ action }: { readonly action: Action }) {
  return <Facts facts={[...askedFacts(action), ...decidedFacts(action), ...endFacts(action)]} />;
}

function askedFacts({ at, onBehalfOf, door, verb, model, session }: Action): readonly Fact[] {
  const behalf = onBehalfOf === null ? "nobody: the agent’s own rights" : <Quoted text={onBehalfOf} />;
  return [
    ["When", <Time key="at" at={at} />],
    ["On behalf of", behalf],
    ["Door", <Quoted key="door" text={door === null ? verb : `${door}, ${verb}`} />],
    ["Model", model === null ? null : <Quoted key="model" text={model} />],
    ["Session", <Quoted key="session" text={session} />],
  ];
}

function decidedFacts(action: Action): readonly Fact[] {
  const { policies, code, approval, grant, stage, bypassable, policySet } = action;
  const isBypassable = bypassable === "yes";
  return [
    [policies.length > 1 ? "Rules" : "Rule", <Rules key="rules" policies={policies} />],
    ["Code", code === null ? null : <Quoted key="code" text={code} />],
    [
      "Held as",
      approval === null ? null : (
        <Link key="held" to="/approvals/$approval" params={{ approval }}>
          <Quoted text={approval} />
        </Link>
      ),
    ],
    [
      "Under the grant",
      grant === null ? null : (
        <Link key="grant" to="/grants">
          <Quoted text={grant} />
        </Link>
      ),
    ],
    [
      "Stage",
      <span key="stage">
        <Quoted text={stage} />
        {isBypassable ? " (bypassable: it runs as Doorward’s own OS user)" : null}
      </span>,
    ],
    ["Policy set", <Quoted key="set" text={policySet} />],
  ];
}

function endFacts({ verdict, outcome, usage, costMicroUsd, policies }: Action): readonly Fact[] {
  const counted = [tokensText(usage), costMicroUsd === null ? null : costText(costMicroUsd)];
  const used = counted.filter((part) => part !== null).join(", ");
  const isBudgeted = used !== "" || policies.some((policy) => policy.startsWith("budget:"));
  return [
    [
      "Outcome",
      outcome === null ? (
        (NO_OUTCOME[verdict] ?? null)
      ) : (
        <StatusChip key="out" word={outcome} tone={OUTCOMES[outcome] ?? "plain"} />
      ),
    ],
    ["Used", used === "" ? null : used],
    [
      "Counted by",
      isBudgeted ? (
        <Link key="budgets" to="/budgets">
          budgets
        </Link>
      ) : null,
    ],
  ];
}

function Rules({ policies }: { readonly policies: readonly string[] }) {
  if (policies.length === 0) return "none: no rule spoke for it, and silence refuses";
  return (
    <ul>
      {policies.map((policy) => (
        <li key={policy}>
          <Quoted text={policy} />
        </li>
      ))}
    </ul>
  );
}
