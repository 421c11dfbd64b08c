import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import type { PolicyId, Verdict } from "#vocabulary";
import { ANN, ask, type Asking, compiled, HELPER, ids, NOTES } from "../../tests/samples/policy.ts";
import { compilePolicies, decide, explain, mayUse, type PolicySet, type Question } from "./index.ts";

// Generated policies over the sample tools. Conditions may hold, fail, err, and look at arguments or not.
const PRINCIPALS = [
  "principal",
  "principal is Doorward::Agent",
  "principal is Doorward::User",
  'principal == Doorward::Agent::"agt_1"',
  'principal in Doorward::Group::"finance"',
];
const ACTIONS = [
  "action",
  'action in Doorward::Action::"read"',
  'action in [Doorward::Action::"write", Doorward::Action::"destructive"]',
  'action == Doorward::Action::"fs/read_file"',
  'action == Doorward::Action::"fs/write_file"',
];
const RESOURCES = ["resource", "resource is Doorward::Tool", 'resource == Doorward::Tool::"fs/read_file"'];
const CONDITIONS = [
  "",
  "",
  'when { context.stage == "enforce" }',
  'unless { context.door == "mcp" }',
  "when { 9223372036854775807 + 1 == 2 }",
  'when { context has input && context.input has path && context.input.path like "/tmp/*" }',
  "when { context has input && context.input has depth && context.input.depth > 3 }",
  "unless { context has input && context.input has force && context.input.force }",
  "when { context has input && context.input has depth && context.input.depth + 9223372036854775807 > 0 }",
];

interface Drawn {
  readonly effect: "permit" | "forbid";
  readonly hold: string | null;
  readonly head: string;
  readonly condition: string;
}

const from = (options: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...options);
const heads = fc.tuple(from(PRINCIPALS), from(ACTIONS), from(RESOURCES)).map((parts) => parts.join(", "));
const drawn: fc.Arbitrary<Drawn> = fc.record({
  effect: fc.constantFrom<Drawn["effect"]>("permit", "permit", "forbid"),
  hold: fc.option(fc.constantFrom("a", "b", "c, not-owner"), { nil: null }),
  head: heads,
  condition: from(CONDITIONS),
});
const policies = fc.array(drawn, { minLength: 1, maxLength: 7 });

const textOf = (one: Drawn, index: number): string => {
  const hold = one.effect === "forbid" && one.hold !== null ? `@hold("${one.hold}")` : "";
  return `@id("p${index}") ${hold} ${one.effect} (${one.head}) ${one.condition};`;
};
const texts = (list: readonly Drawn[]): string[] => list.map(textOf);

/** Reads that a schema would not allow are impossible here: `context has input` is false without one. */
const setOf = (list: readonly string[]): PolicySet => compiled(list.join("\n"));

const values: fc.Arbitrary<JsonObject> = fc.record(
  {
    path: fc.constantFrom<string | number>("/tmp/x", "/etc/passwd", 3),
    depth: fc.constantFrom(0, 5, -5, 1.5),
    force: fc.boolean(),
  },
  { requiredKeys: [] },
);
const principals = fc.constantFrom([NOTES], [ANN, NOTES], [ANN, HELPER, NOTES], [HELPER]);
const names = fc.constantFrom<Asking>(
  { name: "read_file", effects: ["read"] },
  { name: "write_file", effects: ["destructive"] },
  { name: "create_directory", effects: ["write"] },
  { verb: "resources/read", name: "file:///tmp/x" },
);
const questions = fc
  .tuple(names, values, principals)
  .map(([name, given, who]): Question => ask({ ...name, values: given, principals: who }));

const WIDTH = { deny: 0, hold: 1, allow: 2 };
const width = (verdict: Verdict): number => WIDTH[verdict.kind];
const withoutDigest = (verdict: Verdict): unknown => ({ ...verdict, policySet: null });
const runs = { numRuns: 150 };

