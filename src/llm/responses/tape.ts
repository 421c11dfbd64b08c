import type { JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { AnswerHead, Piece } from "../face.ts";
import { closeItem } from "./closing.ts";
import { typeOf } from "./request.ts";
import { createStreamItems, type StreamItem, type StreamItems } from "./stream-items.ts";
import { itemId, responseOf } from "./whole.ts";

/** A stream that is being written: what was sent or passed on so far, and what comes next in it. */
export interface Tape {
  readonly head: AnswerHead;
  readonly items: StreamItems;
  /** The response of the first event; null: nothing was sent. */
  response: JsonObject | null;
  /** Number of the next event. */
  sequence: number;
}

export function createTape(head: AnswerHead): Tape {
  return { head, items: createStreamItems(), response: null, sequence: 0 };
}

/** One event, numbered, which changes nothing that is followed: a step of an item that is put whole, or an error. */
export function step(tape: Tape, type: string, members: JsonObject): string {
  return print(number(tape, type, members));
}

/** One event, numbered, and followed as what is passed on is: so that both end alike. */
export function send(tape: Tape, type: string, members: JsonObject): string {
  const event = number(tape, type, members);
  tape.items.read(event);
  return print(event);
}

function number(tape: Tape, type: string, members: JsonObject): JsonObject {
  const event = { type, sequence_number: tape.sequence, ...members };
  tape.sequence += 1;
  return event;
}

function print(event: JsonObject): string {
  return `event: ${typeOf(event)}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The first events, once. */
export function begin(tape: Tape): string {
  if (tape.response !== null) return "";
  const response = { ...responseOf(tape.head), ...tape.head.mark };
  tape.response = response;
  return step(tape, "response.created", { response }) + step(tape, "response.in_progress", { response });
}

function openItems(tape: Tape): readonly StreamItem[] {
  return tape.items.all().filter((item) => item.done === null);
}

/** The one open item, if it is of this type. */
export function openItem(tape: Tape, type: string): StreamItem | null {
  const [item, ...others] = openItems(tape);
  return item !== undefined && others.length === 0 && typeOf(item.start) === type ? item : null;
}

/** Ends what is open. */
export function close(tape: Tape, more: JsonObject = {}): string {
  return openItems(tape)
    .map((item) => closeItem((type, members) => send(tape, type, members), item, more))
    .join("");
}

/** An item that was made elsewhere: the end of the open one that it is, else written whole. */
export function putAsItIs(tape: Tape, item: JsonObject): string {
  const open = openItem(tape, typeOf(item));
  if (open === null || open.start["id"] !== item["id"]) return put(tape, item, item, () => "");
  return send(tape, "response.output_item.done", { output_index: open.index, item });
}

/** Ends what is open and begins an item. */
export function start(tape: Tape, item: JsonObject): string {
  const before = begin(tape) + close(tape);
  return before + send(tape, "response.output_item.added", { output_index: tape.items.all().length, item });
}

/** Ends what is open and writes an item whole: `between` writes what stands between its first event and its last. */
export function put(
  tape: Tape,
  begun: JsonObject,
  item: JsonObject,
  between: (at: JsonObject) => string,
): string {
  const before = begin(tape) + close(tape);
  const index = { output_index: tape.items.all().length };
  const added = step(tape, "response.output_item.added", { ...index, item: begun });
  const steps = between({ ...index, item_id: begun["id"] ?? null });
  tape.items.put(item);
  return before + added + steps + step(tape, "response.output_item.done", { ...index, item });
}

/** Id of the next item that is made here. */
export function nextId(tape: Tape): string {
  return itemId(tape.head.itemsId ?? tape.head.id, tape.items.all().length);
}

/** The response with everything that was sent as its output. */
export function responseSoFar(tape: Tape): JsonObject {
  const output = tape.items.all().flatMap((item) => (item.done === null ? [] : [item.done]));
  const { output_text: _before, ...response } = tape.response ?? {};
  return { ...response, ...tape.head.mark, output };
}

/** Follows an event that went out as it came. */
export function passed(tape: Tape, { event }: Piece): void {
  if (event === null) return;
  const came = event["sequence_number"];
  tape.sequence = typeof came === "number" ? Math.max(tape.sequence, came + 1) : tape.sequence + 1;
  if (isJsonObject(event["response"])) tape.response = event["response"];
  tape.items.read(event);
}
