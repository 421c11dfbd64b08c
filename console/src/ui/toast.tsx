import "./toast.css";
import { useSyncExternalStore } from "react";
import { StatusChip } from "./chip.tsx";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad" | "plain";
}

const TOASTS_MAX = 3;
const TOAST_MS = 5_000;

let toasts: readonly Toast[] = [];
let made = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const told of listeners) told();
}

/** Says something for a few seconds, to the eye and to screen readers. Nothing that must be read stands here alone. */
export function toast(text: string, tone: Toast["tone"] = "plain"): void {
  made += 1;
  const id = made;
  set([...toasts, { id, text, tone }].slice(-TOASTS_MAX));
  setTimeout(() => set(toasts.filter((one) => one.id !== id)), TOAST_MS);
}

let spoken = "";
/** Says something to people who do not see the page change. */
export function announce(text: string): void {
  // The same words twice are said twice only where the text changes.
  spoken = text === spoken ? `${text}\u00a0` : text;
  for (const told of listeners) told();
}

function subscribe(told: () => void): () => void {
  listeners.add(told);
  return () => listeners.delete(told);
}

/** Where toasts and announcements appear; once per page. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  const words = useSyncExternalStore(subscribe, () => spoken);
  return (
    <>
      <div className="toasts" role="status" aria-live="polite">
        {shown.map(({ id, text, tone }) => (
          <div key={id} className="toast">
            <StatusChip word={text} tone={tone} />
          </div>
        ))}
      </div>
      <p className="unseen" role="status" aria-live="polite">
        {words}
      </p>
    </>
  );
}
