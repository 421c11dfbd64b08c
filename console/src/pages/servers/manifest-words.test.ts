import { expect, test } from "vitest";
import { isToAccept, type Manifest, resultsOf } from "./manifest-words.ts";

const MANIFEST: Manifest = {
  server: "fs",
  name: "read_file",
  standing: "proposed",
  effect: "read",
  effectIf: {},
  roles: {},
  output: { integrity: "untrusted" },
  summary: null,
  mutable: [],
  source: "proposed",
  waiting: true,
  definition: "sha256:0",
  reviewedBy: null,
  reviewedAt: null,
};

test("only what is on the page can be accepted: a proposal, for the definition as it is", () => {
  expect(isToAccept(MANIFEST)).toBe(true);
  expect(isToAccept({ ...MANIFEST, standing: "stale" })).toBe(true);
  expect(isToAccept({ ...MANIFEST, waiting: false })).toBe(false);
  // What is shown then is what is in force, and not what waits.
  for (const standing of ["in-force", "shipped", "ready"] as const)
    expect(isToAccept({ ...MANIFEST, standing })).toBe(false);
});

test("results are told by everything that is known of them", () => {
  expect(resultsOf(MANIFEST)).toEqual(["others may have written them"]);
  const output = { integrity: "trusted", inFolders: true, confidential: true, directory: true } as const;
  expect(resultsOf({ ...MANIFEST, output })).toHaveLength(4);
});
