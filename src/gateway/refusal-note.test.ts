import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Note, noteJson, retryLine } from "./refusal-note.ts";

const NOTE: Note = {
  code: "no_permit",
  reason: "No policy permits it.",
  remedy: "Ask the owner.",
  rules: ["default-deny"],
  approval: null,
  action: "act_1",
};
const note = (more: Partial<Note>): Note => ({ ...NOTE, ...more });

describe("what programs are told of a refusal", () => {
  test.each([
    ["no_permit", "permission", ["owner", "admins"], "never"],
    ["policy_forbids", "permission", ["admins"], "never"],
    ["tool_not_accepted", "review", ["admins"], "never"],
    ["delegation_spent", "delegation", ["user"], "never"],
    ["agent_revoked", "access", ["owner"], "never"],
    ["budget_exceeded", "budget", ["admins"], "later"],
  ])("%s: ask for %s of %s, retry %s", (code, what, of, retry) => {
    const told = noteJson("refused", note({ code }));
    expect(told).toMatchObject({ code, retry, ask: { what, of, how: NOTE.remedy }, rules: ["default-deny"] });
  });

  test.each(["arguments_mismatch", "approval_denied", "outcome_unknown", "never_heard_of"])(
    "%s: nothing to ask for, and not again as it is",
    (code) => {
      expect(noteJson("refused", note({ code }))).toMatchObject({ ask: null, retry: "never", until: null });
    },
  );

  test("a held one waits for the groups that are asked, and says until when", () => {
    const held = note({
      code: "held",
      approval: "apr_1",
      groups: ["admins", "finance"],
      until: "2026-01-01T00:00:00.000Z",
    });
    expect(noteJson("held", held)).toMatchObject({
      ask: { what: "approval", of: ["admins", "finance"] },
      retry: "after-approval",
      until: "2026-01-01T00:00:00.000Z",
      approval: "apr_1",
    });
    expect(retryLine("held", held)).toBe("Retry: after approval");
  });

  test("a failure is worth another try where nothing of it left, and only there", () => {
    expect(noteJson("failed", note({ code: "upstream_unreachable", isUnsent: true }))["retry"]).toBe("later");
    expect(noteJson("failed", note({ code: "upstream_lost" }))["retry"]).toBe("never");
    expect(retryLine("failed", note({ code: "upstream_lost" }))).toBe("Retry: never as it is");
  });

  test("a budget says from when on", () => {
    const spent = note({ code: "budget_exceeded", until: "2026-01-02T00:00:00.000Z" });
    expect(noteJson("refused", spent)["until"]).toBe("2026-01-02T00:00:00.000Z");
    expect(retryLine("refused", spent)).toBe("Retry: after 2026-01-02T00:00:00.000Z");
  });

  test("has exactly the members that docs/formats/refusals.md describes", () => {
    const page = readFileSync("docs/formats/refusals.md", "utf8");
    const told = noteJson("refused", NOTE);
    const described = [...page.matchAll(/^\| `([a-z]+)` +\|/gmu)].map(([, name]) => name);
    for (const member of Object.keys(told)) expect(described).toContain(member);
    const example: unknown = JSON.parse(/```json refusal\n([^]*?)```/u.exec(page)?.[1] ?? "");
    expect(Object.keys(example as object)).toEqual(Object.keys(told));
  });
});
