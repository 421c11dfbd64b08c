import "./diff.css";
import { segments } from "../../inert/inert.ts";
import { Segments } from "../../inert/quoted.tsx";
import type { Piece } from "./diff.ts";

const SIGNS = { same: " ", gone: "−", new: "+" } as const;
const SPOKEN = { same: "", gone: "Removed: ", new: "Added: " } as const;

/** Two texts in one, whole: what was struck out, what is new marked, by sign and word besides colour (T19). */
export function DiffBlock(props: {
  readonly title: string;
  /** Whose two texts they are. */
  readonly of: string;
  readonly pieces: readonly Piece[];
  /** `lines`: each piece is a line; `words`: they follow each other. */
  readonly by: "lines" | "words";
}) {
  const { title, pieces, by } = props;
  const [gone, added] = [countOf(pieces, "gone"), countOf(pieces, "new")];
  return (
    <figure className="argument">
      <figcaption>
        <span>{title}</span>
        <span>{gone + added === 0 ? "unchanged" : `${gone} removed, ${added} added`}</span>
      </figcaption>
      {/* A region that scrolls has to be reached by keyboard (WCAG 2.1.1). */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre
        className={`block diff ${by}`}
        tabIndex={0}
        role="region"
        aria-label={`${title}: ${props.of}`}
        dir="ltr"
      >
        {pieces.map((piece, at) => (
          <PieceText key={at} piece={piece} by={by} />
        ))}
      </pre>
    </figure>
  );
}

function PieceText({ piece: { kind, text }, by }: { readonly piece: Piece; readonly by: "lines" | "words" }) {
  const said = <Segments of={segments(text)} />;
  const isLine = by === "lines";
  const sign = isLine ? <span className="diff-sign">{SIGNS[kind]}</span> : null;
  if (kind === "same") {
    return (
      <span className="diff-piece">
        {sign}
        {said}
      </span>
    );
  }
  const Mark = kind === "gone" ? "del" : "ins";
  return (
    <Mark className={`diff-piece ${kind}`}>
      {sign}
      <span className="unseen">{SPOKEN[kind]}</span>
      {said}
    </Mark>
  );
}

function countOf(pieces: readonly Piece[], kind: Piece["kind"]): number {
  return pieces.filter((piece) => piece.kind === kind).length;
}
