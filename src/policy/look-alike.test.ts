import { expect, test } from "vitest";
import { lookAlike } from "./look-alike.ts";

test.each([
  ["read_file", "readFile"],
  ["pay", "p-a-y"],
  ["mail", "ma1l"],
  ["mail", "rnail"],
  ["web", "vveb"],
  ["fs", "f5"],
  ["notion", "n0tion"],
])("%s is taken for %s", (name, other) => {
  expect(lookAlike(name, ["calendar", other])).toBe(other);
  expect(lookAlike(other, [name])).toBe(name);
});

test.each([
  ["fs", ["fs"]],
  ["fs", ["fs2", "files", "sf"]],
  ["mail", []],
])("%s is told apart from %j", (name, others) => {
  expect(lookAlike(name, others)).toBeNull();
});
