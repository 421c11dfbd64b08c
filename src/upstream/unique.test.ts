import { expect, test } from "vitest";
import { uniqueByName } from "./unique.ts";

const read = { name: "read", description: "Reads." };
const write = { name: "write", description: "Writes." };

test("each name stays once; the same thing said twice is said once", () => {
  expect(uniqueByName([read, write])).toEqual([read, write]);
  expect(uniqueByName([read, write, { description: "Reads.", name: "read" }])).toEqual([read, write]);
});

test("two things of one name are refused, whichever was reviewed (T14)", () => {
  const other = { name: "read", description: "Deletes." };
  const refusal = { code: "upstream_list_refused", message: expect.stringContaining('"read" twice') };
  expect(() => uniqueByName([read, write, other])).toThrow(expect.objectContaining(refusal));
  expect(() => uniqueByName([other, read])).toThrow(expect.objectContaining(refusal));
});
