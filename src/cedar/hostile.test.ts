import { describe, expect, test } from "vitest";
import { authorize } from "./authorize.ts";
import { entitiesOf } from "./entities.ts";
import { EntityUid } from "./entity-uid.ts";
import type { Environment } from "./environment.ts";
import { type ExactJson, type ExactObject, readRecord, recordOf, VALUE_DEPTH_MAX } from "./json.ts";
import { Pattern } from "./pattern.ts";
import { readPolicy } from "./policy.ts";
import { EXPRESSION_DEPTH_MAX } from "./read-expression.ts";
import { indexByScope } from "./scope-index.ts";
import { quoted } from "./text.ts";

// What a policy's author, or an agent through its arguments, could try to stop the engine with. Nothing here is timed;
// what would take quadratic time or a deep stack does not come back, or throws.

const ANN = new EntityUid("User", "ann");
const READ = new EntityUid("Action", "read");
const DOC = new EntityUid("Doc", "a");

function world(context: ExactObject = {}, over: Partial<Environment> = {}): Environment {
  return {
    principal: ANN,
    action: READ,
    resource: DOC,
    context: recordOf(context),
    entities: entitiesOf([]),
    ...over,
  };
}

const policy = (body: ExactJson, over: ExactObject = {}) =>
  readPolicy("p", {
    effect: "permit",
    principal: { op: "All" },
    action: { op: "All" },
    resource: { op: "All" },
    conditions: [{ kind: "when", body }],
    ...over,
  });
const outcome = (body: ExactJson, environment = world()) => authorize([policy(body)], environment);

const value = (json: ExactJson): ExactObject => ({ Value: json });
const context = (name: string): ExactObject => ({ ".": { left: { Var: "context" }, attr: name } });
const nested = (depth: number): ExactJson => {
  let body: ExactJson = value(true);
  for (let level = 0; level < depth; level += 1) body = { "!": { arg: body } };
  return body;
};

const groupAt = (index: number) => new EntityUid("Group", String(index));
const pattern = (text: string) => new Pattern(Array.from(text, (one) => (one === "*" ? null : one)));

describe("depth", () => {
  test("the deepest expression that is read is evaluated", () => {
    expect(outcome(nested(EXPRESSION_DEPTH_MAX)).decision).toBe("allow");
    const chain = Array.from({ length: EXPRESSION_DEPTH_MAX - 1 }).reduce<ExactJson>(
      (left) => ({ "&&": { left, right: value(true) } }),
      value(true),
    );
    expect(outcome(chain).decision).toBe("allow");
  });

  test("a deeper one is refused when it is read, not when it is needed", () => {
    expect(() => policy(nested(EXPRESSION_DEPTH_MAX + 1))).toThrow("nests too deep");
  });

  test("a value too deep is refused", () => {
    let deep: ExactJson = 1;
    for (let level = 0; level <= VALUE_DEPTH_MAX; level += 1) deep = [deep];
    expect(() => readRecord({ deep })).toThrow("nests too deep");
  });

  test("the escape that Cedar gave up is refused; a record with other fields, or another value there, is a record", () => {
    expect(() => readRecord({ x: { __expr: "1 + 1" } })).toThrow("__expr");
    expect(readRecord({ x: { __expr: 1 }, y: { __expr: "1", z: 1 } }).names).toEqual(["x", "y"]);
  });

  test("a circle of two thousand parents, and an entity with two hundred thousand, end", () => {
    const count = 200_000;
    const first = { uid: ANN, attributes: readRecord({}), parents: [groupAt(0)] };
    const groups = Array.from({ length: 2_000 }, (_, index) => ({
      uid: groupAt(index),
      attributes: readRecord({}),
      parents: [groupAt((index + 1) % 2_000)],
    }));
    const entities = entitiesOf([first, ...groups]);
    expect(entities.get(ANN)?.ancestors).toHaveLength(2_000);
    expect(entities.get(groupAt(7))?.ancestors).toHaveLength(1_999);
    const scope = { principal: { op: "in", entity: { type: "Group", id: "1999" } } };
    const index = indexByScope([policy(value(true), scope)]);
    expect(index.matching(world({}, { entities }))).toHaveLength(1);
    const wide = {
      uid: DOC,
      attributes: readRecord({}),
      parents: Array.from({ length: count }, (_, one) => groupAt(one)),
    };
    const body = {
      in: { left: { Var: "resource" }, right: value({ __entity: { type: "Group", id: "199999" } }) },
    };
    expect(outcome(body, world({}, { entities: entitiesOf([wide]) })).decision).toBe("allow");
  });
});

