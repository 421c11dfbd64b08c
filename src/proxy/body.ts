import type { Readable } from "node:stream";
import type { Ambient } from "#base";
import { bodyTooLarge, clientGone, tooSlow } from "./faults.ts";
import type { ProxyLimits } from "./limits.ts";
import type { ProxiedBody } from "./port.ts";

export interface BodyOptions {
  readonly stream: Readable;
  readonly declaredBytes: number | null;
  readonly limits: ProxyLimits;
  readonly monotonic: Ambient["monotonic"];
  /** Told before the first byte is waited for: `Expect: 100-continue` is answered then. */
  readonly begin: () => void;
}

/** Throws `proxy_body_too_large` before anything is read where the length says so. */
export function clientBody(options: BodyOptions): ProxiedBody {
  const { declaredBytes, limits } = options;
  if ((declaredBytes ?? 0) > limits.bodyBytesMax) throw bodyTooLarge(limits.bodyBytesMax);
  return { declaredBytes, chunks: () => chunksOf(options) };
}

async function* chunksOf({ stream, limits, monotonic, begin }: BodyOptions): AsyncGenerator<Uint8Array> {
  begin();
  const arrivals = listen(stream);
  let [bytes, waitedMs] = [0, 0];
  try {
    for (;;) {
      for (let chunk = take(stream); chunk !== null; chunk = take(stream)) {
        bytes = within(bytes + chunk.length, limits.bodyBytesMax);
        yield chunk;
      }
      if (stream.readableEnded) return;
      if (stream.destroyed || stream.readableAborted) throw clientGone();
      const graceMs = limits.bodyGraceMs + (bytes * 1_000) / limits.bodyBytesPerSecond - waitedMs;
      const since = monotonic();
      if (!(await arrivals.next(Math.min(limits.bodyIdleMs, graceMs)))) throw tooSlow("the request's body");
      waitedMs += monotonic() - since;
    }
  } finally {
    arrivals.close();
  }
}

function within(bytes: number, bytesMax: number): number {
  if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
  return bytes;
}

function take(stream: Readable): Buffer | null {
  const chunk: unknown = stream.read();
  return chunk instanceof Buffer ? chunk : null;
}

/** Reads on for a moment and forgets it, so that the client comes to read its answer. */
export async function drainBody(
  stream: Readable,
  { limits, monotonic }: Pick<BodyOptions, "limits" | "monotonic">,
): Promise<void> {
  const arrivals = listen(stream);
  const until = monotonic() + limits.drainMs;
  for (let bytes = 0; bytes < limits.drainBytesMax; ) {
    const chunk = take(stream);
    if (chunk !== null) bytes += chunk.length;
    else if (stream.readableEnded || stream.destroyed) break;
    else if (!(await arrivals.next(Math.max(0, until - monotonic())))) break;
  }
  arrivals.close();
}

interface Arrivals {
  /** False: nothing happened in time. */
  readonly next: (ms: number) => Promise<boolean>;
  readonly close: () => void;
}

const EVENTS = ["readable", "end", "close", "error", "aborted"] as const;

function listen(stream: Readable): Arrivals {
  let [wake, isNews] = [(): void => {}, false];
  const tell = (): void => {
    isNews = true;
    wake();
  };
  for (const event of EVENTS) stream.on(event, tell);
  return {
    next: async (ms) => {
      if (!isNews) await sleep(ms, (woken) => (wake = woken));
      const came = isNews;
      isNews = false;
      return came;
    },
    close: () => {
      // An error that nobody listens for any more would end the process.
      for (const event of EVENTS) if (event !== "error") stream.off(event, tell);
    },
  };
}

function sleep(ms: number, wakeable: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wakeable(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
