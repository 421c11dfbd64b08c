import { expect, test } from "vitest";
import { settledBy } from "./decide.ts";

test("an answer says what became of the request", () => {
  expect(settledBy("approve", {})).toEqual({ how: "Approved, once.", tone: "good" });
  expect(settledBy("approve", { drill: null, grant: null }).how).toBe("Approved, once.");
  expect(settledBy("approve", { drill: null, grant: "gra_1" }).how).toContain("see Grants");
  expect(settledBy("deny", { drill: null })).toEqual({ how: "Denied.", tone: "bad" });
  expect(settledBy("deny", { drill: null, stop: null }).how).toBe("Denied.");
  expect(settledBy("deny", { drill: null, stop: "stp_1" })).toMatchObject({ tone: "bad" });
  expect(settledBy("deny", { drill: null, stop: "stp_1" }).how).toContain("see Stops");
  expect(settledBy("deny", { drill: "This was a drill.", stop: null }).how).toBe("This was a drill.");
  expect(settledBy("break-glass", {}).how).toContain("Somebody else has to look at it");
});

test("one to a drill says that it was one, in Doorward's words made plain", () => {
  expect(settledBy("deny", { drill: "This was a drill." })).toEqual({
    how: "This was a drill.",
    tone: "good",
  });
  expect(settledBy("approve", { drill: "This was\u202E a drill." })).toMatchObject({ tone: "bad" });
  expect(settledBy("approve", { drill: "This was\u202E a drill." }).how).not.toContain("\u202E");
});