describe("size", () => {
  const MANY = 50_000;

  test("sets of many members are compared, searched and contained in time linear in them", () => {
    const numbers = Array.from({ length: MANY }, (_, index) => index);
    const records = numbers.map((index) => ({ at: index, name: `n${index}` }));
    const given = { left: records, right: records.toReversed(), one: [{ name: "n7", at: 7 }], numbers };
    const both = (operator: string): ExactJson => ({
      [operator]: { left: context("left"), right: context("right") },
    });
    expect(outcome(both("=="), world(given)).decision).toBe("allow");
    expect(outcome(both("containsAll"), world(given)).decision).toBe("allow");
    expect(
      outcome({ containsAny: { left: context("left"), right: context("one") } }, world(given)).decision,
    ).toBe("allow");
    expect(
      outcome({ contains: { left: context("numbers"), right: value(MANY) } }, world(given)).decision,
    ).toBe("deny");
  });

  test("arguments that no policy reads are not looked at", () => {
    const trap = {
      get huge(): never {
        throw new Error("read");
      },
      small: 1,
    };
    expect(outcome({ "==": { left: context("small"), right: value(1) } }, world(trap)).decision).toBe(
      "allow",
    );
  });

  test("five thousand policies of one scope answer; ten thousand of other scopes are not even visited", () => {
    const same = Array.from({ length: 5_000 }, (_, index) => ({
      ...policy(value(true)),
      id: `same${index}`,
    }));
    const others = Array.from({ length: 10_000 }, (_, index) => ({
      ...policy(value(true), { principal: { op: "==", entity: { type: "User", id: `other${index}` } } }),
      id: `other${index}`,
    }));
    const found = indexByScope([...others, ...same]).matching(world());
    expect(found.map(({ id }) => id)).toEqual(same.map(({ id }) => id));
    expect(authorize(found, world()).reasons).toHaveLength(5_000);
  });
});

describe("patterns", () => {
  const long = "a".repeat(200_000);

  test.each([
    ["*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", long, false],
    [`${"*a".repeat(5_000)}*`, long, true],
    [`*${"a".repeat(50_000)}b*`, long, false],
    [`*${"ab".repeat(20_000)}c*`, "ab".repeat(100_000), false],
    [`*${"a".repeat(50_000)}*${"a".repeat(50_000)}*`, long, true],
    ["*", "", true],
    ["**", "", true],
    ["", "", true],
    ["", "a", false],
    ["a*a", "a", false],
    ["aba*ba", "aba", false],
    ["*ab*ab*", "ab-a-b", false],
    ["*😀*", "x😀y", true],
    ["\u{1F600}*", "\u{1F601}", false],
  ])("%.30s on a long text ends", (text, on, matches) => {
    expect(pattern(text).matches(on)).toBe(matches);
  });

  test("long pieces are found wherever the plain search finds them", () => {
    const piece = "abaababaabaab".repeat(4);
    for (let shift = 0; shift < piece.length; shift += 1) {
      const text = `${piece.slice(shift)}${piece.slice(0, shift)}${piece}`;
      expect(pattern(`*${piece}*`).matches(text)).toBe(text.includes(piece));
      expect(pattern(`*${piece}x*`).matches(text)).toBe(false);
    }
  });
});

