import { expect, test } from "vitest";
import { settledBy } from "./decide.ts";

test("an answer says what became of the request", () => {
  expect(settledBy("approve", null)).toEqual({ how: "Approved, once.", tone: "good" });
  expect(settledBy("deny", null)).toEqual({ how: "Denied.", tone: "bad" });
});

test("one to a drill says that it was one, in Doorward's words made plain", () => {
  expect(settledBy("deny", "This was a drill.")).toEqual({ how: "This was a drill.", tone: "good" });
  expect(settledBy("approve", "This was\u202E a drill.")).toMatchObject({ tone: "bad" });
  expect(settledBy("approve", "This was\u202E a drill.").how).not.toContain("\u202E");
});
