import { useLook } from "../../api/queries.ts";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { ToolFold, toolKey } from "./tool.tsx";

const EVERY_MS = 5_000;
const LIMIT = 200;
/** Those that ask for something to be done come first. */
const ORDER = ["changed", "new", "refused", "accepted", "gone"];

/** Every tool and prompt of one server, or that one agent runs itself. */
export function ToolList({ server, empty }: { readonly server: string; readonly empty: string }) {
  const { data, error, isPending } = useLook("/tools", { server, limit: LIMIT }, { everyMs: EVERY_MS });
  const tools = (data?.items ?? []).toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <div className="fold-list">
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="tools" /> : null}
      {data?.items.length === 0 ? <p className="soft">{empty}</p> : null}
      {tools.map((tool) => (
        <ToolFold key={toolKey(tool)} tool={tool} />
      ))}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </div>
  );
}
