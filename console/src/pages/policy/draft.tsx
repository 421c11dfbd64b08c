import "./policy.css";
import { useState } from "react";
import { change, type Done } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { ActButton, LinesField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, Section } from "../../ui/page.tsx";
import { Replayed } from "./replayed.tsx";

type Check = Done<"/policy/check">;
type Backtest = Done<"/policy/backtest">;

const CHARACTERS_MAX = 1_000_000;
const DRAFT_ROWS = 16;
const STALE = ["/policy/show", "/policy/history"] as const;

/** A text that is not in force: whether it is valid, what it would have changed, and the way to put it in force. */
export function Draft(props: {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly inForce: string;
}) {
  const { text, inForce } = props;
  const [checked, setChecked] = useState<Check | null>(null);
  const [replayed, setReplayed] = useState<Backtest | null>(null);
  const setText = (next: string): void => {
    props.setText(next);
    setChecked(null);
    setReplayed(null);
  };
  const isReady = text.trim() !== "";
  return (
    <Section title="A draft">
      <Panel>
        <div className="policy-text">
          <LinesField
            label="Text"
            value={text}
            onChange={setText}
            isRequired={false}
            charactersMax={CHARACTERS_MAX}
            rows={text === "" ? 3 : DRAFT_ROWS}
            hint="Cedar. Nothing changes before you put it in force."
          />
        </div>
        <div className="row">
          {isReady ? (
            <>
              <ActButton act={async () => setChecked(await change("/policy/check", { text }))}>
                Check
              </ActButton>
              <ActButton
                act={async () => setReplayed(await change("/policy/backtest", { text, since: "30d" }))}
              >
                Replay 30 days
              </ActButton>
            </>
          ) : (
            <ActButton act={async () => setText(inForce)}>Begin with what is in force</ActButton>
          )}
        </div>
        {checked === null ? null : <Checked check={checked} />}
      </Panel>
      {replayed === null ? null : (
        <>
          <Replayed report={replayed} />
          <Activate text={text} report={replayed} />
        </>
      )}
    </Section>
  );
}

function Checked({ check: { ok, problems, warnings, policies } }: { readonly check: Check }) {
  if (ok && warnings.length === 0)
    return <Notice tone="good">It is valid: {policies.length} rules that fit the accepted tools.</Notice>;
  return (
    <Notice tone={ok ? "wait" : "bad"}>
      <p>{ok ? "It is valid, and:" : "It is not valid:"}</p>
      <ul>
        {[...problems, ...warnings].map(({ message, line, policy }, at) => (
          <li key={at}>
            {line === undefined ? null : `line ${line}: `}
            {policy === undefined ? null : (
              <>
                <Quoted text={policy} />:{" "}
              </>
            )}
            <Quoted text={message} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Only after what it changes was shown: the confirmation names just these kinds of change. */
function Activate({ text, report }: { readonly text: string; readonly report: Backtest }) {
  const write = useWrite();
  const act = async (): Promise<void> => {
    const { confirmation, policySet } = report;
    await write(
      { what: `put the policy set ${policySet.slice(0, 19)}… in force`, done: "In force", stale: STALE },
      () => change("/policy/activate", { text, backtest: confirmation, note: "from the console" }),
    );
  };
  return (
    <div className="row">
      <ActButton kind="primary" act={act}>
        Put it in force
      </ActButton>
    </div>
  );
}
