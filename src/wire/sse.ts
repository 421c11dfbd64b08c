import { Fault } from "#base";

// Server-sent events: WHATWG HTML, section 9.2.

/** One event as it arrived. `id` is the last id seen on the stream, as the standard has it. */
export interface SseEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A comment line: keeps proxies and clients from taking silence for death. */
export const SSE_KEEP_ALIVE = ": still here\n\n";

/** The bytes of one event. `data` is split at line ends, as one `data:` line each; ids hold no line ends or NUL. */
export function sseEvent(data: string, fields: { id?: string; retryMs?: number } = {}): string {
  const id = fields.id === undefined ? "" : `id: ${fields.id}\n`;
  const retry = fields.retryMs === undefined ? "" : `retry: ${fields.retryMs}\n`;
  // JSON text has no raw line ends, so the common case costs no split.
  const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/).join("\ndata: ") : data;
  return `${id}${retry}data: ${lines}\n\n`;
}

export interface SseParser {
  /** Feeds text in pieces of any size; returns the events completed by it. Throws `sse_event_too_large`. */
  readonly push: (text: string) => SseEvent[];
  /** The server's last `retry:`, in milliseconds. */
  readonly retryMs: () => number | null;
  /** The last `id:` seen, of an event without data too: what `Last-Event-ID` says when the stream is resumed. */
  readonly lastId: () => string | null;
}

interface ParserState {
  /** The unfinished last line. A rope until a line end arrives, so that small pieces cost no copying. */
  rest: string;
  endsInCr: boolean;
  data: string[];
  units: number;
  event: string;
  id: string | null;
  retry: number | null;
}

/** A parser that holds at most `eventUnitsMax` UTF-16 units of an unfinished event. Input is already decoded UTF-8. */
export function createSseParser(eventUnitsMax: number): SseParser {
  const state: ParserState = {
    rest: "",
    endsInCr: false,
    data: [],
    units: 0,
    event: "",
    id: null,
    retry: null,
  };

  function dispatch(events: SseEvent[]): void {
    // The standard drops an event without any data line; one with an empty data line is an event.
    if (state.data.length > 0)
      events.push({ id: state.id, event: state.event || "message", data: state.data.join("\n") });
    state.data = [];
    state.units = 0;
    state.event = "";
  }

  function field(line: string): void {
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") state.data.push(value);
    else if (name === "event") state.event = value;
    else if (name === "id" && !value.includes("\0")) state.id = value;
    else if (name === "retry" && /^[0-9]{1,9}$/.test(value)) state.retry = Number(value);
    state.units += line.length;
  }

  function push(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    const all = state.rest + text;
    if (all.length + state.units > eventUnitsMax + text.length) throw tooLarge(eventUnitsMax);
    if (!state.endsInCr && !/[\r\n]/.test(text)) {
      state.rest = all;
      return events;
    }
    state.endsInCr = text === "" ? state.endsInCr : text.endsWith("\r");
    // A CR at the very end may be the first half of CRLF: it waits for the next piece.
    const usable = all.endsWith("\r") ? all.length - 1 : all.length;
    const lines = all.slice(0, usable).split(/\r\n|\r|\n/);
    state.rest = (lines.pop() ?? "") + all.slice(usable);
    for (const line of lines) {
      if (line === "") dispatch(events);
      else field(line);
      if (state.units > eventUnitsMax) throw tooLarge(eventUnitsMax);
    }
    if (state.units + state.rest.length > eventUnitsMax) throw tooLarge(eventUnitsMax);
    return events;
  }

  return { push, retryMs: () => state.retry, lastId: () => state.id };
}

function tooLarge(max: number): Fault {
  return new Fault(
    "sse_event_too_large",
    `the peer sent an event of more than ${max} characters`,
    "Ask the peer for less at once.",
  );
}
