import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { VERDICTS } from "#scan";
import { doorwardAlone } from "./support/local-cli.ts";

const page = readFileSync("docs/guide/model-scan.md", "utf8");

test("the guide's options are the command's, and its verdicts all that there are", async () => {
  const { out: help } = await doorwardAlone("models", "scan", "--help");
  const named = [...page.matchAll(/(?<![\w-])--[a-z][a-z-]+/gu)].map(([flag]) => flag);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((flag) => !help.includes(flag))).toEqual([]);
  expect(VERDICTS.filter((verdict) => !page.includes(`| \`${verdict}\` |`))).toEqual([]);
});

test("what it gives to copy into CI is YAML that names what is there", () => {
  const blocks = [...page.matchAll(/```yaml\n([^]*?)```/gu)].map(([, text = ""]) => parse(text));
  expect(blocks).toHaveLength(2);
  const inputs = Object.keys(parse(readFileSync("action.yml", "utf8")).inputs);
  expect(inputs).toEqual(expect.arrayContaining(Object.keys(blocks[0].steps[1].with)));
  const hooks = parse(readFileSync(".pre-commit-hooks.yaml", "utf8"));
  expect(blocks[1].repos[0].hooks[0].id).toBe(hooks[0].id);
});
