import { expect, test } from "vitest";
import { compilePolicies } from "./index.ts";
import { readGrantable } from "./grantable.ts";

test.each<[string, object | null]>([
  ["session; 20 times; 8h", { scopes: ["session"], timesMax: 20, forMs: 28_800_000 }],
  [
    " pattern , session,destination ;1 time; 30m",
    { scopes: ["destination", "pattern", "session"], timesMax: 1, forMs: 1_800_000 },
  ],
  ["session; 1000 times; 7d", { scopes: ["session"], timesMax: 1000, forMs: 604_800_000 }],
  ["session; 1001 times; 8h", null],
  ["session; 20 times; 8d", null],
  ["session; 0 times; 8h", null],
  ["session; 20 times; 0h", null],
  ["session; 20 times", null],
  ["session; 20; 8h", null],
  ["; 20 times; 8h", null],
  ["everything; 20 times; 8h", null],
  ["session, session; 20 times; 8h", null],
  ["session; 20 times; 8h; forever", null],
  ["", null],
])("%s", (text, expected) => {
  expect(readGrantable(text)).toEqual(expected);
});

const rule = (annotations: string, effect = "forbid"): string =>
  `@id("x") @reason("r") ${annotations} ${effect} (principal, action, resource);`;
const problemsOf = (text: string): string[] => {
  const compiled = compilePolicies(text, []);
  return compiled.ok ? [] : compiled.problems.map(({ message }) => message);
};

test("it stands on a rule that holds, and a set with one that cannot be read is no set", () => {
  const compiled = compilePolicies(rule('@hold("admins") @grantable("session; 20 times; 8h")'), []);
  expect(compiled.ok && compiled.set.rules[0]?.grantable).toMatchObject({
    scopes: ["session"],
    timesMax: 20,
  });
  expect(problemsOf(rule('@hold("admins") @grantable("ever; 20 times; 8h")'))[0]).toContain("@grantable");
  expect(problemsOf(rule('@grantable("session; 20 times; 8h")'))).toEqual([
    "@grantable has no meaning without @hold",
  ]);
  const bare = compilePolicies(rule('@hold("admins")'), []);
  expect(bare.ok && bare.set.rules[0]?.grantable).toBeNull();
});
