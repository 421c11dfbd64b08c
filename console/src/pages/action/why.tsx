import { Link } from "@tanstack/react-router";
import { Quoted } from "../../inert/quoted.tsx";
import { CommandText } from "../../ui/command.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { Action } from "./action.ts";

const TONES = { deny: "bad", hold: "wait", allow: "plain" } as const;
const TITLES = {
  deny: "Why it was refused",
  hold: "Why it was held",
  allow: "What policy would have said, were the agent not only observed",
} as const;

/** Why it was stopped, and what would help: as the agent was told. Nothing of what was simply allowed. */
export function Why({ action }: { readonly action: Action }) {
  const { reason, remedy, doubts, id, approval, outcome } = action;
  const verdict = verdictOf(action.verdict);
  if (verdict === "allow" && (reason === null || action.stage !== "observe")) return null;
  return (
    <Notice tone={TONES[verdict]}>
      <h3>{TITLES[verdict]}</h3>
      {reason === null ? (
        <p>What the agent was told is not kept, was destroyed, or is not yours to see.</p>
      ) : (
        <p>
          <Quoted text={reason} />
        </p>
      )}
      {remedy === null ? null : (
        <p>
          <span className="soft">What helps: </span>
          <Quoted text={remedy} />
        </p>
      )}
      {doubts.length === 0 ? null : (
        <ul>
          {doubts.map(({ words }) => (
            <li key={words}>
              <Quoted text={words} />
            </li>
          ))}
        </ul>
      )}
      {verdict === "hold" && approval !== null && outcome === null ? (
        <p>
          <Link to="/approvals/$approval" params={{ approval }}>
            To the decision
          </Link>
        </p>
      ) : null}
      <div className="row small">
        <span className="soft">What today’s policy says of it, rule by rule:</span>
        <CommandText text={`doorward policy why ${id}`} />
      </div>
    </Notice>
  );
}

function verdictOf(verdict: string): keyof typeof TONES {
  return verdict === "allow" || verdict === "hold" ? verdict : "deny";
}
