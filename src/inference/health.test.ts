import { expect, test } from "vitest";
import { heldAmbient } from "../../tests/samples/inference.ts";
import { createHealth } from "./health.ts";

test("back-off doubles to its maximum, and one success ends it", () => {
  const ambient = heldAmbient();
  const health = createHealth(ambient);
  const waits: number[] = [];
  for (let failures = 0; failures < 8; failures += 1) {
    health.failed("no");
    waits.push((health.backOffUntil() ?? 0) - ambient.now());
    ambient.advance(waits.at(-1) ?? 0);
    expect([health.isLast(), health.isDueForProbe(), health.backOffUntil()]).toEqual([true, true, null]);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  health.worked();
  expect([health.state(), health.isLast(), health.reason()]).toEqual(["up", false, null]);
  health.failed("no");
  expect((health.backOffUntil() ?? 0) - ambient.now()).toBe(1_000);
});

test("many that fail at once are one failure", () => {
  const ambient = heldAmbient();
  const health = createHealth(ambient);
  for (let request = 0; request < 100; request += 1) health.failed("no");
  expect((health.backOffUntil() ?? 0) - ambient.now()).toBe(1_000);
});

test("an upstream that lists its models and fails every request backs off longer each time", () => {
  const ambient = heldAmbient();
  const health = createHealth(ambient);
  for (const wait of [1_000, 2_000, 4_000]) {
    health.failed("it answered with HTTP 500", null);
    expect((health.backOffUntil() ?? 0) - ambient.now()).toBe(wait);
    ambient.advance(wait);
    health.answered();
    expect(health.state()).toBe("up");
  }
});

test("an answer to an earlier request does not take back that it wants less", () => {
  const ambient = heldAmbient();
  const health = createHealth(ambient);
  health.busy(5_000);
  health.worked();
  expect([health.state(), health.isLast()]).toEqual(["up", true]);
  ambient.advance(5_000);
  expect(health.isLast()).toBe(false);
});
