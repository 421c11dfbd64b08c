import "./activity.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Notices } from "../../app/notices.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { createFeed, type FeedView } from "./feed.ts";
import { Filters } from "./filters.tsx";
import { LiveList } from "./list.tsx";
import { type ActivitySearch, activitySearch, commandOf } from "./search.ts";

const STATES = {
  opening: { word: "opening", tone: "plain" },
  live: { word: "live", tone: "good" },
  waiting: { word: "reconnecting", tone: "wait" },
  ended: { word: "stopped", tone: "bad" },
} as const;

/** What happens at the doors, as it happens. */
export function ActivityPage() {
  const search = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const { agent, server, door, verdict } = search;
  const feed = useMemo(
    () => createFeed(activitySearch({ agent, server, door, verdict })),
    [agent, server, door, verdict],
  );
  useEffect(() => feed.start(), [feed]);
  const view = useSyncExternalStore(feed.subscribe, feed.view);
  const isThere = view.state !== "opening";
  useEffect(() => {
    // What `npm run bench:console` reads: from here on the page can be used.
    if (isThere) performance.mark("doorward-interactive");
  }, [isThere]);
  return (
    <>
      <PageHead title="Activity" aside={<StatusChip {...STATES[view.state]} />}>
        Every action an agent attempted, what was decided, and by which rule.
      </PageHead>
      <Notices />
      <Filters search={search} change={(next) => void navigate({ search: next, replace: true })} />
      <ProblemNotice problem={view.problem} />
      {view.rows.length === 0 ? (
        <Nothing view={view} search={search} />
      ) : (
        <LiveList view={view} feed={feed} />
      )}
    </>
  );
}

function Nothing({ view, search }: { readonly view: FeedView; readonly search: ActivitySearch }) {
  if (view.state === "opening") return <Loading what="activity" />;
  if (Object.keys(search).length > 0) {
    return (
      <EmptyState title="Nothing matches" command={commandOf(search)}>
        Nothing that is still on record was narrowed to all of this; what comes and matches appears here. In a
        terminal:
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No agent has asked for anything yet" command="doorward agents add NAME">
      Make an agent, and point its client at the address and key that this prints.
    </EmptyState>
  );
}
