import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useLook } from "../../api/queries.ts";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import type { Settled } from "./decide.ts";
import { Deciding } from "./page.tsx";

const ENDED: { readonly [status: string]: Settled } = {
  approved: { how: "Approved.", tone: "good" },
  consumed: { how: "Approved, and done.", tone: "good" },
  denied: { how: "Denied.", tone: "bad" },
  expired: { how: "Expired before anybody decided.", tone: "plain" },
  withdrawn: { how: "Withdrawn.", tone: "plain" },
};

/** One request for a human yes, by its own address. */
export function ApprovalPage() {
  const { approval } = useParams({ from: "/approvals/$approval" });
  const { data, error } = useLook("/approvals/get", { approval }, { isFixed: true });
  const [settled, settle] = useState<Settled | null>(null);
  const ended =
    data === undefined || data.status === "requested" ? null : (ENDED[data.status] ?? other(data.status));
  return (
    <>
      <PageHead title="Approval" aside={<Link to="/approvals">All that wait</Link>} />
      <ProblemNotice problem={error} />
      {data === undefined ? null : (
        <>
          <Deciding level={2} action={data} settled={settled ?? ended} settle={settle} />
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

function other(status: string): Settled {
  return { how: `It is ${status}.`, tone: "plain" };
}
