import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CommandText } from "../../ui/command.tsx";
import { type Line, linesOf } from "./days.ts";
import type { Feed, FeedView } from "./feed.ts";
import { useRowKeys } from "./keys.ts";
import { ColumnTitles, Row } from "./row.tsx";
import { ROWS_MAX } from "./rows.ts";
import { useStill } from "./still.ts";

const ROW_PX = 44;
const ROW_PX_NARROW = 68;
const DAY_PX = 32;
const OVERSCAN = 12;
/** This near to the end, older actions are asked for. */
const OLDER_ROWS = 20;
/** What the bars above and below cover. */
const COVERED_PX = 96;

/** Only what is seen is drawn; it stands still while somebody points at it, is in it by keyboard, or has scrolled. */
export function LiveList({ view, feed }: { readonly view: FeedView; readonly feed: Feed }) {
  const { rows, waiting, hasOlder } = view;
  const lines = useMemo(() => linesOf(rows, Date.now()), [rows]);
  const { place, list, top } = useVirtualLines(lines);
  const drawn = list.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && last >= lines.length - OLDER_ROWS) feed.older();
  }, [feed, hasOlder, last, lines.length]);
  const still = useStill(feed);
  useRowKeys({ place, lines, show: (at) => list.scrollToIndex(at, { align: "auto" }) });
  return (
    <div className="feed" {...still.handlers}>
      <NewOnes count={waiting} show={still.catchUp} />
      <ColumnTitles />
      <ul
        className="feed-list"
        aria-label="Actions, newest first"
        ref={place}
        style={{ height: list.getTotalSize() }}
      >
        {drawn.map(({ index, key, start, size }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <li
              key={key}
              className={line.kind === "day" ? "feed-day" : "feed-row"}
              data-line={index}
              style={{ height: size, transform: `translateY(${start - top}px)` }}
            >
              {line.kind === "day" ? line.word : <Row row={line.row} />}
            </li>
          );
        })}
      </ul>
      {rows.length < ROWS_MAX ? null : <NoMore />}
    </div>
  );
}

function useVirtualLines(lines: readonly Line[]) {
  const place = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const isNarrow = useNarrow();
  useLayoutEffect(() => {
    const { y = 0 } = place.current?.getBoundingClientRect() ?? {};
    setTop(y + window.scrollY);
  }, [isNarrow]);
  const row = isNarrow ? ROW_PX_NARROW : ROW_PX;
  const list = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (at) => (lines[at]?.kind === "day" ? DAY_PX : row),
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: COVERED_PX,
    scrollPaddingEnd: COVERED_PX,
    getItemKey: (at) => lines[at]?.key ?? at,
  });
  useEffect(() => list.measure(), [list, row]);
  return { place, list, top };
}

function NewOnes({ count, show }: { readonly count: number; readonly show: () => void }) {
  return (
    <div className="feed-new">
      {count === 0 ? null : (
        <Button kind="primary" onPress={show}>
          {count.toLocaleString("en")} new
        </Button>
      )}
    </div>
  );
}

function NoMore() {
  return (
    <p className="feed-more soft small">
      The newest {ROWS_MAX.toLocaleString("en")} are kept on this page. All of them:{" "}
      <CommandText text="doorward activity list --json" />
    </p>
  );
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
