import { expect, test } from "vitest";
import { linesIn } from "./lines.ts";

test("lines are taken without what is around them", () => {
  expect(linesIn(" /a \n\n/b\r\n")).toEqual(["/a", "/b"]);
});
