import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { change, type Done } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Time } from "../../ui/time.tsx";

type Arrived = Done<"/approvals/arrive">;

/** How whoever reads this came to the page of a request. */
export type Arrival =
  /** Through the console itself. */
  | { readonly kind: "none" }
  | { readonly kind: "asking" }
  | { readonly kind: "known"; readonly arrived: Arrived }
  /** The link is forged, another request's, or somebody else's: nothing is shown for it. */
  | { readonly kind: "refused"; readonly problem: unknown };

/** Exchanges a card's one-time link, once signed in, and takes it out of the address. Asked twice, the same sign-in gets the same answer. */
export function useArrival(approval: string): Arrival {
  const [link] = useState(() => new URLSearchParams(location.search).get("link"));
  const [arrival, arrive] = useState<Arrival>({ kind: link === null ? "none" : "asking" });
  const navigate = useNavigate();
  useEffect(() => {
    if (link === null) return;
    void change("/approvals/arrive", { approval, link })
      .then((arrived) => arrive({ kind: "known", arrived }))
      .catch((problem: unknown) => arrive({ kind: "refused", problem }))
      .finally(() => void navigate({ to: "/approvals/$approval", params: { approval }, replace: true }));
  }, [approval, link, navigate]);
  return arrival;
}

export function ArrivalNotice({ arrival }: { readonly arrival: Arrival }) {
  if (arrival.kind !== "known" || arrival.arrived.state === "over") return null;
  const { state, channel, usedBy, usedAt } = arrival.arrived;
  if (state === "counted")
    return (
      <p className="soft small">
        You came by a card on <Quoted text={channel} />: your answer will name it.
      </p>
    );
  return (
    <Notice>
      This card’s link was used before, by <Quoted text={usedBy ?? "somebody"} />
      {usedAt === null ? null : (
        <>
          {" "}
          <Time at={usedAt} />
        </>
      )}
      . It opens once: your answer counts as any other, and names no card.
    </Notice>
  );
}
