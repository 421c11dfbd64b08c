import { expect, test } from "vitest";
import { countText, hostsText, toolsText, underText } from "./reach-words.ts";

test("what it could reach is said in few words", () => {
  expect(toolsText({ tools: 12, held: 0 })).toBe("12");
  expect(toolsText({ tools: 12, held: 3 })).toBe("12 (3 held)");
  expect([hostsText(null), hostsText(0), hostsText(2)]).toEqual(["any", "0", "2"]);
  expect([countText(0), countText(7)]).toEqual(["none", "7"]);
  expect([underText("own"), underText("dlg_1")]).toEqual(["its own rights", null]);
});
