import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesIn } from "../scripts/files.ts";

const pages = [
  ...readdirSync(".").filter((file) => file.endsWith(".md")),
  ...filesIn(["docs", "verifier", "conformance"], (file) => file.endsWith(".md")),
];

test.each(pages)("links in %s lead somewhere", (page) => {
  const text = readFileSync(page, "utf8").replaceAll(/```[\s\S]*?```/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link.split("#")[0] ?? "");
  const near = links.filter((link) => link !== "" && !/^[a-z]+:/.test(link));
  expect(near.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

test("CONTRIBUTING sends nobody to a place that is not there", () => {
  const rows = readFileSync("CONTRIBUTING.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`\s]+)`/g)].map(([, path = ""]) => path));
  const paths = named.filter((path) => /^(src|tests|docs|console|verifier|scripts|\.ci)\//.test(path));
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  expect(paths.length).toBeGreaterThan(20);
});
