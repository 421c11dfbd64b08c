import "../../inert/argument-block.css";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Facts, Panel, Section } from "../../ui/page.tsx";
import { SelectField } from "../../ui/select.tsx";
import type { Piece } from "../servers/diff.ts";
import { DiffBlock } from "../servers/diff-block.tsx";

type Learnt = Answer<"/policy/learn">;

const AGENTS_MAX = 200;

/** What an agent was recorded doing, as the least policy that allows just that. */
export function Learn(props: {
  readonly agent: string | null;
  readonly choose: (agent: string) => void;
  readonly take: (text: string) => void;
}) {
  const { agent, choose, take } = props;
  const { data: agents } = useLook("/agents", { limit: AGENTS_MAX });
  const names = (agents?.items ?? []).map(({ name }) => ({ value: name, word: name }));
  const none = { value: "", word: "choose an agent" };
  return (
    <Section title="Learn from an agent">
      <Panel>
        <SelectField
          label="Actions of the last 7 days, of"
          value={agent ?? ""}
          options={agent === null ? [none, ...names] : names}
          onChange={choose}
        />
      </Panel>
      {agent === null ? null : <Learned agent={agent} take={take} />}
    </Section>
  );
}

function Learned({ agent, take }: { readonly agent: string; readonly take: (text: string) => void }) {
  const { data, error, isPending } = useLook("/policy/learn", { agent, since: "7d" }, { isFixed: true });
  return (
    <>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="what was learned" /> : null}
      {data === undefined ? null : <Proposal learnt={data} take={take} />}
    </>
  );
}

function Proposal({ learnt, take }: { readonly learnt: Learnt; readonly take: (text: string) => void }) {
  const { agent, actions, learned, skipped, left, check, diff, text } = learnt;
  const { allowed, held, denied } = check;
  return (
    <>
      <Panel>
        <Facts
          facts={[
            ["Learned from", `${learned} of ${actions} actions`],
            ["Of these it would", `allow ${allowed}, hold ${held}, refuse ${denied}`],
          ]}
        />
        <LeftOut skipped={skipped} left={left} />
      </Panel>
      <DiffBlock title="What would change in the text" of={agent} pieces={piecesOf(diff)} by="lines" />
      <div className="row">
        <ActButton kind="primary" act={async () => take(text)}>
          Use it as the draft
        </ActButton>
      </div>
    </>
  );
}

function LeftOut({ skipped, left }: Pick<Learnt, "skipped" | "left">) {
  if (skipped.length + left.length === 0) return null;
  return (
    <Notice tone="wait">
      <p>Nothing was learned from:</p>
      <ul>
        {skipped.map(({ reason, count }) => (
          <li key={reason}>
            {count}: <Quoted text={reason} />
          </li>
        ))}
        {left.map(({ target, count, because }) => (
          <li key={target}>
            {count} of <Quoted text={target} />: <Quoted text={because} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const KINDS: Readonly<Record<string, Piece["kind"]>> = { "-": "gone", "+": "new" };

/** The lines of a difference as `policy learn` writes it; the first says where it begins. */
function piecesOf(diff: string): Piece[] {
  return diff.split("\n").map((line) => {
    const kind = KINDS[line.slice(0, 1)];
    return kind === undefined ? { kind: "same", text: line } : { kind, text: line.slice(2) };
  });
}
