import { Quoted } from "../../inert/quoted.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { type Action, tookText } from "./action.ts";
import { stepOf } from "./story.ts";

/** The action's entries in the ledger as what happened, first to last. */
export function Timeline({ action }: { readonly action: Action }) {
  return (
    <Panel>
      <h2>What happened</h2>
      <ol className="story">
        {action.entries.map((entry) => (
          <li key={entry.index} className="story-step">
            <EntryStep entry={entry} action={action} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function EntryStep(props: { readonly entry: Action["entries"][number]; readonly action: Action }) {
  const { entry, action } = props;
  const { word, icon, tone } = stepOf(entry);
  const took = entry.kind === "outcome" ? action.durationMs : null;
  return (
    <>
      <span className={`story-mark ${tone}`}>
        <Icon name={icon} size={12} />
      </span>
      <div>
        <p className="story-word">
          {word === entry.kind ? <Quoted text={word} /> : word}
          {took === null ? null : ` after ${tookText(took)}`}
          {entry.by === null ? null : (
            <>
              {" by "}
              <Quoted text={entry.by} />
            </>
          )}
        </p>
        {entry.policies.length === 0 ? null : (
          <p className="soft">
            <Quoted text={entry.policies.join(", ")} />
          </p>
        )}
        <p className="story-when">
          <Time at={entry.at} />
          <span>entry {entry.index.toLocaleString("en")}</span>
        </p>
      </div>
    </>
  );
}
