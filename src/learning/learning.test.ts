import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import {
  compilePolicies,
  decide,
  type PolicySet,
  type Question,
  type RecordedAction,
  runPolicyTests,
  STARTER_POLICY,
  toolId,
  type ToolShape,
} from "#policy";
import type { FlowFacts, FlowRole } from "#vocabulary";
import { ask, NOTES, tool, TOOLS } from "../../tests/samples/policy.ts";
import { createObserver, type Known, type Proposal, propose } from "./index.ts";

const SEND = tool("send", ["outbound", "write"], {
  type: "object",
  properties: {
    to: { type: "array", items: { type: "string" } },
    body: { type: "string" },
    amount: { type: "integer" },
    options: { type: "object", properties: { urgent: { type: "boolean" }, folder: { type: "string" } } },
    url: { type: "string" },
  },
  required: ["to", "body"],
});
const ROLES: Readonly<Record<string, FlowRole>> = {
  path: "path",
  to: "destination",
  body: "content",
  amount: "amount",
  url: "destination",
  options: "control",
};
const OPEN = `@id("all") permit (principal, action, resource);
@id("no-etc") forbid (principal, action == Doorward::Action::"fs/read_file", resource)
when { context.input.path like "/etc/*" };`;

const KNOWN_ORIGINS = {
  destination: [],
  account: [],
  command: [],
  path: [],
  selector: [],
  amount: [],
  credential: [],
  profile: [],
};
const CLEAN: FlowFacts = {
  labelled: true,
  effect: "read",
  mandate: "attested",
  tainted: false,
  overflowed: false,
  asked: true,
  origins: KNOWN_ORIGINS,
  readers: "none",
  carries: [],
  doubts: [],
};

function setOf(text: string, tools: readonly ToolShape[]): PolicySet {
  const compiled = compilePolicies(text, tools);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.set;
}

function knownOf(set: PolicySet): Known {
  return {
    input: (server, name) => set.inputs.get(toolId(server, name)),
    role: (_server, _name, argument) => ROLES[argument] ?? "selector",
    labels: { flow: () => null, effects: () => null },
  };
}

let made = 0;

function recorded(question: Question): RecordedAction {
  made += 1;
  return { id: `act_${made}`, at: Date.UTC(2026, 0, 1) + made, said: "allow", rules: [], question };
}

function reading(path: string, flow: FlowFacts | null = CLEAN): Question {
  const question = ask({ values: { path } });
  return flow === null ? question : { ...question, flow };
}

function sending(values: JsonObject): Question {
  return {
    ...ask({ name: "send", effects: ["outbound", "write"], values }),
    flow: { ...CLEAN, effect: "send" },
  };
}

interface Outcome extends Proposal {
  readonly set: PolicySet;
  readonly skipped: readonly (string | null)[];
}

function learnFrom(questions: readonly Question[], text = OPEN, tools = [...TOOLS, SEND]): Outcome {
  const set = setOf(text, tools);
  const known = knownOf(set);
  const observer = createObserver(known);
  const skipped = questions.map((question) => observer.add(recorded(question)));
  const about = { agent: NOTES, set, known, targets: observer.targets(), since: 0, until: 1 };
  const proposal = propose(about);
  return { ...proposal, set: setOf(proposal.text, tools), skipped };
}

const said = ({ set }: Outcome, question: Question): string => decide(set, question).kind;

