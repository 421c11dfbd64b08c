import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentFiles } from "./agent-files.ts";
import { BUBBLEWRAPPED } from "./places.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;

test.skipIf(!hasGit).each([
  ["git@github.com:acme/tools.git", "https://github.com/acme/tools.git"],
  ["ssh://git@gitlab.com/acme/tools.git", "https://gitlab.com/acme/tools.git"],
  ["git@elsewhere.example:acme/tools.git", "git@elsewhere.example:acme/tools.git"],
])("git asks for %s at %s, where the http door sees it (skipped without git)", (written, asked) => {
  const home = mkdtempSync(join(tmpdir(), "dw-git-"));
  writeFileSync(join(home, ".gitconfig"), agentFiles(BUBBLEWRAPPED)[".gitconfig"] ?? "");
  const { stdout } = spawnSync("git", ["ls-remote", "--get-url", written], {
    cwd: home,
    env: { HOME: home, PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1" },
    encoding: "utf8",
  });
  rmSync(home, { recursive: true });
  expect(stdout.trim()).toBe(asked);
});

test("no settings of an agent hold a key: the relay outside puts it in", () => {
  for (const [path, text] of Object.entries(agentFiles(BUBBLEWRAPPED)))
    expect([path, /dw[kst]_/.test(text)]).toEqual([path, false]);
});
