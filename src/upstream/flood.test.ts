import { expect, test } from "vitest";
import { createGate } from "./flood.ts";
import { UNASKED_BURST, UNASKED_DROPPED_MAX, UNASKED_PER_SECOND } from "./limits.ts";

function gateAt() {
  const clock = { now: 0 };
  const gate = createGate(() => clock.now);
  const many = (count: number) => {
    const counts = { pass: 0, drop: 0, end: 0 };
    for (let sent = 0; sent < count; sent += 1) counts[gate()] += 1;
    return counts;
  };
  return { clock, many };
}

test("a burst passes, what is over it is dropped, and time lets more through", () => {
  const { clock, many } = gateAt();
  expect(many(UNASKED_BURST + 10)).toEqual({ pass: UNASKED_BURST, drop: 10, end: 0 });
  clock.now += 1_000;
  expect(many(UNASKED_PER_SECOND + 5)).toEqual({ pass: UNASKED_PER_SECOND, drop: 5, end: 0 });
});

test("a server that only talks is ended; one that was quiet in between starts anew", () => {
  const { clock, many } = gateAt();
  expect(many(UNASKED_BURST + UNASKED_DROPPED_MAX).end).toBe(0);
  expect(many(1).end).toBe(1);
  clock.now += (UNASKED_BURST / UNASKED_PER_SECOND) * 1_000 + 1;
  expect(many(UNASKED_BURST + UNASKED_DROPPED_MAX)).toEqual({
    pass: UNASKED_BURST,
    drop: UNASKED_DROPPED_MAX,
    end: 0,
  });
});
