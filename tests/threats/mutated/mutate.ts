import type { Dice } from "./random.ts";
import { EVENTS, KEYS, VALUES } from "./hostile.table.ts";

/** A stream cut into its events, with their ends. */
export function eventsOf(stream: string): readonly string[] {
  const isLines = stream.startsWith("{");
  return stream.split(isLines ? /(?<=\n)/ : /(?<=\n\n|\r\n\r\n|\r\r)/).filter((event) => event !== "");
}

/** The stream with a few of its events changed; `others`: streams to take events from. */
export function mutated(dice: Dice, stream: string, others: readonly string[]): Buffer {
  let events = eventsOf(stream);
  const changes = dice.roll(4);
  for (let change = 0; change < changes; change += 1) events = changed(dice, events, others);
  const bytes = Buffer.from(events.join(""));
  return dice.chance(0.15) ? scratched(dice, bytes) : bytes;
}

type Change = (dice: Dice, events: readonly string[], others: readonly string[]) => readonly string[];

const CHANGES: readonly Change[] = [
  (dice, events) => events.toSpliced(dice.roll(events.length), 1),
  (dice, events) => events.toSpliced(dice.roll(events.length), 0, dice.pick(events)),
  (dice, events) => {
    const [at, to] = [dice.roll(events.length), dice.roll(events.length)];
    return events.with(at, events[to] ?? "").with(to, events[at] ?? "");
  },
  (dice, events) => events.toSpliced(dice.roll(events.length + 1), 0, dice.pick(EVENTS)),
  (dice, events) => events.toSpliced(dice.roll(events.length + 1), 0, dice.pick(EVENTS)),
  (dice, events, others) =>
    events.toSpliced(dice.roll(events.length + 1), 0, dice.pick(eventsOf(dice.pick(others)))),
  inJson,
  inJson,
  inJson,
  inJson,
];

const changed: Change = (dice, events, others) =>
  events.length === 0 ? [dice.pick(EVENTS)] : dice.pick(CHANGES)(dice, events, others);

/** One event whose JSON says something else. */
function inJson(dice: Dice, events: readonly string[]): readonly string[] {
  const at = dice.roll(events.length);
  const event = events[at] ?? "";
  const from = event.indexOf("{");
  const to = event.lastIndexOf("}");
  if (from === -1 || to < from) return events;
  return events.with(
    at,
    event.slice(0, from) + mutatedJson(dice, event.slice(from, to + 1)) + event.slice(to + 1),
  );
}

/** JSON text with one member changed, or the same where it is none. */
export function mutatedJson(dice: Dice, text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const holders: object[] = [];
  collect(value, holders);
  const holder = dice.pick(holders);
  if (Array.isArray(holder)) changeList(dice, holder);
  else changeObject(dice, holder);
  const out = JSON.stringify(value);
  return dice.chance(0.1) ? doubled(dice, out) : out;
}

function collect(value: unknown, holders: object[]): void {
  if (typeof value !== "object" || value === null) return;
  holders.push(value);
  for (const each of Object.values(value)) collect(each, holders);
}

function changeList(dice: Dice, list: unknown[]): void {
  const at = dice.roll(list.length + 1);
  if (dice.chance(0.5))
    list.splice(at, 0, dice.chance(0.5) ? structuredClone(list[0] ?? null) : dice.pick(VALUES));
  else list.splice(at, 1);
}

function changeObject(dice: Dice, holder: object): void {
  const keys = Object.keys(holder);
  const key = keys.length === 0 ? dice.pick(KEYS) : dice.pick(keys);
  const set = (name: string, value: unknown): void =>
    void Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
  const how = dice.roll(4);
  if (how === 0) Reflect.deleteProperty(holder, key);
  else if (how === 1) set(key, dice.pick(VALUES));
  else if (how === 2) set(dice.pick(KEYS), dice.pick(VALUES));
  else {
    set(dice.pick(KEYS), Reflect.get(holder, key));
    Reflect.deleteProperty(holder, key);
  }
}

/** One name written twice, once perhaps in escapes. */
function doubled(dice: Dice, text: string): string {
  const name = dice.pick(KEYS);
  const escaped = dice.chance(0.5) ? name : `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return text.replace("{", `{"${escaped}":${JSON.stringify(dice.pick(VALUES))},`);
}

const SCRATCHES = ["\uFEFF", "\u2028", "\u0085", "\r", "\n", "\0", "\r\n\r\n", '"', "}", "\\", "data: "];

/** A few bytes lost, doubled, or put in. */
function scratched(dice: Dice, bytes: Buffer): Buffer {
  const at = dice.roll(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (dice.chance(0.3)) return Buffer.concat([before, after.subarray(dice.roll(4))]);
  return Buffer.concat([before, Buffer.from(dice.pick(SCRATCHES)), after]);
}

/** The bytes in chunks of any size. */
export function cut(dice: Dice, bytes: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  while (from < bytes.length) {
    const to = from + 1 + dice.roll(dice.chance(0.5) ? 400 : 20);
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}
