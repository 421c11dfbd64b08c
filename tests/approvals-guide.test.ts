import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fieldsOf, operationNamed } from "#operations";
import { decide, summariesOf } from "#policy";
import { readConfig } from "../src/main/config.ts";
import { ask, compiled } from "./samples/policy.ts";

const page = readFileSync("docs/guide/approvals.md", "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text = ""]) => text);

test("every command of the guide is one, with options that it has", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("    $ doorward "));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const [, , noun, verb, ...rest] = line.trim().split(" ");
    const names = fieldsOf(operationNamed(`${noun}.${verb}`)).map(({ name }) => name);
    const flags = rest.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
    expect({ line, unknown: flags.filter((flag) => !names.includes(flag)) }).toEqual({ line, unknown: [] });
  }
});

test("its policy compiles and holds as the page says", () => {
  const [text = ""] = blocks("cedar");
  const set = compiled(text);
  const rule = summariesOf(set).find(({ id }) => id === "hold-payments");
  expect(rule?.hold).toMatchObject({
    group: "finance, 2, not-owner, not-requester",
    expiresAfterMs: 4 * 3_600_000,
    glass: "oncall, not-owner",
  });
  expect(decide(set, ask({ name: "create_directory", effects: ["write"] }))).toMatchObject({
    kind: "hold",
    groups: ["finance, 2, not-owner, not-requester"],
  });
});

test("its settings are read", () => {
  const directory = mkdtempSync(join(tmpdir(), "doorward-guide-"));
  const [yaml = ""] = blocks("yaml");
  writeFileSync(join(directory, "doorward.yaml"), yaml);
  const { holds } = readConfig({ data: directory }, {});
  rmSync(directory, { recursive: true });
  expect(holds).toEqual({ expiresAfterMs: 3_600_000, escalation: "15m leads", breakGlass: true });
});

test("the binding is listed whole in its format", () => {
  const format = readFileSync("docs/formats/approvals.md", "utf8");
  const source = readFileSync("src/vocabulary/approval.ts", "utf8");
  const [, type = ""] = /export type ApprovalBinding = \{(.*?)\n\};/s.exec(source) ?? [];
  const members = [...type.matchAll(/readonly (\w+):/g)].map(([, member = ""]) => member);
  expect(members.length).toBeGreaterThan(8);
  expect(members.filter((member) => !format.includes(`| \`${member}\` |`))).toEqual([]);
});
