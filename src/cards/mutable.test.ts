import { describe, expect, test } from "vitest";
import { cardFacts, cardView } from "../../tests/samples/card-facts.ts";
import { cardOf } from "./card-of.ts";
import type { CardFacts } from "./facts.ts";

function run(
  mutable: readonly string[],
  given: CardFacts["arguments"],
  effect: "execute" | "write" | "send" = "execute",
) {
  const roles = { file: "path" } as const;
  const manifest = { effect, effectIf: {}, roles, summary: "Run {file}", mutable };
  return cardOf(cardFacts({ manifest, arguments: given }), cardView());
}

describe("what can change after a yes (T11)", () => {
  const COMMIT = "0123456789abcdef0123456789abcdef01234567";
  test.each<[string, ReturnType<typeof run>, readonly string[]]>([
    ["a file by its name", run(["file"], { file: "/srv/x.sh" }), ["file"]],
    ["a branch", run(["file"], { file: "main" }), ["file"]],
    ["a short commit id", run(["file"], { file: COMMIT.slice(0, 12) }), ["file"]],
    ["a commit id", run(["file"], { file: COMMIT }), []],
    ["a page at a commit", run(["file"], { file: `https://github.com/a/b/raw/${COMMIT}/x.sh` }), []],
    ["an image by digest", run(["file"], { file: `ghcr.io/a/b@sha256:${"a".repeat(64)}` }), []],
    ["a stored version", run(["file"], { file: "https://b.s3.example/x?versionId=3HL4kqtJvjVBH40Nr8" }), []],
    ["one of two files", run(["file"], { file: [COMMIT, "main"] }), ["file"]],
    ["letters that only look like an id", run(["file"], { file: `x${COMMIT}` }), ["file"]],
    ["one that is not given", run(["file"], {}), []],
    ["one that nobody marked", run([], { file: "main" }), []],
    ["a change that does not go by it", run(["file"], { file: "main" }, "write"), []],
    ["a publication", run(["file"], { file: "main" }, "send"), ["file"]],
  ])("%s", (_what, { card, unbound }, names) => {
    expect(unbound).toEqual(names);
    expect(card.buttons.map(({ label }) => label)).toEqual(
      names.length > 0 ? ["Deny"] : ["Approve once", "Deny"],
    );
    expect(JSON.stringify(card.sections).includes("can change after a yes")).toBe(names.length > 0);
  });
});
