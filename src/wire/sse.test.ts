import fc from "fast-check";
import { expect, test } from "vitest";
import { createSseParser, SSE_KEEP_ALIVE, type SseEvent, sseEvent } from "./sse.ts";

test("an event is written as the standard has it", () => {
  expect(sseEvent('{"a":1}', { id: "s1-2", retryMs: 500 })).toBe('id: s1-2\nretry: 500\ndata: {"a":1}\n\n');
  expect(sseEvent("")).toBe("data: \n\n");
  expect(sseEvent("a\r\nb\rc\nd")).toBe("data: a\ndata: b\ndata: c\ndata: d\n\n");
});

test("the standard's own examples", () => {
  const parser = createSseParser(1000);
  expect(parser.push("data: YHOO\ndata: +2\ndata: 10\n\n")).toEqual([
    { id: null, event: "message", data: "YHOO\n+2\n10" },
  ]);
  expect(
    parser.push(
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    ),
  ).toEqual([
    { id: "1", event: "message", data: "first event" },
    { id: "", event: "message", data: "second event" },
    { id: "", event: "message", data: " third event" },
  ]);
  expect(parser.push("data\n\ndata\ndata\n\ndata:")).toEqual([
    { id: "", event: "message", data: "" },
    { id: "", event: "message", data: "\n" },
  ]);
});

test("events survive any data, any line end and any split", () => {
  const event = fc.record({
    data: fc.string({ unit: "grapheme" }),
    id: fc.stringMatching(/^[a-z0-9-]{0,8}$/),
  });
  const splits = fc.array(fc.integer({ min: 1, max: 7 }));
  fc.assert(
    fc.property(fc.array(event), splits, fc.constantFrom("\n", "\r", "\r\n"), (events, sizes, end) => {
      const text =
        events
          .map(({ data, id }) => SSE_KEEP_ALIVE + sseEvent(data, { id }))
          .join("")
          .replaceAll("\n", end) + " ";
      const parser = createSseParser(100_000);
      const got: SseEvent[] = [];
      let at = 0;
      for (let turn = 0; at < text.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 5;
        got.push(...parser.push(text.slice(at, at + size)), ...parser.push(""));
        at += size;
      }
      expect(got.map(({ data, id }) => ({ data, id }))).toEqual(
        events.map(({ data, id }) => ({ data: data.replaceAll(/\r\n|\r/g, "\n"), id })),
      );
    }),
  );
});

test("an event that never ends is given up, in one piece or in many", () => {
  expect(() => createSseParser(100).push(`data: ${"x".repeat(200)}`)).not.toThrow();
  const parser = createSseParser(100);
  expect(() => {
    for (let n = 0; n < 50; n += 1) parser.push("data: 123\n");
  }).toThrow(/more than 100/);
  const dripping = createSseParser(100);
  expect(() => {
    for (let n = 0; n < 50; n += 1) dripping.push("xxxxxxxxxx");
  }).toThrow(/more than 100/);
});

test("retry is remembered", () => {
  const parser = createSseParser(100);
  parser.push("retry: 250\n\nretry: soon\n\n");
  expect(parser.retryMs()).toBe(250);
});