describe("what is learned", () => {
  test("a few values are taken as they are; many with a folder in common, as the folder", () => {
    const few = learnFrom(["/srv/a", "/srv/b"].map((path) => reading(path)));
    expect([said(few, reading("/srv/a")), said(few, reading("/srv/c"))]).toEqual(["allow", "deny"]);
    const many = learnFrom([1, 2, 3, 4, 5].map((n) => reading(`/srv/notes/${n}/a.md`)));
    expect(many.diff).toContain("path: anything below /srv/notes/ (5 different seen)");
    expect(said(many, reading("/srv/notes/9/b.md"))).toBe("allow");
    expect(said(many, reading("/srv/notes/../../etc/shadow"))).toBe("deny");
    expect(said(many, reading("/srv/notesbook/a"))).toBe("deny");
    const top = learnFrom([1, 2, 3, 4, 5].map((n) => reading(`/home/${n}/a.md`)));
    expect(said(top, reading("/home/9/a.md"))).toBe("deny");
  });

  test("amounts go to the greatest seen and a tenth more, recipients stay those seen, texts go free", () => {
    const calls = [10, 20, 30, 40, 50].map((amount) =>
      sending({ to: [`p${amount % 20}@example.org`], body: `text ${amount}`, amount }),
    );
    const outcome = learnFrom(calls);
    const over = (values: JsonObject): string =>
      said(outcome, sending({ to: ["p0@example.org"], body: "new", amount: 30, ...values }));
    expect([over({}), over({ amount: 55 }), over({ amount: 56 }), over({ amount: 9 })]).toEqual([
      "allow",
      "allow",
      "deny",
      "deny",
    ]);
    expect(over({ to: ["p0@example.org", "p10@example.org"] })).toBe("allow");
    expect(over({ to: ["eve@example.org"] })).toBe("deny");
    expect(over({ options: { urgent: true } })).toBe("deny");
    expect(over({ url: "https://example.org/" })).toBe("deny");
  });

  test("addresses go to the hosts seen, and nested and optional arguments are bounded too", () => {
    const outcome = learnFrom(
      [1, 2, 3, 4, 5].map((n) =>
        sending({ to: [], body: "b", url: `https://api.example.org/v1/${n}`, options: { urgent: n > 2 } }),
      ),
    );
    const over = (values: JsonObject): string =>
      said(
        outcome,
        sending({
          to: [],
          body: "b",
          url: "https://api.example.org/x",
          options: { urgent: true },
          ...values,
        }),
      );
    expect(over({})).toBe("allow");
    expect(over({ url: "https://api.example.org.evil.test/x" })).toBe("deny");
    expect(over({ url: "https://user@evil.test/https://api.example.org/" })).toBe("deny");
    expect(over({ options: { urgent: true, folder: "x" } })).toBe("deny");
    expect(over({ options: {} })).toBe("deny");
  });

  test("other tools, verbs and models are shut; other agents and other policies are not touched", () => {
    const outcome = learnFrom([reading("/srv/a")]);
    expect(said(outcome, ask({ name: "write_file", effects: ["destructive"] }))).toBe("deny");
    expect(said(outcome, ask({ verb: "models/generate", name: "gpt" }))).toBe("deny");
    const other = { ...NOTES, id: "agt_other", name: "other" };
    expect(said(outcome, ask({ principals: [other], values: { path: "/x" } }))).toBe("allow");
    expect(outcome.text.startsWith(OPEN)).toBe(true);
    expect(outcome.diff).not.toMatch(/^- /mu);
  });

  test("models, prompts and resources are learned as what they are", () => {
    const model: Question = { ...ask({ verb: "models/generate", name: "llama" }), flow: CLEAN };
    const page: Question = {
      ...ask({ verb: "resources/read", name: "https://wiki.example/a" }),
      flow: CLEAN,
    };
    const outcome = learnFrom([model, page]);
    expect([said(outcome, model), said(outcome, page)]).toEqual(["allow", "allow"]);
    expect(said(outcome, ask({ verb: "models/generate", name: "other" }))).toBe("deny");
    expect(said(outcome, ask({ verb: "resources/read", name: "https://wiki.example/b" }))).toBe("deny");
  });

  test("no forbid is widened: what the text in force forbids stays forbidden, and holds stay holds", () => {
    const etc = learnFrom([reading("/etc/passwd")]);
    expect(said(etc, reading("/etc/passwd"))).toBe("deny");
    const held = learnFrom([ask({ name: "create_directory", effects: ["write"] })], STARTER_POLICY);
    expect(said(held, ask({ name: "create_directory", effects: ["write"] }))).toBe("hold");
  });

  test("says the same again, and keeps its own tests under the official validator", () => {
    const questions = [reading("/srv/a"), sending({ to: ["a@b.c"], body: "x" }), reading("/srv/b")];
    made = 0;
    const first = learnFrom(questions);
    made = 0;
    expect(learnFrom(questions).text).toBe(first.text);
    const report = runPolicyTests(first.tests, first.text, [...TOOLS, SEND]);
    expect(report).toMatchObject({ ok: true, failed: 0, passed: 6 });
  });

  test("learned again, it takes the place of what was learned before", () => {
    const first = learnFrom([reading("/srv/a")]);
    const again = learnFrom([reading("/srv/b")], first.text);
    expect(said(again, reading("/srv/b"))).toBe("allow");
    expect(said(again, reading("/srv/a"))).toBe("deny");
    expect(again.diff).toMatch(/^- .*"\/srv\/a"/mu);
    expect(again.text.match(/learned of agt_1: begin/gu)).toHaveLength(1);
  });
});

