import "./page.css";
import { type ReactNode, useEffect, useId } from "react";

/** What every page begins with; also the tab's title. `aside`: controls at its end. */
export function PageHead(props: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly aside?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} · Doorward`;
  }, [props.title]);
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
