import { describe, expect, test } from "vitest";
import { allow } from "../faults/road-harness.ts";
import { BASH, callOf, identityOf, openCalls } from "../support/llm-calls.ts";

// T8: arguments that one client could read differently from another are refused in every stage, and on record.
describe("a call's arguments have one reading", () => {
  test.each([
    ["a duplicate key", '{"command":"ls","command":"rm"}'],
    ["a duplicate key, escaped", '{"command":"ls","\\u0063ommand":"rm"}'],
    ["an integer that a double changes", '{"n":9007199254740993}'],
    ["a lone surrogate, escaped", '{"command":"\\ud800"}'],
    ["a lone surrogate", '{"command":"\ud800"}'],
    ["a prototype", '{"__proto__":{"command":"rm"}}'],
    ["a list", '["rm"]'],
    ["a string", '"rm"'],
    ["null", "null"],
    ["half of it", '{"command":"r'],
    ["two of them", '{"command":"ls"}{"command":"rm"}'],
    ["white space alone", " "],
    ["a byte order mark", '\ufeff{"command":"ls"}'],
    ["too deep", `${'{"a":'.repeat(200)}1${"}".repeat(200)}`],
  ])("%s is refused", async (_name, text) => {
    for (const stage of ["enforce", "observe"] as const) {
      const world = openCalls({ bash: allow });
      await world.rule([]);
      world.accept(BASH);
      const { ruled } = await world.rule([callOf("bash", text)], { identity: identityOf({ stage }) });
      expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/^Rule: tool_call_unreadable$/m);
      const last = world.about().at(-1);
      expect([last?.kind, last?.body["code"]]).toEqual(["verdict", "tool_call_unreadable"]);
    }
  });

  test("a custom tool's text may be anything but half a character", async () => {
    const world = openCalls();
    const tool = { name: "sh", description: "", inputSchema: null };
    await world.rule([], { tools: [tool] });
    world.accept(tool);
    const rule = (text: string) => world.rule([callOf("sh", text, { kind: "custom" })], { tools: [tool] });
    const fine = await rule('{"a":1,"a":2}');
    expect(fine.ruled.kind === "ruled" && fine.ruled.refused.size).toBe(0);
    const half = await rule("\udc00");
    expect(half.ruled.kind === "ruled" && half.ruled.refused.size).toBe(1);
  });

  test("no arguments at all are none", async () => {
    const world = openCalls();
    await world.rule([]);
    world.accept(BASH);
    const { ruled } = await world.rule([callOf("bash", "")]);
    expect(ruled.kind === "ruled" && ruled.refused.size).toBe(0);
  });

  test.each([
    ["long", "x".repeat(100_000)],
    ["of odd characters", "bаsh"],
    ["half a character", "\ud800"],
    ["empty", ""],
  ])("a name that is %s is refused and can be written down", async (_name, name) => {
    const world = openCalls();
    for (const kind of ["function", "text"] as const) {
      const { ruled } = await world.rule([callOf(name, "{}", { kind })]);
      expect(ruled.kind === "ruled" && ruled.refused.size).toBe(1);
      const body = JSON.stringify(world.about().at(-1)?.body);
      expect(body.length).toBeLessThan(2_000);
      expect(body.isWellFormed()).toBe(true);
    }
  });
});
