import { useEffect, useState } from "react";
import { agoText, untilText } from "./until.ts";

const TICK_MS = 1_000;

/** The time of day, again every second; pages show ages and waits with it. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** How long until an instant (ISO 8601), counting down. */
export function Until({ at }: { readonly at: string }) {
  const now = useNow();
  return <time dateTime={at}>{untilText(Date.parse(at), now)}</time>;
}

/** How long ago an instant was (ISO 8601). */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={at}>
      {agoText(Date.parse(at), now)}
    </time>
  );
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** An instant (ISO 8601) in the reader's own time zone; `isClock`: the time of day alone. */
export function Time({ at, isClock = false }: { readonly at: string; readonly isClock?: boolean }) {
  const when = new Date(at);
  const text = isClock ? CLOCK.format(when) : `${DAY.format(when)}, ${CLOCK.format(when)}`;
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}
