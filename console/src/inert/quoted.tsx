import { oneLine, type Segment, segments } from "./inert.ts";

/**
 * INVARIANT (T19): every word that Doorward did not write is shown through one of these two: text nodes, with what
 * would show as nothing named. Nothing in the console reads markup from a string; Trusted Types forbid it besides.
 */

/** Another's words in one line: a name, a reason. Isolated, so that their direction stays theirs. */
export function Quoted({ text }: { readonly text: string }) {
  return <bdi className="quoted">{shown(oneLine(text))}</bdi>;
}

/** Several of another's words, each in a line of its own. */
export function QuotedList({ words }: { readonly words: readonly string[] }) {
  return (
    <ul>
      {words.map((word) => (
        <li key={word}>
          <Quoted text={word} />
        </li>
      ))}
    </ul>
  );
}

/** Another's words as they are, whole, in a block that scrolls by wheel and by keyboard. */
export function QuotedBlock(props: {
  readonly text: string;
  readonly label: string;
  readonly ref?: React.Ref<HTMLPreElement>;
  /** One of many of its name on a page: no landmark of it. */
  readonly isPart?: boolean;
}) {
  const role = props.isPart === true ? "group" : "region";
  return (
    // A region that scrolls has to be reached by keyboard (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="block" ref={props.ref} tabIndex={0} role={role} aria-label={props.label} dir="ltr">
      {shown(segments(props.text))}
    </pre>
  );
}

/** The pieces of another's words, for places of their own that isolate them: a comparison. */
export function Segments({ of }: { readonly of: readonly Segment[] }) {
  return shown(of);
}

function shown(all: readonly Segment[]) {
  return all.map((segment, at) => {
    if (segment.kind === "text") return segment.text;
    if (segment.kind === "look-alike")
      return <LookAlike key={at} letter={segment.text} name={segment.name} />;
    return (
      <span key={at} className="escape" title="an invisible character, shown by its code">
        {segment.text}
      </span>
    );
  });
}

/** A letter that passes for another: marked for the eye, and named for the pointer and for who listens. */
function LookAlike({ letter, name }: { readonly letter: string; readonly name: string }) {
  return (
    <mark className="look-alike" title={`a look-alike: ${name}`}>
      {letter}
      <span className="unseen">{` (${name})`}</span>
    </mark>
  );
}
