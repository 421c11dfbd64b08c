import { expect, test } from "vitest";
import { endTree, membersOf, processes, type ProcessRow } from "./process-tree.ts";

const row = (pid: number, parent: number, group: number, text = "sleep"): ProcessRow => ({
  pid,
  parent,
  group,
  text,
});
const MARK = "TMPDIR=/private/tmp/dw-1/tmp";
const ROWS = [
  row(1, 0, 1, "launchd"),
  row(100, 50, 100, "bash"),
  row(101, 100, 100),
  row(102, 101, 102),
  row(103, 1, 103, `python x.py ${MARK} HOME=/x`),
  row(104, 103, 104),
  row(200, 1, 200, `cat ${MARK}2`),
  row(201, 1, 201, `vi ${MARK}/notes`),
  row(202, 50, 50, "zsh"),
];

test("its group, its descendants and what bears its mark, and nobody else", () => {
  expect(membersOf(100, MARK, ROWS).toSorted((one, other) => one - other)).toEqual([100, 101, 102, 103, 104]);
});

test("never the first process, and never ourselves", () => {
  expect(membersOf(1, MARK, [row(1, 0, 1), row(process.pid, 1, 1, MARK)])).toEqual([]);
});

test("it looks again until it finds none, and not for ever", () => {
  let looks = 0;
  endTree(100, MARK, () => ((looks += 1) < 3 ? [row(999_999_999, 100, 100)] : []));
  expect(looks).toBe(3);
  endTree(100, MARK, () => ((looks += 1), [row(999_999_999, 100, 100)]));
  expect(looks).toBe(8);
});

test("ps(1) tells of processes and, of one's own, of their environment", () => {
  const own = processes().find(({ pid }) => pid === process.pid);
  expect(own?.parent).toBe(process.ppid);
  expect(own?.text).toMatch(/node/);
});
