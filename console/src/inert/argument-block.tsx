import "./argument-block.css";
import { useEffect, useRef } from "react";
import type { ArgumentView } from "./arguments.ts";
import { Quoted, QuotedBlock } from "./quoted.tsx";

/** One argument, whole, in a block of its own. `seen` is told once its end has been brought into view. */
export function ArgumentBlock(props: { readonly view: ArgumentView; readonly seen?: () => void }) {
  const { view, seen } = props;
  const block = useRef<HTMLPreElement>(null);
  useSeenToEnd(block, seen);
  return (
    <figure className="argument">
      <figcaption>
        <Quoted text={view.name === "" ? '""' : view.name} />
        <span>{view.type}</span>
      </figcaption>
      <QuotedBlock text={view.text} label={`Argument ${view.name}`} ref={block} isPart />
    </figure>
  );
}

/** Calls `seen` once the end of a scrolling block has been brought into its view. */
function useSeenToEnd(place: React.RefObject<HTMLElement | null>, seen: (() => void) | undefined): void {
  const latest = useRef(seen);
  latest.current = seen;
  useEffect(() => {
    const block = place.current;
    if (block === null || latest.current === undefined) return undefined;
    const stop = (): void => {
      observer.disconnect();
      block.removeEventListener("scroll", check);
    };
    const check = (): void => {
      if (block.clientHeight === 0 || block.scrollTop + block.clientHeight < block.scrollHeight - 2) return;
      stop();
      latest.current?.();
    };
    const observer = new ResizeObserver(check);
    observer.observe(block);
    block.addEventListener("scroll", check, { passive: true });
    return stop;
  }, [place]);
}
