import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useLook } from "../../api/queries.ts";
import { WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { announce } from "../../ui/toast.tsx";
import { type Arrival, ArrivalNotice, useArrival } from "./arrival.tsx";
import type { Settled } from "./decide.ts";
import { SCOPE_WORDS, wishedScope } from "./grant-words.ts";
import { Deciding } from "./page.tsx";
import { Standing } from "./standing.tsx";

const ENDED: { readonly [status: string]: Settled } = {
  approved: { how: "Approved.", tone: "good" },
  consumed: { how: "Approved, and done.", tone: "good" },
  denied: { how: "Denied.", tone: "bad" },
  expired: { how: "Expired before anybody decided.", tone: "plain" },
  withdrawn: { how: "Withdrawn.", tone: "plain" },
};

/** Nothing more becomes of these. An approved one is still to be used, or withdrawn. */
const OVER: ReadonlySet<string> = new Set(["consumed", "denied", "expired", "withdrawn"]);

/** One request for a human yes, by its own address. Another address is another page: nothing of the last one stays. */
export function ApprovalPage() {
  const { approval } = useParams({ from: "/approvals/$approval" });
  return <Arriving key={approval} approval={approval} />;
}

/** What came by a link that Doorward did not make for this request shows nothing of it. */
function Arriving({ approval }: { readonly approval: string }) {
  const [arrivedWith] = useState(() => location.search);
  const arrival = useArrival(approval);
  if (arrival.kind === "asking") return <Loading what="the approval" />;
  if (arrival.kind !== "refused") return <Request {...{ approval, arrival, arrivedWith }} />;
  return (
    <>
      <PageHead title="Approval" aside={<Link to="/approvals">All that wait</Link>} />
      <ProblemNotice problem={arrival.problem} />
    </>
  );
}

/** Follows what becomes of it, wherever it is decided. */
function Request(props: {
  readonly approval: string;
  readonly arrival: Arrival;
  /** The query that the page was opened with. */
  readonly arrivedWith: string;
}) {
  const { approval, arrival, arrivedWith } = props;
  const [isOver, setOver] = useState(false);
  const [wished] = useState(() => wishedScope(arrivedWith));
  const followed = isOver ? {} : { everyMs: WAITING_EVERY_MS };
  const { data, error } = useLook("/approvals/get", { approval }, followed);
  const [settled, settle] = useState<Settled | null>(null);
  const status = data?.status ?? "requested";
  const ended = endedAs(status);
  const how = ended?.how ?? null;
  useEffect(() => setOver(OVER.has(status)), [status]);
  useEffect(() => {
    if (how !== null && settled === null) announce(how);
  }, [how, settled]);
  return (
    <>
      <PageHead title="Approval" aside={<Link to="/approvals">All that wait</Link>} />
      <ProblemNotice problem={error} />
      <ArrivalNotice arrival={arrival} />
      {data === undefined ? null : (
        <>
          {wished === null || data.mayGrant === null ? null : (
            <Notice tone="plain">
              You asked for a yes to more calls like it: {SCOPE_WORDS[wished]}. Read this one, then press
              Approve more like it…: how often and how long is written there before anything is given.
            </Notice>
          )}
          <Deciding level={2} action={data} settled={ended ?? settled} settle={settle} wished={wished} />
          <Standing action={data} />
          <p>
            <Link to="/actions/$action" params={{ action: data.action }}>
              The action, its record and its receipt
            </Link>
          </p>
        </>
      )}
      {data === undefined && error === null ? <Loading what="the approval" /> : null}
    </>
  );
}

function endedAs(status: string): Settled | null {
  if (status === "requested") return null;
  return ENDED[status] ?? { how: `It is ${status}.`, tone: "plain" };
}
