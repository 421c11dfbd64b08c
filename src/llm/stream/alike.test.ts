import fc from "fast-check";
import { expect, test } from "vitest";
import { createAlikeReader, type TextPlace } from "./alike.ts";
import { parseEvent } from "./event-json.ts";

const PLACE: TextPlace = {
  name: "t",
  textOf: ({ t }) => (typeof t === "string" ? t : null),
  withText: (event, t) => ({ ...event, t }),
};

function learnt(data: string) {
  const alike = createAlikeReader(PLACE);
  alike.learn(data, parseEvent(data));
  return alike;
}

test("an event that differs in its text alone is read as the strict reader reads it", () => {
  const alike = learnt('{"id":"a","t":"x","u":null}');
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string(),
    fc.constantFrom('"', "\\", '","t":"', "\n", "\u{2028}"),
  );
  let hits = 0;
  fc.assert(
    fc.property(text, fc.boolean(), (said, isRaw) => {
      // Raw: what an upstream that does not escape would send.
      const data = `{"id":"a","t":${isRaw ? `"${said.toWellFormed()}"` : JSON.stringify(said)},"u":null}`;
      const read = alike.read(data);
      if (read === null) return;
      hits += 1;
      expect(read.event).toEqual(parseEvent(data));
      expect(read.text).toBe(said);
    }),
    { numRuns: 500 },
  );
  expect(hits).toBeGreaterThan(50);
});

test.each([
  ["another field", '{"id":"b","t":"y"}'],
  ["a duplicate key within the text", '{"id":"a","t":"y","t":"z"}'],
  ["an escape", String.raw`{"id":"a","t":"y\n"}`],
  ["no text", '{"id":"a","t":""}'],
  ["more behind it", '{"id":"a","t":"y"}{}'],
  ["less than both ends", '{"id":"a","t":"}'],
])("%s is left to the strict reader", (_name, data) => {
  expect(learnt('{"id":"a","t":"x"}').read(data)).toBeNull();
});

test.each<[string, string]>([
  ["stands elsewhere first", '{"u":{"t":"x"},"t":"x"}'],
  ["is a name's end", String.raw`{"u\"t":"x","t":"x"}`],
  ["is escaped", String.raw`{"t":"\u0078"}`],
  ["is no text", '{"t":1,"u":"x"}'],
])("a text that %s is not learnt from", (_name, data) => {
  const alike = learnt(data);
  expect(alike.read(data.replace("x", "y"))).toBeNull();
});

const event = (n: number, text: string): string => `{"n":${n},"t":"${text}"}`;

test("what changes with every event is not learnt for ever", () => {
  const alike = createAlikeReader(PLACE);
  for (let n = 0; n < 10; n += 1) {
    expect(alike.read(event(n, "x"))).toBeNull();
    alike.learn(event(n, "x"), parseEvent(event(n, "x")));
  }
  // The second lesson is the last one that was taken.
  expect(alike.read(event(1, "y"))?.text).toBe("y");
  expect(alike.read(event(9, "y"))).toBeNull();
});