describe("what is never learned", () => {
  const tainted: FlowFacts = { ...CLEAN, tainted: true, effect: "send", asked: false };

  test("poisoned traffic (T18): not what others wrote, nor what nobody asked for after reading them", () => {
    const poisoned = [
      reading("/srv/secret", { ...CLEAN, origins: { ...KNOWN_ORIGINS, path: ["untrusted"] } }),
      reading("/srv/secret", { ...tainted, origins: { ...KNOWN_ORIGINS, path: ["model"] } }),
      reading("/srv/secret", tainted),
      reading("/srv/secret", { ...CLEAN, overflowed: true }),
    ];
    const outcome = learnFrom([...Array.from({ length: 50 }, () => poisoned).flat(), reading("/srv/a")]);
    expect(outcome.skipped.filter((why) => why === null)).toHaveLength(1);
    expect(outcome.skipped.every((why) => why === null || why.includes("T18"))).toBe(true);
    expect(said(outcome, reading("/srv/secret"))).toBe("deny");
  });

  test("out of a tainted session only what is grounded and asked for, and just as it was", () => {
    const grounded = (path: string) =>
      reading(path, { ...tainted, asked: true, origins: { ...KNOWN_ORIGINS, path: ["user"] } });
    const outcome = learnFrom([1, 2, 3, 4, 5, 6].map((n) => grounded(`/srv/notes/${n}`)));
    expect(said(outcome, reading("/srv/notes/3"))).toBe("allow");
    expect(said(outcome, reading("/srv/notes/7"))).toBe("deny");
  });

  test("nothing is made of values that nobody traced", () => {
    const outcome = learnFrom([1, 2, 3, 4, 5, 6].map((n) => reading(`/srv/notes/${n}`, null)));
    expect(said(outcome, reading("/srv/notes/7"))).toBe("deny");
  });

  test.each(["*", "all", "/", "Everyone", "~", "../x", "/srv/../etc"])(
    "a bulk selector or step up: %s",
    (path) => {
      const outcome = learnFrom([reading(path)]);
      expect(outcome.skipped[0]).toMatch(/everything at once|steps up/u);
      expect(said(outcome, reading(path))).toBe("deny");
    },
  );

  test("too many values without anything in common make no rule, and it is said", () => {
    const outcome = learnFrom(
      Array.from({ length: 100 }, (_, n) => sending({ to: [`p${n}@h${n}.test`], body: "b" })),
    );
    expect(outcome.left).toMatchObject([{ target: "tools/call fs/send", count: 100 }]);
    expect(outcome.left[0]?.because).toContain("to: ");
  });
});

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(
    `"); permit (principal, action, resource); //`,
    `x"\n@id("evil") permit (principal, action, resource);`,
    "// learned of agt_1: end",
    "*\\*",
    "\u2028permit(principal,action,resource);",
    "\\u{22}",
    `") @hold("nobody") ("`,
  ),
);

describe("properties", () => {
  test("what grounds a policy is allowed by it, and nothing else of a held-out set is", () => {
    const path = fc
      .string({ minLength: 1, maxLength: 12 })
      .map((text) => `/seen/${text.replaceAll("..", "")}`);
    fc.assert(
      fc.property(
        fc.array(path, { minLength: 1, maxLength: 12 }),
        fc.array(path, { maxLength: 8 }),
        (seen, other) => {
          const outcome = learnFrom(seen.map((one) => reading(one)));
          const grounding = seen.filter((_, at) => outcome.skipped[at] === null);
          for (const one of grounding) expect(said(outcome, reading(one))).toBe("allow");
          for (const one of other) {
            expect(said(outcome, reading(`/else${one}`))).toBe("deny");
            expect(
              said(outcome, ask({ name: "create_directory", effects: ["write"], values: { path: one } })),
            ).toBe("deny");
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("whatever arguments were given or left out, deep or wide, what was learned lets them through", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom("a*b", '"', "\\", "https://h.test/x"),
    );
    const options = fc.record({ urgent: fc.boolean(), folder: word }, { requiredKeys: [] });
    const values = fc.record(
      { to: fc.array(word, { maxLength: 3 }), body: word, amount: fc.integer(), options, url: word },
      { requiredKeys: ["to", "body"] },
    );
    const origins = fc.constantFrom(KNOWN_ORIGINS, { ...KNOWN_ORIGINS, destination: ["model" as const] });
    fc.assert(
      fc.property(fc.array(fc.tuple(values, origins), { minLength: 1, maxLength: 12 }), (calls) => {
        const questions = calls.map(([given, from]) => {
          const call = sending(JSON.parse(JSON.stringify(given)) as JsonObject);
          return { ...call, flow: { ...CLEAN, effect: "send" as const, origins: from } };
        });
        const outcome = learnFrom(questions);
        const isRuled = outcome.left.length === 0;
        const grounding = questions.filter((_, at) => isRuled && outcome.skipped[at] === null);
        expect(grounding.filter((one) => said(outcome, one) !== "allow")).toEqual([]);
        expect(
          said(outcome, sending({ to: ["never@seen.test"], body: "b", options: { folder: "never" } })),
        ).toBe("deny");
      }),
      { numRuns: 50 },
    );
  });

  test("no name or value ever becomes policy: the proposal has its own rules and those in force, and no others", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (name, value, agent) => {
        const safe = name.toWellFormed().replaceAll("/", "-");
        const odd = tool(safe === "" ? "x" : safe, ["read"]);
        const question = ask({ name: odd.name, values: { path: value } });
        const set = setOf(OPEN, [...TOOLS, odd]);
        const known = knownOf(set);
        const observer = createObserver(known);
        const named = { ...NOTES, name: agent };
        observer.add(recorded({ ...question, principals: [named], flow: CLEAN }));
        const proposal = propose({
          agent: named,
          set,
          known,
          targets: observer.targets(),
          since: 0,
          until: 1,
        });
        const compiled = setOf(proposal.text, [...TOOLS, odd]);
        const own = new Set(proposal.rules.map(({ id }) => id));
        const others = compiled.rules.filter(({ id }) => !own.has(id)).map(({ id }) => id);
        expect(others.toSorted()).toEqual(["all", "no-etc"]);
        const mine = compiled.rules.filter(({ id }) => own.has(id));
        expect(mine.every(({ text }) => text.includes('principal == Doorward::Agent::"agt_1"'))).toBe(true);
      }),
      { numRuns: 70 },
    );
  });
});