test("the order of the policies never matters", () => {
  const shuffled = policies.chain((list) =>
    fc.tuple(fc.constant(texts(list)), fc.shuffledSubarray(texts(list), { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, questions, ([list, other], question) => {
      const one = decide(setOf(list), question);
      expect(withoutDigest(decide(setOf(other), question))).toEqual(withoutDigest(one));
    }),
    runs,
  );
});

test("the same question has the same verdict", () => {
  fc.assert(
    fc.property(policies, questions, (list, question) => {
      const set = setOf(texts(list));
      expect(decide(set, question)).toEqual(decide(set, structuredClone(question)));
    }),
    { numRuns: 50 },
  );
});

test("adding a forbid, held or not, never widens", () => {
  fc.assert(
    fc.property(policies, drawn, questions, (list, extra, question) => {
      const more = [...texts(list), textOf({ ...extra, effect: "forbid" }, 99)];
      expect(width(decide(setOf(more), question))).toBeLessThanOrEqual(
        width(decide(setOf(texts(list)), question)),
      );
    }),
    runs,
  );
});

test("removing a permit never widens", () => {
  fc.assert(
    fc.property(policies, questions, (list, question) => {
      const fewer = texts(list).filter((_, index) => index > 0 || list[0]?.effect === "forbid");
      fc.pre(fewer.length > 0);
      expect(width(decide(setOf(fewer), question))).toBeLessThanOrEqual(
        width(decide(setOf(texts(list)), question)),
      );
    }),
    runs,
  );
});

test("a principal more in the chain never widens", () => {
  fc.assert(
    fc.property(policies, names, values, (list, name, given) => {
      const set = setOf(texts(list));
      const alone = [[ANN], [HELPER], [NOTES]].map((who) =>
        decide(
          set,
          ask({
            ...name,
            values: given,
            principals: who.some((one) => one.type === "Agent") ? who : [ANN, NOTES],
          }),
        ),
      );
      const chain = decide(set, ask({ ...name, values: given, principals: [ANN, HELPER, NOTES] }));
      expect(width(chain)).toBeLessThanOrEqual(Math.min(...alone.map(width)));
    }),
    runs,
  );
});

test("over the chain: the least of its members, with all their groups", () => {
  fc.assert(
    fc.property(policies, names, values, (list, name, given) => {
      const set = setOf(texts(list));
      const of = (who: readonly (typeof NOTES)[]): Verdict =>
        decide(set, ask({ ...name, values: given, principals: who }));
      const [first, second, both] = [of([HELPER]), of([NOTES]), of([HELPER, NOTES])];
      expect(width(both)).toBe(Math.min(width(first), width(second)));
      const groups = [first, second].flatMap((verdict) => (verdict.kind === "hold" ? verdict.groups : []));
      const united = both.kind === "hold" ? both.groups : [...new Set(groups)].toSorted();
      expect(united).toEqual([...new Set(groups)].toSorted());
    }),
    runs,
  );
});

// The definition of decision 2, word by word, on Cedar's own plain call, with every policy and no slices.
const satisfiedAlone = (
  text: string,
  call: Omit<cedar.AuthorizationCall, "policies">,
): "yes" | "no" | "errs" => {
  const answer = cedar.isAuthorized({ ...call, policies: { staticPolicies: { one: text } } });
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  if (answer.response.diagnostics.errors.length > 0) return "errs";
  return answer.response.diagnostics.reason.length > 0 ? "yes" : "no";
};

const uid = (type: string, at: string): cedar.TypeAndId => ({ type: `Doorward::${type}`, id: at });
const byId = (one: { index: number }): string => `p${one.index}`;

const callFor = (question: Question): Omit<cedar.AuthorizationCall, "policies"> => {
  const agent = question.principals[0];
  const { server, name } = question.action.target;
  const id = `${server}/${name}`;
  const isTool = question.action.verb === "tools/call";
  const groups = isTool ? ["tools/call", ...question.facts.effects] : ["read"];
  const action = uid("Action", isTool ? id : question.action.verb);
  const input = isTool ? { input: question.action.arguments as Record<string, cedar.CedarValueJson> } : {};
  return {
    principal: uid("Agent", agent?.id ?? ""),
    action,
    resource: uid(isTool ? "Tool" : "Resource", id),
    context: { effects: [...question.facts.effects], door: "mcp", stage: question.stage, ...input },
    entities: [
      { uid: action, attrs: {}, parents: groups.map((group) => uid("Action", group)) },
      { uid: uid(isTool ? "Tool" : "Resource", id), attrs: {}, parents: [uid("Server", server)] },
    ],
  };
};

test("the verdict is the one of the definition, computed another way", () => {
  const sane = values.filter(
    (given) => typeof given["path"] === "string" && Number.isInteger(given["depth"] ?? 0),
  );
  fc.assert(
    fc.property(policies, names, sane, (list, name, given) => {
      const question = ask({ ...name, values: given });
      const call = callFor(question);
      const results = list.map((one, index) => ({
        ...one,
        index,
        is: satisfiedAlone(textOf(one, index), call),
      }));
      const erring = results.some((one) => one.effect === "forbid" && one.is === "errs");
      const firm = results.some((one) => one.effect === "forbid" && one.hold === null && one.is === "yes");
      const holds = results.filter((one) => one.effect === "forbid" && one.hold !== null && one.is === "yes");
      const left = texts(list).filter((_, index) => !holds.some((one) => one.index === index));
      const staticPolicies = Object.fromEntries(left.map((text, index) => [`q${index}`, text]));
      const again = cedar.isAuthorized({ ...call, policies: { staticPolicies } });
      const allows = again.type === "success" && again.response.decision === "allow";
      const expected = erring || firm || !allows ? "deny" : holds.length > 0 ? "hold" : "allow";
      const set = setOf(texts(list));
      const verdict = decide(set, question);
      expect(verdict.kind).toBe(expected);
      const grounds =
        verdict.kind === "hold" ? verdict.grounds.map((ground): string => ground.policy) : holds.map(byId);
      expect(grounds.toSorted()).toEqual(holds.map(byId).toSorted());
    }),
    { numRuns: 300 },
  );
});

test("an approval lifts only what it names, of that set only, and everything held once all is named", () => {
  fc.assert(
    fc.property(policies, questions, fc.array(fc.nat(7)), (list, question, picks) => {
      const set = setOf(texts(list));
      const verdict = decide(set, question);
      const named = picks.map((index) => `p${index}`);
      const other = decide(set, question, { policySet: "sha256:00", policies: ids(...named) });
      expect(other).toEqual(verdict);
      const held = verdict.kind === "hold" ? verdict.grounds.map((ground) => ground.policy) : [];
      const some = decide(set, question, { policySet: set.digest, policies: ids(...named) });
      const lifted = held.filter((id) => named.includes(id));
      const expected = verdict.kind === "hold" && lifted.length === held.length ? "allow" : verdict.kind;
      expect(some.kind).toBe(expected);
      const left =
        some.kind === "hold"
          ? some.grounds.map((ground) => ground.policy)
          : held.filter((id) => !lifted.includes(id));
      expect(left).toEqual(held.filter((id) => !lifted.includes(id)));
      const all = decide(set, question, { policySet: set.digest, policies: held });
      expect(all.kind).toBe(verdict.kind === "hold" ? "allow" : verdict.kind);
    }),
    runs,
  );
});

test("mayUse never hides what some arguments would make usable", () => {
  fc.assert(
    fc.property(
      policies,
      names,
      principals,
      fc.array(values, { minLength: 1, maxLength: 6 }),
      (list, name, who, tries) => {
        const set = setOf(texts(list));
        const usable = tries.some(
          (given) => decide(set, ask({ ...name, values: given, principals: who })).kind !== "deny",
        );
        const listed = mayUse(set, ask({ ...name, values: {}, principals: who }));
        expect(listed || !usable).toBe(true);
        expect(mayUse(set, ask({ ...name, values: { path: 7 }, principals: who }))).toBe(listed);
      },
    ),
    runs,
  );
});

test("explain tells the verdict, and its policies account for it", () => {
  fc.assert(
    fc.property(policies, questions, (list, question) => {
      const set = setOf(texts(list));
      const told = explain(set, question);
      expect(told.verdict).toEqual(decide(set, question));
      const named = new Set<PolicyId>(
        told.principals.flatMap((one) => one.policies.map((policy) => policy.id)),
      );
      const grounds = told.verdict.grounds.filter((ground) => (ground.policy as string) !== "default-deny");
      expect(grounds.every((ground) => named.has(ground.policy))).toBe(true);
      expect(told.principals).toHaveLength(question.principals.length);
    }),
    { numRuns: 60 },
  );
});

test("text that is no policy set never compiles to one that allows", () => {
  const damaged = fc.tuple(policies, fc.nat(), fc.string()).map(([list, at, junk]) => {
    const text = texts(list).join("\n");
    const index = at % (text.length + 1);
    return text.slice(0, index) + junk + text.slice(index + junk.length);
  });
  fc.assert(
    fc.property(
      fc.oneof(damaged, fc.string(), fc.constant("// nothing"), fc.constant(" ")),
      questions,
      (text, question) => {
        const result = compilePolicies(text, []);
        const kind = result.ok ? decide(result.set, question).kind : "deny";
        // Without tools, only a resource can be asked for; it needs a permit that survived the damage.
        expect(kind === "deny" || text.includes("permit")).toBe(true);
      },
    ),
    runs,
  );
});
