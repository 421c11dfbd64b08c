import fc from "fast-check";
import { expect, test } from "vitest";
import type { Turn } from "../turn.ts";
import { contentOf, FULL, partsOf, readStream, sdkMessage } from "../../../tests/samples/anthropic-client.ts";

// T8 from the other side: events dropped, doubled, moved, renumbered and renamed at random. What our reader accepts, the
// official client must read as the same calls and the same words; what it refuses does not matter here.

const EVENTS = FULL.split(/(?<=\n\n)/);

const change = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "renumber", "rename", "empty"),
  at: fc.nat(EVENTS.length - 1),
  to: fc.nat(EVENTS.length - 1),
  index: fc.nat(6),
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
      return events.with(at % events.length, one.replace(/"index":\d/, `"index":${index}`));
    case "rename":
      return events.with(at % events.length, one.replace(/"(text|thinking|tool_use)"/, '"text"'));
    case "empty":
    default:
      return events.with(at % events.length, one.replace(/"partial_json":"[^"]*/, '"partial_json":"'));
  }
}

function accepted(bytes: Uint8Array): Turn | null {
  try {
    return readStream(bytes);
  } catch {
    return null;
  }
}

test("a tampered stream that is accepted says the same to the official client", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = new TextEncoder().encode(changes.reduce(tamper, EVENTS).join(""));
      const turn = accepted(bytes);
      if (turn === null) return;
      count += 1;
      expect(partsOf(turn)).toEqual(contentOf(await sdkMessage(bytes)));
    }),
    { numRuns: 400 },
  );
  expect(count).toBeGreaterThan(5);
});
