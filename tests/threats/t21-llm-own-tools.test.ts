import { describe, expect, test } from "vitest";
import type { DeclaredTool } from "#llm";
import type { SessionId } from "#vocabulary";
import { BASH, callOf, identityOf, openCalls } from "../support/llm-calls.ts";

const many = (count: number, more: Partial<DeclaredTool> = {}): DeclaredTool[] =>
  Array.from({ length: count }, (_none, at) => ({
    name: `tool_${at}`,
    description: "",
    inputSchema: { type: "object" },
    ...more,
  }));
const who = { identity: identityOf(), principals: [] };
const other = {
  identity: identityOf({
    agentName: "normal",
    session: "ses_2" as SessionId,
    chain: { user: null, agents: ["agt_2" as never] },
  }),
  principals: [],
};

// T21: what an agent can make Doorward keep for review is bounded, and a flooder stops itself alone.
describe("a flood of declared tools", () => {
  test("too many in one request", async () => {
    const world = openCalls();
    await expect(world.calls.declare(who, many(513))).rejects.toMatchObject({ code: "llm_value_invalid" });
    expect(world.about()).toEqual([]);
  });

  test("more unreviewed ones than people could look at", async () => {
    const world = openCalls();
    await world.calls.declare(who, many(512));
    const next = many(600).slice(512);
    await expect(world.calls.declare(who, next)).rejects.toMatchObject({ code: "llm_tools_refused" });
    await world.calls.declare(other, [BASH]);
  });

  test("a definition of half a megabyte", async () => {
    const world = openCalls();
    const huge = many(1, { description: "x".repeat(512 * 1024) });
    await expect(world.calls.declare(who, huge)).rejects.toMatchObject({ code: "llm_tools_refused" });
  });

  test("the same tools told anew with every request", async () => {
    const world = openCalls();
    const flood = async () => {
      for (let at = 0; at < 2_000; at += 1)
        await world.calls.declare(who, [{ ...BASH, description: `The time is ${at}` }]);
    };
    await expect(flood()).rejects.toMatchObject({ code: "rate_limited" });
    await world.calls.declare(other, [BASH]);
    world.ambient.advance(60_000);
    await world.calls.declare(who, [BASH]);
  });

  test("two tools of one name are none", async () => {
    const world = openCalls();
    await expect(world.calls.declare(who, [BASH, { ...BASH, description: "x" }])).rejects.toMatchObject({
      code: "llm_value_invalid",
    });
  });

  test("names made up in text are refused, and the turn is decided all the same", async () => {
    const world = openCalls();
    await world.calls.declare(who, many(512));
    const { ruled } = await world.rule([callOf("made_up", "{}", { kind: "text" })], { tools: [] });
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toMatch(/tool_undeclared/);
  });

  test("more calls in one turn than are decided together", async () => {
    const world = openCalls();
    const list = Array.from({ length: 129 }, () => callOf("bash", "{}"));
    await expect(world.rule(list)).rejects.toMatchObject({ code: "calls_too_many" });
    expect(world.about().some(({ kind }) => kind === "intent" || kind === "verdict")).toBe(false);
  });

  test("calls count against the agent's quota", async () => {
    const world = openCalls();
    const flood = async () => {
      for (let at = 0; at < 40; at += 1)
        await world.rule(Array.from({ length: 64 }, () => callOf("bash", "{}")));
    };
    await expect(flood()).rejects.toMatchObject({ code: "rate_limited" });
  });
});
