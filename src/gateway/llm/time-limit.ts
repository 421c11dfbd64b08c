/** A signal for one call, which ends with whoever asked, or after a while. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** To be called when the call is over. */
  readonly lift: () => void;
}

/**
 * Aborts with `asker`, or after `ms` with a `TimeoutError`. By hand, for every call has one: `AbortSignal.any` over
 * `AbortSignal.timeout` takes ten times as long, and leaves weak references behind for the garbage collector.
 */
export function timeLimit(asker: AbortSignal, ms: number): TimeLimit {
  const call = new AbortController();
  const follow = (): void => call.abort(asker.reason);
  const timer = setTimeout(() => call.abort(tookTooLong(ms)), ms).unref();
  if (asker.aborted) follow();
  else asker.addEventListener("abort", follow, { once: true });
  return {
    signal: call.signal,
    lift: () => {
      clearTimeout(timer);
      asker.removeEventListener("abort", follow);
    },
  };
}

function tookTooLong(ms: number): DOMException {
  return new DOMException(`the call took longer than ${ms} ms`, "TimeoutError");
}