describe("names", () => {
  test("names of JavaScript's own are attributes like any other", () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const has = { has: { left: { Var: "context" }, attr: name } };
      expect(outcome(has).decision).toBe("deny");
      expect(outcome(context(name)).errors).toMatchObject([{ kind: "attribute-missing" }]);
      const own = JSON.parse(`{"${name}": true}`);
      expect(outcome(context(name), world(own)).decision).toBe("allow");
    }
  });

  test("no two entities are mistaken for one another, whatever their ids", () => {
    const uids = [
      ["A", "b"],
      ["A::B", ""],
      ["A", 'b"'],
      ["A", "B\0"],
      ["A\u00e9", ""],
      ["A", "\u00e9"],
      ["A", "e\u0301"],
    ];
    const keys = uids.map(([type = "", id = ""]) => new EntityUid(type, id).key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(quoted("e\u0301\n\u200b😀")).toBe("e\u0301\\n\\u{200b}😀");
  });

  test("values that print alike are different", () => {
    const sets: ExactJson[] = [
      ["1"],
      [1],
      [[1]],
      [["1"]],
      [{ a: 1 }],
      [true],
      ["true"],
      ["s1"],
      ["i1"],
      ["btrue"],
      ["1:i1"],
    ];
    for (const left of sets) {
      for (const right of sets) {
        const answer = outcome(
          { "==": { left: context("left"), right: context("right") } },
          world({ left, right }),
        );
        expect(answer.decision).toBe(left === right ? "allow" : "deny");
      }
    }
  });
});

describe("what is no policy", () => {
  test.each<[string, ExactJson]>([
    ["no operator", {}],
    ["two operators", { "!": { arg: value(true) }, neg: { arg: value(1) } }],
    ["an unknown operator", { xor: { left: value(true), right: value(true) } }],
    ["an unknown function", { exec: [value("rm")] }],
    ["partial evaluation's unknown", { unknown: [value("x")] }],
    ["an unknown variable", { Var: "self" }],
    ["a slot in a condition", { Slot: "?principal" }],
    ["null", value(null)],
    ["a fraction", value(1.5)],
    ["an integer beyond 64 bits", value(2n ** 63n)],
    ["a pattern that is a text", { like: { left: value("a"), pattern: "a*" } }],
    ["an operand missing", { "==": { left: value(1) } }],
  ])("%s is refused", (_, body) => {
    expect(() => policy(body)).toThrow("cannot read");
  });

  test.each<[string, ExactObject]>([
    ["an effect", { effect: "allow" }],
    ["a principal", { principal: { op: "like" } }],
    ["an action", { action: { op: "is", entity_type: "Action" } }],
    ["a condition", { conditions: [{ kind: "if", body: value(true) }] }],
    ["a template's slot without a value", { principal: { op: "==", slot: "?principal" } }],
  ])("%s of another kind is refused", (_, over) => {
    expect(() => policy(value(true), over)).toThrow("cannot read");
  });
});

test("a template with its slots filled is a policy; each link stands for itself", () => {
  const template = {
    effect: "permit",
    principal: { op: "in", slot: "?principal" },
    action: { op: "in", entities: [{ type: "Action", id: "read" }] },
    resource: { op: "is", entity_type: "Doc", in: { slot: "?resource" } },
    conditions: [],
    annotations: { note: "x", bare: null },
  };
  const link = (id: string, who: EntityUid) =>
    readPolicy(id, template, { "?principal": who, "?resource": DOC });
  const links = [link("one", ANN), link("two", new EntityUid("User", "bob"))];
  expect(links[0]?.annotations).toEqual({ note: "x", bare: "" });
  const found = indexByScope(links).matching(world());
  expect(authorize(found, world())).toEqual({ decision: "allow", reasons: ["one"], errors: [] });
});

test("a policy that names several groups of actions is found once", () => {
  const groups = ["a", "b", "c"].map((id) => new EntityUid("Action", id));
  const entities = entitiesOf([{ uid: READ, attributes: readRecord({}), parents: groups }]);
  const scope = {
    action: { op: "in", entities: groups.concat(groups).map(({ type, id }) => ({ type, id })) },
  };
  const index = indexByScope([policy(value(true), scope)]);
  for (let again = 0; again < 2; again += 1) expect(index.matching(world({}, { entities }))).toHaveLength(1);
});
