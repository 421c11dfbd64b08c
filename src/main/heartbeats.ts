import { bearerOf } from "#identity";
import { createWatching, HEARTBEAT_PATH } from "#operations";
import { type Handler, sendProblem } from "./listener.ts";

/** Well below the shortest time that a monitor can have. */
const LOOK_EVERY_MS = 500;

export interface Heartbeats {
  /** POST with a monitor's key; 204. It reads no body and answers nothing that helps to guess. */
  readonly handle: Handler;
  readonly close: () => Promise<void>;
}

export function startHeartbeats(
  parts: Parameters<typeof createWatching>[0],
  report: (event: string, detail: unknown) => void,
): Heartbeats {
  const watching = createWatching(parts);
  let looking: Promise<void> | null = null;
  const look = (): void => {
    looking ??= watching
      .look()
      .catch((cause: unknown) => report("monitors_not_watched", cause))
      .finally(() => (looking = null));
  };
  // At once: what an earlier process left waiting under a stop is withdrawn before anybody can look at it.
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    handle: (request, response) => {
      if (request.url !== HEARTBEAT_PATH) return false;
      const key = bearerOf(request.headers.authorization);
      if (request.method === "POST" && key !== null && watching.heard(key)) {
        response.writeHead(204, { "cache-control": "no-store" }).end();
        request.resume();
        return true;
      }
      sendProblem(response, {
        status: 401,
        code: "monitor_unknown",
        detail: "this is no heartbeat of a monitor",
        remedy: "Send POST with Authorization: Bearer and the key that `doorward stops add-monitor` showed.",
      });
      request.resume();
      return true;
    },
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
