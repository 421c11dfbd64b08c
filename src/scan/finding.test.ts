import { expect, test } from "vitest";
import { type Verdict, verdictOf } from "./finding.ts";

const of = (...verdicts: Exclude<Verdict, "clean">[]): Verdict =>
  verdictOf(verdicts.map((verdict) => ({ verdict })));

test("a file is what its gravest finding makes of it, and clean where there is none", () => {
  expect([
    of(),
    of("suspicious"),
    of("suspicious", "unscannable"),
    of("unscannable", "malicious", "suspicious"),
  ]).toEqual(["clean", "suspicious", "unscannable", "malicious"]);
});

test("more findings than a call takes arguments are judged too", () => {
  const many = Array.from({ length: 300_000 }, () => ({ verdict: "suspicious" as const }));
  expect(verdictOf([...many, { verdict: "malicious" }])).toBe("malicious");
});
