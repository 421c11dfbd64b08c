import "./page.css";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId } from "react";
import { plain } from "../inert/inert.ts";
import { Quoted } from "../inert/quoted.tsx";

/** What every page begins with; also the tab's title. `aside`: controls at its end. */
export function PageHead(props: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly aside?: ReactNode;
}) {
  useTabTitle(props.title);
  return (
    <header className="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.children === undefined ? null : <p className="soft">{props.children}</p>}
      </div>
      {props.aside === undefined ? null : <div className="row">{props.aside}</div>}
    </header>
  );
}

/** What the page of one thing begins with: the way back to all of them, and its name, which is never ours (T19). */
export function DetailHead(props: {
  readonly name: string;
  readonly back: {
    readonly to: "/agents" | "/servers" | "/apis" | "/models" | "/fleet" | "/budgets" | "/vault";
    readonly title: string;
  };
  readonly children?: ReactNode;
  readonly aside?: ReactNode;
}) {
  useTabTitle(`${plain(props.name)} · ${props.back.title}`);
  return (
    <header className="page-head">
      <div className="detail-head">
        <Link to={props.back.to} className="back">
          {props.back.title}
        </Link>
        <h1>
          <Quoted text={props.name} />
        </h1>
        {props.children === undefined ? null : <div className="row">{props.children}</div>}
      </div>
      {props.aside === undefined ? null : <div className="row">{props.aside}</div>}
    </header>
  );
}

function useTabTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Doorward`;
  }, [title]);
}

/** A titled part of a page; `count` stands beside its title. */
export function Section(props: {
  readonly title: string;
  readonly count?: number;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>
          {props.title} {props.count === undefined ? null : <span className="count">{props.count}</span>}
        </h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

/** Names and what they are: pairs of `[name, value]`. A value that is null is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A sheet with an edge, for what belongs together. */
export function Panel({ children }: { readonly children: ReactNode }) {
  return <div className="panel">{children}</div>;
}
