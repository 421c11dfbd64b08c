import { isProblem, type Problem, problemOf } from "./problem.ts";
import { readEvents } from "./events.ts";
import { send } from "./send.ts";

export interface Follower {
  /** One of the list's items, as JSON made it. */
  readonly item: (data: unknown) => void;
  /** `live`: connected; `waiting`: cut, and tried again soon. */
  readonly state: (state: "live" | "waiting") => void;
  /** It will not go on: signed out, or the address is refused. */
  readonly ended: (problem: Problem) => void;
}

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 10_000;

/**
 * Follows a list as it goes on (`Accept: text/event-stream`), over every cut, from the last event that came. Not
 * EventSource, which cannot send the proof. Answers how to stop.
 */
export function follow(path: "/activity", query: URLSearchParams, follower: Follower): () => void {
  const stop = new AbortController();
  void run(path, { query, follower, signal: stop.signal });
  return () => stop.abort();
}

interface Following {
  readonly query: URLSearchParams;
  readonly follower: Follower;
  readonly signal: AbortSignal;
}

async function run(path: string, { query, follower, signal }: Following): Promise<void> {
  let last: string | null = null;
  let pauseMs = PAUSE_MS_MIN;
  const keep = (id: string): void => {
    last = id;
    pauseMs = PAUSE_MS_MIN;
  };
  while (!signal.aborted) {
    const problem = await once(path, { query, follower, signal, last, keep });
    if (signal.aborted) return;
    if (problem !== null && !isPassing(problem)) return follower.ended(problem);
    follower.state("waiting");
    await pause(pauseMs, signal);
    pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
  }
}

/** One connection, to its end. Answers what was said instead, null where it was only cut. */
async function once(
  path: string,
  options: Following & { readonly last: string | null; readonly keep: (id: string) => void },
): Promise<Problem | null> {
  const { query, follower, signal, last, keep } = options;
  const headers = { accept: "text/event-stream", ...(last === null ? {} : { "last-event-id": last }) };
  const url = new URL(`/api/v1${path}?${query}`, location.origin);
  let said: Problem | null = null;
  try {
    const response = await send(new Request(url, { headers, signal }), null);
    if (!response.ok || response.body === null)
      return problemOf(await response.json().catch(() => null), response.status);
    follower.state("live");
    for await (const event of readEvents(response.body)) {
      if (event.id !== null) keep(event.id);
      if (event.name === "item") follower.item(JSON.parse(event.data));
      if (event.name === "problem") said = problemOf(JSON.parse(event.data), response.status);
    }
  } catch {
    return null;
  }
  return said;
}

/** Problems that time mends; any other would be the same the next time. */
function isPassing(problem: Problem): boolean {
  return ["unknown", "unreachable", "followers_too_many"].some((code) => isProblem(problem, code));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
