import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { SSE_KEEP_ALIVE } from "#wire";

/** One HTTP response written as server-sent events. */
export interface Outlet {
  readonly isOpen: () => boolean;
  /** Writes event text. A reader too far behind is cut off instead; then, and once closed, this does nothing. */
  readonly write: (text: string) => void;
  readonly end: () => void;
  /** Drops the connection. */
  readonly cut: () => void;
  readonly keepAlive: () => void;
}

const EVENT_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
} as const;

/** Begins an event stream on `response`, whose headers must not have been sent. `backlogBytesMax`: see DoorLimits. */
export function openOutlet(
  response: ServerResponse,
  backlogBytesMax: number,
  headers: OutgoingHttpHeaders = {},
): Outlet {
  response.writeHead(200, { ...EVENT_HEADERS, ...headers });
  response.flushHeaders();
  const isOpen = (): boolean => !response.destroyed && !response.writableEnded;
  const cut = (): void => {
    response.destroy();
  };
  return {
    isOpen,
    cut,
    write: (text) => {
      if (!isOpen()) return;
      if (response.writableLength > backlogBytesMax) cut();
      else response.write(text);
    },
    end: () => {
      if (isOpen()) response.end();
    },
    keepAlive: () => {
      // Only into an empty pipe: for a reader that is behind, a comment proves nothing and costs memory.
      if (isOpen() && response.writableLength === 0) response.write(SSE_KEEP_ALIVE);
    },
  };
}
