import fc from "fast-check";
import { expect, test } from "vitest";
import { backOffMs, createSupervision } from "./supervision.ts";

test("back-off grows, stays within its bounds and never waits nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(255), (failures, jitter) => {
      const wait = backOffMs(failures, jitter);
      expect(wait).toBeGreaterThanOrEqual(125);
      expect(wait).toBeLessThanOrEqual(30_000);
      expect(backOffMs(failures + 1, jitter)).toBeGreaterThanOrEqual(wait);
    }),
  );
});

const random = () => Uint8Array.of(255);

function supervised() {
  const clock = { now: 0 };
  return { clock, supervision: createSupervision("s", { monotonic: () => clock.now, random }) };
}

test("a failure makes the next start wait, the fifth in a row makes it refuse, time heals", () => {
  const { clock, supervision } = supervised();
  expect(supervision.admit()).toBe(0);
  supervision.failed("it fell", "oops");
  expect(supervision.admit()).toBe(250);
  for (let at = 0; at < 4; at += 1) supervision.failed("it fell", "oops");
  const refusal = { code: "upstream_crash_looping", remedy: expect.stringContaining("oops") };
  expect(() => supervision.admit()).toThrow(expect.objectContaining(refusal));
  clock.now += 4_000;
  expect(supervision.admit()).toBe(0);
  supervision.reset();
  expect(supervision.state()).toEqual({ failures: 0, lastFailure: null });
});

test("a connection that lived long starts the count anew", () => {
  const { supervision } = supervised();
  for (let at = 0; at < 4; at += 1) supervision.failed("it fell", "");
  supervision.ended(60_000, { reason: "it exited", tail: "" });
  expect(supervision.state().failures).toBe(1);
  supervision.ended(10, { reason: "it exited", tail: "" });
  expect(supervision.state().failures).toBe(2);
});

test("so does one that Doorward itself closed after a long life; a short one proves nothing", () => {
  const { supervision } = supervised();
  for (let at = 0; at < 4; at += 1) supervision.failed("it fell", "");
  supervision.ended(10, null);
  expect(supervision.state().failures).toBe(4);
  supervision.ended(60_000, null);
  expect(supervision.state().failures).toBe(0);
});
