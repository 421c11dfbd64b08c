import "./notice.css";
import type { ReactNode } from "react";
import { Problem } from "../api/problem.ts";
import { messageOf } from "../api/problem.ts";
import { Quoted } from "../inert/quoted.tsx";
import { CommandText } from "./command.tsx";

export function Notice(props: {
  readonly tone?: "wait" | "bad" | "plain" | "good";
  readonly children: ReactNode;
  readonly isAlert?: boolean;
}) {
  const { tone = "wait", children, isAlert = false } = props;
  return (
    <div className={`notice ${tone}`} {...(isAlert ? { role: "alert" } : {})}>
      {children}
    </div>
  );
}

/** What Doorward answered instead: its code, its reason and its remedy, as they are. Nothing for null. */
export function ProblemNotice({ problem }: { readonly problem: unknown }) {
  if (problem === null || problem === undefined) return null;
  return (
    <Notice tone="bad" isAlert>
      <p>{messageOf(problem)}</p>
      {problem instanceof Problem ? (
        <p className="soft small">
          <Quoted text={problem.code} />
        </p>
      ) : null}
    </Notice>
  );
}

/** A form's own place for what went wrong with it; always there, so that it is read out when it fills. */
export function FormProblem({ problem }: { readonly problem: unknown }) {
  return (
    <p className="form-problem" role="alert">
      {problem === null || problem === undefined ? null : messageOf(problem)}
    </p>
  );
}

/** Nothing is here yet: why, and what to type to change that. */
export function EmptyState(props: {
  readonly title: string;
  readonly children?: ReactNode;
  /** A command of Doorward's, exactly as it is typed. */
  readonly command?: string;
}) {
  return (
    <div className="empty">
      <p className="empty-title">{props.title}</p>
      {props.children === undefined ? null : <div className="soft">{props.children}</div>}
      {props.command === undefined ? null : <CommandText text={props.command} />}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="loading" role="status">
      <span className="loading-bar" aria-hidden="true" />
      <span className="unseen">Loading {what}</span>
    </div>
  );
}
