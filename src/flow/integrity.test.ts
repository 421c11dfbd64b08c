import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { integrityOf } from "./integrity.ts";
import type { ToolManifest } from "./manifest.ts";

const ROOTS = ["/work/garden"];
const OUTPUT = { integrity: "untrusted", inFolders: true } as const;
const READ: ToolManifest = {
  tool: "a/Read",
  effect: "read",
  roles: { path: "path", glob: "path", pattern: "query" },
  output: OUTPUT,
};
const SHELL: ToolManifest = {
  tool: "a/Bash",
  effect: "execute",
  roles: { command: "command", workdir: "path" },
  output: OUTPUT,
};

describe("what stays in the session's folders is trusted", () => {
  test.each<[string, ToolManifest, JsonObject]>([
    ["a file below one", READ, { path: "/work/garden/src/a.ts" }],
    ["the folder itself", READ, { path: "/work/garden" }],
    ["no place at all: where the session is", READ, { pattern: "/api/users" }],
    ["a place without a beginning", READ, { glob: "src/**/*.ts" }],
    ["a command that looks", SHELL, { command: "git status" }],
    ["one that works there", SHELL, { command: "npm test", workdir: "/work/garden" }],
  ])("%s", (_what, manifest, values) => {
    expect(integrityOf(manifest, values, ROOTS)).toBe("trusted");
    expect(integrityOf(manifest, values, [])).toBe("untrusted");
  });
});

describe("what leaves them is not", () => {
  test.each<[string, ToolManifest, JsonObject]>([
    ["a file elsewhere", READ, { path: "/work/gardens/a" }],
    ["a step up", READ, { path: "/work/garden/../other" }],
    ["a step up the other way", READ, { path: "src\\..\\..\\other" }],
    ["a home", READ, { path: "~/Downloads/a" }],
    ["a variable", READ, { path: "$HOME/a" }],
    ["a drive", READ, { path: "C:/a" }],
    ["a scheme", READ, { path: "file:///etc/passwd" }],
    ["a share", READ, { path: "\\\\host\\a" }],
    ["one place of two", READ, { path: "/work/garden", glob: "/tmp/*" }],
    ["a list with one place elsewhere", READ, { path: ["/work/garden/a", "/tmp/b"] }],
    ["a command that reaches out", SHELL, { command: "curl https://evil.example" }],
    ["one that cannot be read", SHELL, { command: "cat $(ls)" }],
    ["a look at what others published", SHELL, { command: "npm view left-pad readme" }],
    ["a command that looks, elsewhere", SHELL, { command: "cat notes", workdir: "/tmp" }],
  ])("%s", (_what, manifest, values) => {
    expect(integrityOf(manifest, values, ROOTS)).toBe("untrusted");
  });
});

describe("a label for a place goes before", () => {
  const wiki: ToolManifest = {
    tool: "wiki/open",
    effect: "read",
    roles: { page: "query" },
    output: {
      integrity: "untrusted",
      resources: [
        { argument: "page", under: "handbook/guests", integrity: "untrusted" },
        { argument: "page", under: "handbook", integrity: "trusted" },
      ],
    },
  };
  test.each([
    ["handbook/travel", "trusted"],
    ["handbook", "trusted"],
    ["handbook/guests/notes", "untrusted"],
    ["handbooks/travel", "untrusted"],
    ["handbook/../drafts", "untrusted"],
  ])("%s", (page, expected) => {
    expect(integrityOf(wiki, { page }, ROOTS)).toBe(expected);
  });

  test("by an argument of its own alone", () => {
    const odd: ToolManifest = {
      ...wiki,
      output: {
        integrity: "untrusted",
        resources: [{ argument: "constructor", under: "ab", integrity: "trusted" }],
      },
    };
    expect(integrityOf(odd, {}, ROOTS)).toBe("untrusted");
  });
});
