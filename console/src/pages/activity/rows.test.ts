import { expect, test } from "vitest";
import { createRows, ROWS_MAX } from "./rows.ts";
import { sampleEvent as event } from "./sample-event.ts";

const take = (rows: ReturnType<typeof createRows>, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) rows.take(event(index, { action: `act_${index}` }));
};
const ends = (rows: readonly { readonly firstIndex: number }[]) => [
  rows[0]?.firstIndex,
  rows.at(-1)?.firstIndex,
];

test("newest first, and never more than so many", () => {
  const rows = createRows();
  take(rows, 0, ROWS_MAX + 10);
  const { shown, waiting } = rows.all(null);
  expect([shown.length, waiting, ...ends(shown)]).toEqual([ROWS_MAX, 0, ROWS_MAX + 9, 10]);
});

test("while it stands still what is shown stays, however much comes; all of it is counted", () => {
  const rows = createRows();
  take(rows, 0, 100);
  for (let round = 0; round < 4; round += 1) {
    take(rows, 100 + round * ROWS_MAX, 100 + (round + 1) * ROWS_MAX);
    const { shown, waiting } = rows.all(99);
    expect([shown.length, waiting, ...ends(shown)]).toEqual([100, (round + 1) * ROWS_MAX, 99, 0]);
  }
  const { shown, waiting } = rows.all(null);
  expect([shown.length, waiting, ...ends(shown)]).toEqual([
    ROWS_MAX,
    0,
    100 + 4 * ROWS_MAX - 1,
    100 + 3 * ROWS_MAX,
  ]);
});

test("an entry of an action that is shown changes it where it stands", () => {
  const rows = createRows();
  take(rows, 0, 3);
  rows.take(event(7, { action: "act_1", kind: "outcome", status: "ok" }));
  const { shown, waiting } = rows.all(2);
  expect(shown.map(({ action, status }) => [action, status])).toEqual([
    ["act_2", null],
    ["act_1", "ok"],
    ["act_0", null],
  ]);
  expect(waiting).toBe(0);
});
