import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "#base";
import type { FollowedText, FollowEnd, Reader } from "#operations";
import { ANSWER_HEADERS, problemJson, problemOf } from "./problem.ts";

/** How long what still waits may take to leave after the last event, before the connection is cut. */
const LAST_EVENT_WAIT_MS = 30_000;

/** Whether the caller asks for server-sent events before anything else. */
export function wantsEvents(request: IncomingMessage): boolean {
  return /^text\/event-stream(;|,|$)/.test(request.headers.accept ?? "");
}

/** One event (HTML Living Standard, 9.2.6). `data` is one line: JSON has no others. */
export function eventText(event: string, data: string, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** The header Last-Event-ID as a ledger index; null without one. Throws `input_invalid`. */
export function lastIndexOf(request: IncomingMessage): number | null {
  const text = request.headers["last-event-id"];
  if (text === undefined || text === "") return null;
  if (typeof text === "string" && /^(-1|\d{1,15})$/.test(text)) return Number(text);
  throw new Fault(
    "input_invalid",
    "Last-Event-ID is no ledger index",
    "Send the id of the last event as it came, or leave the header out.",
  );
}

/**
 * A followed list as server-sent events: `item` with its ledger index as id; an id alone, where nothing was there for
 * this reader up to it; and a last `resume` or `problem`. Nothing is written before the first `take`.
 */
export function eventReader(response: ServerResponse): Reader {
  const begin = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, { ...ANSWER_HEADERS, "content-type": "text/event-stream" });
  };
  return {
    take: (items, at) => {
      begin();
      response.write(`${items.map(itemText).join("")}${positionText(items, at)}`);
    },
    waitingBytes: () => response.writableLength,
    end: (why) => {
      begin();
      response.end(endText(why));
      const cut = setTimeout(() => response.destroy(), LAST_EVENT_WAIT_MS).unref();
      response.once("close", () => clearTimeout(cut));
    },
  };
}

function itemText({ index, text }: FollowedText): string {
  return eventText("item", text, index);
}

/** An event without data is not given to the page, but moves its last event id on. The comment keeps proxies awake. */
function positionText(items: readonly FollowedText[], at: number): string {
  return items.at(-1)?.index === at ? "" : `: here\nid: ${at}\n\n`;
}

function endText(why: FollowEnd): string {
  if (why.kind === "resume") return eventText("resume", JSON.stringify({ after: why.after }), why.after);
  return eventText("problem", JSON.stringify(problemJson(problemOf(why.cause))));
}
