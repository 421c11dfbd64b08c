import { expect, test } from "vitest";
import { type PackageCommand, readPackageCommand } from "./command-line.ts";

const found = (spec: string, name: string, program: string | null, ...words: string[]): PackageCommand => ({
  spec,
  package: name,
  program,
  arguments: words,
});

test.each<[string, PackageCommand | null]>([
  ["npx -y @a/b DIR", found("@a/b", "@a/b", null, "DIR")],
  ["npx --yes @a/b@1.2.3 --flag x", found("@a/b@1.2.3", "@a/b", null, "--flag", "x")],
  ["npx pkg -y", found("pkg", "pkg", null, "-y")],
  ["/usr/bin/npx -y pkg@latest", found("pkg@latest", "pkg", null)],
  ["npx -y -p @a/b prog x", found("@a/b", "@a/b", "prog", "x")],
  ["npx --package=@a/b@2 -- prog x", found("@a/b@2", "@a/b", "prog", "x")],
  ["npm exec --yes -- pkg x", found("pkg", "pkg", null, "x")],
  ["npm x pkg", found("pkg", "pkg", null)],
  ["bunx pkg a", found("pkg", "pkg", null, "a")],
  ["bun x --bun pkg", found("pkg", "pkg", null)],
  ["npx.cmd -y pkg", found("pkg", "pkg", null)],
  ["node server.js", null],
  ["/opt/npx-like thing", null],
  ["npm run start", null],
])("%s", (line, expected) => {
  expect(readPackageCommand(line.split(" "))).toEqual(expected);
});

test.each([
  "npx",
  "npx -y",
  "npx -y ./local",
  "npx -y ../up",
  "npx -y https://evil.example/x.tgz",
  "npx -y git+ssh://host/x",
  "npx -y github:user/repo",
  "npx -y user/repo",
  "npx -y alias@npm:other",
  "npx -y pkg@file:../x",
  "npx -c evil",
  "npx --call evil",
  "npx --registry=https://evil.example pkg",
  "npx -y --ignore-scripts=false pkg",
  "npx -y .",
  "npx -y UPPER",
])("`%s` is refused rather than guessed", (line) => {
  expect(() => readPackageCommand(line.split(" "))).toThrow(
    expect.objectContaining({ code: "upstream_command_unclear" }),
  );
});
