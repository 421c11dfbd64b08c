import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Quoted } from "../../inert/quoted.tsx";
import { Button } from "../../ui/button.tsx";
import { DecisionChip } from "../../ui/chip.tsx";
import { Time } from "../../ui/time.tsx";
import type { Feed, FeedView } from "./feed.ts";
import type { ActionRow } from "./fold.ts";

const ROW_PX = 44;
const ROW_PX_NARROW = 64;
const OVERSCAN = 12;
/** This near to the end, older actions are asked for. */
const OLDER_ROWS = 20;

/** Only what is seen is drawn; it stands still while somebody points at it or is in it by keyboard. */
export function LiveList({ view, feed }: { readonly view: FeedView; readonly feed: Feed }) {
  const { rows, waiting, hasOlder } = view;
  const place = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const isNarrow = useNarrow();
  useLayoutEffect(() => setTop(place.current?.offsetTop ?? 0), []);
  const size = isNarrow ? ROW_PX_NARROW : ROW_PX;
  const list = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => size,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (at) => rows[at]?.action ?? at,
  });
  useEffect(() => list.measure(), [list, size]);
  const drawn = list.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && last >= rows.length - OLDER_ROWS) feed.older();
  }, [feed, hasOlder, last, rows.length]);
  const still = useStill(feed);
  return (
    <div className="feed" {...still}>
      <NewOnes count={waiting} show={() => catchUp(feed)} />
      <ul
        className="feed-list"
        aria-label="Actions, newest first"
        ref={place}
        style={{ height: list.getTotalSize() }}
      >
        {drawn.map(({ index, key, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <li
              key={key}
              className="feed-row"
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              style={{ height: size, transform: `translateY(${start - top}px)` }}
            >
              <Row row={row} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Shows what came, from the top, and stands still again until the pointer and the focus are gone. */
function catchUp(feed: Feed): void {
  feed.hold(false);
  feed.hold(true);
  window.scrollTo({ top: 0 });
}

function NewOnes({ count, show }: { readonly count: number; readonly show: () => void }) {
  return (
    <div className="feed-new" role="status">
      {count === 0 ? null : (
        <Button kind="primary" onPress={show}>
          {count} new
        </Button>
      )}
    </div>
  );
}

/** One action in one line (two on a phone); the whole of it is a link. */
function Row({ row }: { readonly row: ActionRow }) {
  return (
    <Link to="/actions/$action" params={{ action: row.action }} className="feed-link">
      <span className="feed-time">
        <Time at={row.at} isClock />
      </span>
      <DecisionChip verdict={row.verdict} />
      <span className="feed-what">
        <Quoted text={row.agent} />
        <span className="soft"> → </span>
        <Quoted text={row.name === null ? row.server : `${row.server}/${row.name}`} />
      </span>
      <span className="feed-rule soft">
        <Quoted text={row.policies.length === 0 ? (row.code ?? "") : row.policies.join(", ")} />
      </span>
      <span className="feed-end soft">{endingOf(row)}</span>
    </Link>
  );
}

function endingOf({ status, durationMs, tokens }: ActionRow): string {
  const parts = [
    status,
    tokens === null ? null : `${tokens.toLocaleString("en")} tokens`,
    durationMs === null ? null : `${durationMs.toLocaleString("en")} ms`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

/** Stands still under the pointer and the focus, and goes on when both are gone. */
function useStill(feed: Feed) {
  const reasons = useRef({ pointer: false, focus: false });
  const set = (reason: "pointer" | "focus", is: boolean): void => {
    reasons.current[reason] = is;
    feed.hold(reasons.current.pointer || reasons.current.focus);
  };
  return {
    onPointerEnter: () => set("pointer", true),
    onPointerLeave: () => set("pointer", false),
    onFocus: () => set("focus", true),
    onBlur: (event: FocusEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget)) set("focus", false);
    },
  };
}

const NARROW = "(width < 50rem)";

function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const told = (): void => setNarrow(media.matches);
    media.addEventListener("change", told);
    return () => media.removeEventListener("change", told);
  }, []);
  return isNarrow;
}
