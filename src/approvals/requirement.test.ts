import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRequirement, readEscalation, readRequirement, requirementText } from "./index.ts";

describe("a line of a hold", () => {
  test.each<[string, string | null]>([
    ["finance", "finance"],
    ["finance, 2", "finance, 2"],
    [" finance ,not-owner", "finance, not-owner"],
    ["finance, not-requester, not-owner, 3", "finance, 3, not-owner, not-requester"],
    ["finance, 1", "finance"],
    ["finance, 10", "finance, 10"],
    ["finance, 11", null],
    ["finance, 0", null],
    ["finance, 02", null],
    ["finance, -1", null],
    ["finance, 2, 3", null],
    ["finance, not-owner, not-owner", null],
    ["finance, not-owners", null],
    ["", null],
    [", 2", null],
    ["finance,", null],
  ])("%j is %j", (text, canonical) => {
    const read = readRequirement(text);
    expect(read === null ? null : requirementText(read)).toBe(canonical);
  });

  test("one that was stored and cannot be read asks for more, never less", () => {
    expect(parseRequirement("finance, sober")).toMatchObject({ notOwner: true, notRequester: true });
  });

  test("every line has one spelling, and it says the same", () => {
    const options = fc.shuffledSubarray(["4", "not-owner", "not-requester"]);
    fc.assert(
      fc.property(options, (some) => {
        const read = readRequirement(["finance", ...some].join(","));
        if (read === null) throw new Error("readable expected");
        expect(readRequirement(requirementText(read))).toEqual(read);
      }),
    );
  });
});

describe("an escalation", () => {
  test("is read with its times", () => {
    expect(readEscalation("15m leads, 1h admins")).toEqual([
      { afterMs: 900_000, group: "leads" },
      { afterMs: 3_600_000, group: "admins" },
    ]);
  });

  test.each([
    "",
    "leads",
    "15 leads",
    "15m",
    "1h admins, 15m leads",
    "15m leads, 15m admins",
    "15m leads, 1h leads",
    "15m leads, ",
    "0m leads",
    "31d leads",
    "1m a, 2m b, 3m c, 4m d, 5m e, 6m f",
  ])("%j is none", (text) => {
    expect(readEscalation(text)).toBeNull();
  });
});
