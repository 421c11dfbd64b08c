import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ask, HELPER, NOTES, TOOLS } from "../../tests/samples/policy.ts";
import { CHANGES_MAX, createBacktest, type RecordedAction } from "./backtest.ts";
import { compilePolicies } from "./compile.ts";
import { decide } from "./decide.ts";
import type { PolicySet } from "./policy-set.ts";

function setOf(text: string): PolicySet {
  const compiled = compilePolicies(text, TOOLS);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.set;
}

const SET = setOf(`@id("reads") permit (principal, action in Doorward::Action::"read", resource);
@id("holds") @hold("admins") forbid (principal, action == Doorward::Action::"fs/read_file", resource)
when { context.input.path like "/held/*" };
@id("notes-writes") permit (principal == Doorward::Agent::"agt_1", action in Doorward::Action::"write", resource);`);

const said = fc.constantFrom("allow", "hold", "deny");
const asked = fc
  .tuple(
    fc.constantFrom(NOTES, HELPER),
    fc.constantFrom("read_file", "create_directory", "write_file"),
    fc.constantFrom("/held/a", "/b"),
  )
  .map(([agent, name, path]) => {
    const effects =
      name === "read_file"
        ? (["read"] as const)
        : name === "write_file"
          ? (["destructive"] as const)
          : (["write"] as const);
    return ask({ name, effects, values: { path }, principals: [agent] });
  });
const recorded = fc
  .tuple(said, asked, fc.nat())
  .map(
    ([was, question, at]): RecordedAction => ({ id: `act_${at}`, at, said: was, rules: ["old"], question }),
  );

describe("a backtest", () => {
  test("agrees with decide, one by one, in every count and kind of change", () => {
    fc.assert(
      fc.property(fc.array(recorded, { maxLength: 60 }), (all) => {
        const backtest = createBacktest(SET);
        for (const one of all) backtest.replay(one);
        const report = backtest.report();
        const now = all.map((one) => ({ was: one.said, is: decide(SET, one.question).kind }));
        const newly = (kind: string): number =>
          now.filter(({ was, is }) => is === kind && was !== kind).length;
        expect([report.allowed, report.held, report.denied]).toEqual(["allow", "hold", "deny"].map(newly));
        expect(report.same).toBe(now.filter(({ was, is }) => was === is).length);
        expect(report.actions).toBe(all.length);
        const told = report.changes.reduce((sum, { count }) => sum + count, report.changesLeftOut);
        expect(told).toBe(report.allowed + report.held + report.denied);
        for (const { from, to, examples, count } of report.changes) {
          expect(from).not.toBe(to);
          expect(examples.length).toBe(Math.min(3, count));
        }
      }),
    );
  });

  test("stays as small as it is however many kinds of change there are, and still counts them all", () => {
    const backtest = createBacktest(SET);
    const question = ask({ name: "write_file", effects: ["destructive"] });
    for (let at = 0; at < CHANGES_MAX + 50; at += 1) {
      const principals = [{ ...NOTES, name: `agent-${at}` }];
      backtest.replay({
        id: `act_${at}`,
        at,
        said: "allow",
        rules: [],
        question: { ...question, principals },
      });
    }
    const { changes, changesLeftOut, denied } = backtest.report();
    expect([changes.length, changesLeftOut, denied]).toEqual([CHANGES_MAX, 50, CHANGES_MAX + 50]);
  });
});
