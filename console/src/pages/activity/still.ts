import { type FocusEvent, type PointerEvent, useEffect, useMemo, useRef } from "react";
import type { Feed } from "./feed.ts";

/** Scrolled this far, somebody reads. */
const SCROLLED_PX = 24;

/** Stands still under the pointer, the focus, and once scrolled down; goes on when none of them holds it any more. */
export function useStill(feed: Feed) {
  const reasons = useRef({ pointer: false, focus: false, scroll: false });
  const still = useMemo(() => {
    const set = (changed: Partial<typeof reasons.current>): void => {
      Object.assign(reasons.current, changed);
      const { pointer, focus, scroll } = reasons.current;
      feed.hold(pointer || focus || scroll);
    };
    return {
      scrolled: () => set({ scroll: window.scrollY > SCROLLED_PX }),
      /** Shows what came, from the top; whatever held it has to hold it anew, but for the pointer, which is still there. */
      catchUp: () => {
        feed.hold(false);
        window.scrollTo({ top: 0 });
        set({ focus: false, scroll: false });
      },
      handlers: {
        // A finger is gone when its touch is.
        onPointerEnter: ({ pointerType }: PointerEvent) => set({ pointer: pointerType !== "touch" }),
        onPointerLeave: () => set({ pointer: false }),
        onFocus: () => set({ focus: true }),
        onBlur: (event: FocusEvent<HTMLElement>) => {
          if (!event.currentTarget.contains(event.relatedTarget)) set({ focus: false });
        },
      },
    };
  }, [feed]);
  useEffect(() => {
    // Also for a list that was made anew under a resting pointer or a scrolled window.
    still.scrolled();
    addEventListener("scroll", still.scrolled, { passive: true });
    return () => removeEventListener("scroll", still.scrolled);
  }, [still]);
  return still;
}
