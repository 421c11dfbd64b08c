import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useLook } from "../../api/queries.ts";
import { WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { announce } from "../../ui/toast.tsx";
import type { Settled } from "./decide.ts";
import { Deciding } from "./page.tsx";

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
  return <Request key={approval} approval={approval} />;
}

/** Follows what becomes of it, wherever it is decided. */
function Request({ approval }: { readonly approval: string }) {
  const [isOver, setOver] = useState(false);
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
      {data === undefined ? null : (
        <>
          <Deciding level={2} action={data} settled={ended ?? settled} settle={settle} />
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
