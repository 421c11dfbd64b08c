/** Who waits for which approval. In memory only: after a restart a waiting client asks again and finds its hold. */
export interface Waiters {
  /** Resolves `changed` when the approval moved, `timeout` after `ms`, `gone` when the signal aborts. */
  readonly wait: (
    approval: string,
    ms: number,
    signal: AbortSignal,
  ) => Promise<"changed" | "timeout" | "gone">;
  readonly wake: (approval: string) => void;
  readonly isWaited: (approval: string) => boolean;
}

/** Longest time that a timer of Node takes; what waits longer is woken then, and looks again. */
const TIMER_MS_MAX = 2_147_483_647;

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wake: (approval) => {
      for (const resume of waiting.get(approval) ?? []) resume();
    },
    isWaited: (approval) => waiting.has(approval),
    wait: (approval, ms, signal) =>
      new Promise((resolve) => {
        const mine = waiting.get(approval) ?? new Set();
        waiting.set(approval, mine);
        const finish = (how: "changed" | "timeout" | "gone"): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", gone);
          mine.delete(changed);
          // Another may have begun to wait since the last of these went.
          if (mine.size === 0 && waiting.get(approval) === mine) waiting.delete(approval);
          resolve(how);
        };
        const changed = (): void => finish("changed");
        const gone = (): void => finish("gone");
        const timer = setTimeout(() => finish("timeout"), Math.min(ms, TIMER_MS_MAX));
        mine.add(changed);
        if (signal.aborted) gone();
        else signal.addEventListener("abort", gone, { once: true });
      }),
  };
}
