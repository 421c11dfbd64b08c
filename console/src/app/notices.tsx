import { change } from "../api/client.ts";
import { useLook } from "../api/queries.ts";
import { Quoted } from "../inert/quoted.tsx";
import { useWrite } from "../session/write.ts";
import { ActButton } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";

const EVERY_MS = 10_000;
const SHOWN_MAX = 3;

/** What began, ended or went wrong without this person, until they put it away. */
export function Notices() {
  const write = useWrite();
  const items = useLook("/notices", {}, { everyMs: EVERY_MS }).data?.items ?? [];
  const [newest] = items;
  if (newest === undefined) return null;
  const putAway = async (): Promise<void> => {
    await write({ what: "put your notices away", done: "Put away", stale: ["/notices"] }, () =>
      change("/notices/dismiss", { entry: newest.entry }),
    );
  };
  return (
    <Notice tone="wait">
      <ul className="notices" aria-label="Notices">
        {items.slice(0, SHOWN_MAX).map(({ entry, agent, says, at }) => (
          <li key={entry}>
            <Said agent={agent} says={says} />{" "}
            <span className="soft">
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ul>
      {items.length > SHOWN_MAX ? <p>and {items.length - SHOWN_MAX} more: doorward notices list</p> : null}
      <div className="row">
        <ActButton act={putAway}>Put away</ActButton>
      </div>
    </Notice>
  );
}

/** Ours, but for the agent's name in it. */
function Said({ agent, says }: { readonly agent: string | null; readonly says: string }) {
  const before = `Agent ${agent} `;
  if (agent === null || !says.startsWith(before)) return <Quoted text={says} />;
  return (
    <>
      Agent <Quoted text={agent} /> {says.slice(before.length)}
    </>
  );
}
