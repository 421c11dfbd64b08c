import type { JsonObject } from "#base";
import { parseEvent } from "./event-json.ts";

/** Where the text stands in the events of one protocol. */
export interface TextPlace {
  /** The name of the field that holds it. */
  readonly name: string;
  /** The text of an event; null where it has none there. */
  readonly textOf: (event: JsonObject) => string | null;
  /** The same event with another text. */
  readonly withText: (event: JsonObject, text: string) => JsonObject;
}

/**
 * Nearly all events of a stream differ from the one before in their text alone. Having read one strictly, this reads the
 * next by comparing what stands before and after the text, at a tenth of the cost and with the same outcome: JSON text
 * that differs only within one string, in characters that a string holds as they are, differs in that string only.
 */
export interface AlikeReader {
  /** The event and its text, if it is like the last one learnt; null: read it in full. */
  readonly read: (data: string) => { readonly event: JsonObject; readonly text: string } | null;
  /** Remembers an event that said nothing but its text. */
  readonly learn: (data: string, event: JsonObject) => void;
}

/** Characters that stand for themselves in a JSON string. Half surrogates cannot be: the text was decoded from UTF-8. */
// oxlint-disable-next-line no-control-regex -- JSON's own rule: control characters never stand in a string as they are
const PLAIN = /^[^"\\\u0000-\u001f]+$/;
/** Learning reads an event twice more, so what changes with every event is not learnt again and again. */
const LESSONS_MIN = 2;
const HITS_PER_LESSON = 4;

interface Lesson {
  readonly before: string;
  readonly after: string;
  readonly event: JsonObject;
}

export function createAlikeReader(place: TextPlace): AlikeReader {
  const mark = `"${place.name}":"`;
  let lesson: Lesson | null = null;
  let lessons = 0;
  let hits = 0;

  function read(data: string): { event: JsonObject; text: string } | null {
    if (lesson === null) return null;
    const { before, after, event } = lesson;
    const end = data.length - after.length;
    if (end <= before.length || !data.startsWith(before) || !data.endsWith(after)) return null;
    const text = data.slice(before.length, end);
    if (!PLAIN.test(text)) return null;
    hits += 1;
    return { event: place.withText(event, text), text };
  }

  function learn(data: string, event: JsonObject): void {
    if (lessons >= LESSONS_MIN && hits < lessons * HITS_PER_LESSON) return;
    lessons += 1;
    const text = place.textOf(event);
    const at = data.indexOf(mark);
    if (text === null || !PLAIN.test(text) || at === -1) return;
    const before = data.slice(0, at + mark.length);
    const after = data.slice(before.length + text.length);
    if (!data.startsWith(text, before.length) || !isProven({ before, after, event }, `${text}x`)) return;
    lesson = { before, after, event };
  }

  /** That the place found in the text is the place in the event: another text there gives the same event but for it. */
  function isProven({ before, after, event }: Lesson, probe: string): boolean {
    if (!after.startsWith('"')) return false;
    const probed = JSON.stringify(parseEvent(before + probe + after));
    return probed === JSON.stringify(place.withText(event, probe));
  }

  return { read, learn };
}
