import { type RefObject, useEffect, useRef } from "react";
import { isTyping } from "../../ui/typing.ts";
import type { Line } from "./days.ts";

interface Keyed {
  readonly place: RefObject<HTMLElement | null>;
  readonly lines: readonly Line[];
  /** Brings a line into the window, so that it is drawn. */
  readonly show: (at: number) => void;
}

/** How many frames a line that was scrolled to may take to be drawn. */
const FRAMES_MAX = 10;

/** `j` and `k` go down and up the rows from the one that has the focus; `r` goes to its receipt. */
export function useRowKeys(keyed: Keyed): void {
  const latest = useRef(keyed);
  latest.current = keyed;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { place } = latest.current;
      const at = focused(place.current);
      if (event.key === "j") go(latest.current, at, 1);
      else if (event.key === "k") go(latest.current, at, -1);
      else if (event.key === "r" && at !== null) linkAt(place.current, at, ".feed-receipt")?.click();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

function go(keyed: Keyed, from: number | null, step: 1 | -1): void {
  const { lines, show } = keyed;
  const begin = from === null ? 0 : from + step;
  for (let at = begin; at >= 0 && at < lines.length; at += step) {
    if (lines[at]?.kind !== "action") continue;
    show(at);
    focusWhenDrawn(keyed, at, FRAMES_MAX);
    return;
  }
}

function focusWhenDrawn(keyed: Keyed, at: number, frames: number): void {
  const link = linkAt(keyed.place.current, at, ".feed-link");
  if (link !== null) link.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenDrawn(keyed, at, frames - 1));
}

function focused(place: HTMLElement | null): number | null {
  const line = document.activeElement?.closest<HTMLElement>("[data-line]") ?? null;
  return line === null || place?.contains(line) !== true ? null : Number(line.dataset["line"]);
}

function linkAt(place: HTMLElement | null, at: number, which: string): HTMLElement | null {
  return place?.querySelector<HTMLElement>(`[data-line="${at}"] ${which}`) ?? null;
}
