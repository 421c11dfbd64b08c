import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TOOLS } from "../../tests/samples/policy.ts";
import {
  compilePolicies,
  DEED_FORMS,
  RESERVED_SERVER_NAMES,
  runPolicyTests,
  STARTER_POLICY,
} from "./index.ts";

const GUIDE = readFileSync(new URL("../../docs/guide/policy.md", import.meta.url), "utf8");
const blocks = (language: string): string[] =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text = ""]) => text);

describe("docs/guide/policy.md", () => {
  test.each(blocks("cedar"))("this policy compiles: %s", (text) => {
    expect(compilePolicies(text, TOOLS)).toMatchObject({ ok: true });
  });

  test.each(blocks("yaml"))("these tests run and pass on the starter policy: %s", (yaml) => {
    expect(runPolicyTests(yaml, STARTER_POLICY, [])).toMatchObject({ ok: true, passed: 2, failed: 0 });
  });

  test("it shows something of each, and names what it must", () => {
    expect([blocks("cedar").length, blocks("yaml").length]).toEqual([5, 2]);
    const plain = GUIDE.replaceAll(/\s+/g, " ");
    expect(plain).toContain(DEED_FORMS);
    expect([...RESERVED_SERVER_NAMES].filter((name) => !plain.includes(`\`${name}\``))).toEqual([]);
  });
});
