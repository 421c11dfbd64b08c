import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { Quoted } from "../../inert/quoted.tsx";
import { DecisionChip } from "../../ui/chip.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Time } from "../../ui/time.tsx";
import type { ActionRow } from "./fold.ts";

const DOOR_ICONS: { readonly [door: string]: IconName } = { llm: "models", mcp: "servers", http: "globe" };

/** Over the list on a desk; each cell says itself what it is, so nobody needs to hear these. */
export function ColumnTitles() {
  return (
    <div className="feed-cells feed-titles" aria-hidden="true">
      <span className="feed-time">Time</span>
      <span className="feed-chip">Decision</span>
      <span className="feed-who">Agent</span>
      <span className="feed-door">Door</span>
      <span className="feed-what">Action</span>
      <span className="feed-rule">Rule</span>
      <span className="feed-end">Ending</span>
    </div>
  );
}

/** One action in one line (two on a phone), and the way to its receipt beside it. */
export const Row = memo(function ActionLine({ row }: { readonly row: ActionRow }) {
  const { door, onBehalfOf, name, server, policies, code } = row;
  return (
    <>
      <Link to="/actions/$action" params={{ action: row.action }} className="feed-cells feed-link">
        <span className="feed-time">
          <Time at={row.at} isClock />
        </span>
        <span className="feed-chip">
          <DecisionChip verdict={row.verdict} />
        </span>
        <span className="feed-who">
          <Quoted text={row.agent} />
          {onBehalfOf === null ? null : (
            <span className="soft">
              {" for "}
              <Quoted text={onBehalfOf} />
            </span>
          )}
        </span>
        <span className="feed-door soft">
          <Icon name={DOOR_ICONS[door ?? ""] ?? "unknown"} size={14} />
          <span className="unseen">{door === null ? "" : `${door} door, `}</span>
          <Quoted text={row.verb} />
        </span>
        <span className="feed-what">
          <Quoted text={name === null ? server : `${server}/${name}`} />
        </span>
        <span className="feed-rule soft">
          <Quoted text={policies.length === 0 ? (code ?? "") : policies.join(", ")} />
        </span>
        <Ending row={row} />
      </Link>
      <Link
        to="/actions/$action"
        params={{ action: row.action }}
        hash="receipt"
        className="feed-receipt"
        title="Receipt"
        aria-label="Receipt"
      >
        <Icon name="ledger" />
      </Link>
    </>
  );
});

/** How it ended, what it counted, how long it took. */
function Ending({ row }: { readonly row: ActionRow }) {
  const { status, verdict, approval, tokens, durationMs } = row;
  const word = status ?? (verdict === "hold" && approval !== null ? "waits" : null);
  return (
    <span className="feed-end soft">
      {word === null ? null : <Quoted text={word} />}
      <span className="feed-measure">
        {tokens === null ? null : `${tokens.toLocaleString("en")} tok`}
        {tokens === null || durationMs === null ? null : " · "}
        {durationMs === null ? null : `${durationMs.toLocaleString("en")} ms`}
      </span>
    </span>
  );
}
