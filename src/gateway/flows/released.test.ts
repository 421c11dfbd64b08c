import { describe, expect, test } from "vitest";
import { asOne, createReleased, type ReleasedCall } from "./released.ts";

const read = (path: string): ReleasedCall => ({ server: "agent:a", name: "Read", arguments: { path } });
const [A, B] = [read("/work/a"), read("/etc/b")];

describe("calls that come back by one name", () => {
  test("each of a turn has one result, and any of them may be the one", () => {
    const released = createReleased([]);
    released.note("Read", A, { turn: "1", id: "x" });
    released.note("Read", B, { turn: "1", id: "y" });
    expect(released.answered("Read")).toEqual([A, B]);
    expect(createReleased(released.kept()).answered("Read")).toEqual([A, B]);
    expect(released.answered("Read")).toEqual([A, B]);
    expect(released.answered("Read")).toBeNull();
  });

  test("of an earlier turn they are over; the same call again is the same", () => {
    const released = createReleased([]);
    released.note("Read", A, { turn: "1", id: "x" });
    released.note("Read", B, { turn: "2", id: "y" });
    released.note("Read", B, { turn: "2", id: "y" });
    expect([released.answered("Read"), released.answered("Read")]).toEqual([[B], null]);
  });

  test("what was written down before there could be several is read", () => {
    const released = createReleased([["call_1", A]]);
    expect([released.answered("call_1"), released.answered("call_1")]).toEqual([[A], null]);
  });
});

describe("a result that may be of several calls", () => {
  test("is of all that they asked for, so that the loosest of them is not believed", () => {
    expect(asOne([A], true)).toEqual(A);
    expect(asOne([A, { ...A }], true)).toEqual(A);
    expect(asOne([A, B], false)).toEqual({ ...A, arguments: { path: ["/work/a", "/etc/b"] } });
  });

  test("is of nothing where places tell, or the tools differ", () => {
    expect(asOne([A, B], true)).toBeNull();
    expect(asOne([A, { ...A, name: "Other" }], false)).toBeNull();
    expect(asOne([], false)).toBeNull();
  });
});
