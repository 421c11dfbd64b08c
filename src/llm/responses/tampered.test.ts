import fc from "fast-check";
import { expect, test } from "vitest";
import type { Turn } from "../turn.ts";
import {
  contentOf,
  FULL,
  partsOf,
  readStream,
  sdkItems,
  sdkResponse,
} from "../../../tests/samples/responses-client.ts";

// T8 from the other side: events dropped, doubled, moved, renumbered and reworded at random. What our reader accepts, the
// official client must read as the same calls, whether it acts on the items' last events or on the whole answer.

const EVENTS = FULL.split(/(?<=\n\n)/);

const change = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "renumber", "reword", "rename"),
  at: fc.nat(EVENTS.length - 1),
  to: fc.nat(EVENTS.length - 1),
  index: fc.nat(7),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function tamper(events: readonly string[], { kind, at, to, index }: Change): readonly string[] {
  const one = events[at] ?? "";
  const other = events[to] ?? "";
  switch (kind) {
    case "drop":
      return events.toSpliced(at, 1);
    case "double":
      return events.toSpliced(to, 0, one);
    case "swap":
      return events.with(at % events.length, other).with(to % events.length, one);
    case "renumber":
      return events.with(at % events.length, one.replace(/"output_index":\d/, `"output_index":${index}`));
    case "reword":
      return events.with(at % events.length, one.replace(/Br|ls|SELECT/, "XX"));
    case "rename":
    default:
      return events.with(at % events.length, one.replace(/"(get_weather|now|c1|c2|fc_c1)"/, '"c2"'));
  }
}

function accepted(bytes: Uint8Array): Turn | null {
  try {
    return readStream(bytes);
  } catch {
    return null;
  }
}

const callsOf = (parts: readonly unknown[]): readonly unknown[] =>
  parts.filter((part) => Array.isArray(part) && (part[0] === "call" || part[0] === "custom"));

test("a tampered stream that is accepted asks for the same of the official client", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = new TextEncoder().encode(changes.reduce(tamper, EVENTS).join(""));
      const turn = accepted(bytes);
      if (turn === null) return;
      count += 1;
      const calls = callsOf(partsOf(turn));
      // Items may end in another order than they began.
      const items = callsOf(contentOf({ output: await sdkItems(bytes) }));
      expect(new Set(items.map((call) => JSON.stringify(call)))).toEqual(
        new Set(calls.map((call) => JSON.stringify(call))),
      );
      // The accumulator may refuse more than we do; then nothing runs.
      const whole = await sdkResponse(bytes).catch(() => null);
      expect(whole === null ? calls : callsOf(contentOf(whole))).toEqual(calls);
    }),
    { numRuns: 400 },
  );
  expect(count).toBeGreaterThan(5);
});
