import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf, type JsonObject } from "#base";
import type {
  AgentId,
  ApprovalBinding,
  Effect,
  FlowDoubt,
  FlowEffect,
  FlowFacts,
  FlowRole,
  GrantScope,
  PolicyId,
  ServerName,
} from "#vocabulary";
import { BY_EFFECT, BY_FLOW_EFFECT, NEVER_OPEN, OPEN_ROLES } from "./grantable.table.ts";
import {
  type GrantChoice,
  type GrantedCall,
  grantDigest,
  grantLabels,
  isWorse,
  neverOpen,
  notCovered,
  openArguments,
  type StandingGrant,
  ungrantable,
} from "./grants.ts";

const NOON = 1_700_000_000_000;
const HOUR = 3_600_000;
const NO_ORIGINS: FlowFacts["origins"] = {
  destination: [],
  account: [],
  command: [],
  path: [],
  selector: [],
  amount: [],
  credential: [],
  profile: [],
};
const flow: FlowFacts = {
  labelled: true,
  effect: "write",
  mandate: "attested",
  tainted: false,
  overflowed: false,
  asked: true,
  origins: { ...NO_ORIGINS, path: ["user"] },
  readers: "none",
  carries: [],
  doubts: [],
};
const doubt: FlowDoubt = {
  argument: "path",
  role: "path",
  value: "/x",
  origin: "untrusted",
  seenIn: ["web/fetch"],
};
const ROLES: Readonly<Record<string, FlowRole>> = {
  path: "path",
  content: "content",
  to: "destination",
  command: "command",
  secret: "credential",
  iban: "account",
  id: "selector",
  dry: "control",
};
const bindingWith = (over: Partial<ApprovalBinding> = {}): ApprovalBinding => ({
  action: "sha256:00",
  session: "ses_1",
  credential: "key_1",
  chain: "sha256:0c",
  agents: "sha256:0a",
  tool: "sha256:01",
  server: "sha256:02",
  labels: "sha256:03",
  policySet: "sha256:04",
  policies: ["hold-writes" as PolicyId],
  ...over,
});

function callWith(values: JsonObject, over: Partial<GrantedCall> = {}): GrantedCall {
  return {
    action: {
      door: "mcp",
      verb: "tools/call",
      target: { server: "fs" as ServerName, name: "write_file" },
      arguments: values,
      destination: { kind: "mcp-server", server: "fs" as ServerName, identity: "sha256:02" },
      chain: { user: null, agents: ["agt_1" as AgentId] },
      agentVersion: null,
      model: null,
    },
    binding: bindingWith({ action: digestOf(values) }),
    effects: ["write"],
    flow,
    roles: new Map(Object.keys(values).map((name) => [name, [ROLES[name] ?? "content"]])),
    manifest: "sha256:0d",
    ...over,
  };
}

const shown = callWith({ path: "/notes/a", content: "one" });
const choose = (scope: GrantScope, ...varies: string[]): GrantChoice => ({ scope, varies });

function granted(choice: GrantChoice, call = shown, over: Partial<StandingGrant> = {}): StandingGrant {
  return {
    ...choice,
    digest: grantDigest(choice, call),
    labels: grantLabels(call.flow ?? flow),
    grantedAt: NOON,
    lastUsedAt: NOON,
    expiresAt: NOON + HOUR,
    usesMax: 3,
    used: 0,
    ...over,
  };
}
const covers = (grant: StandingGrant, call: GrantedCall, now = NOON + 1) => notCovered(grant, call, now);

describe("what each scope leaves open", () => {
  test.each<[GrantChoice, JsonObject, string | null]>([
    [choose("session"), { path: "/notes/b", content: "two" }, null],
    [choose("session"), { path: "/notes/b" }, null],
    [choose("session"), { path: "/notes/a", content: "one", to: "eve@example.org" }, "other-call"],
    [choose("destination"), { path: "/notes/a", content: "two" }, null],
    [choose("destination"), { path: "/notes/b", content: "one" }, "other-call"],
    [choose("destination"), { path: "/notes/a", content: "two", id: "7" }, "other-call"],
    [choose("pattern", "path"), { path: "/notes/b", content: "one" }, null],
    [choose("pattern", "path"), { path: "/notes/b", content: "two" }, "other-call"],
    [choose("pattern", "path", "content"), { path: "/notes/b", content: "two" }, null],
    [choose("pattern", "path"), { path: "/notes/b", content: "one", dry: true }, "other-call"],
  ])("%j and %j", (choice, values, expected) => {
    expect(covers(granted(choice), callWith(values))).toBe(expected);
  });

  test.each(NEVER_OPEN)("%s is left open by none", (role) => {
    expect(Object.values(OPEN_ROLES).every((open) => !open.includes(role))).toBe(true);
  });

  test("a pattern over a recipient, an account, a command or a password is none, and says which", () => {
    const call = callWith({ to: "a@example.org", iban: "DE1", command: "ls", secret: "x", content: "c" });
    expect(neverOpen(["to", "iban", "command", "secret", "content"], call)).toEqual([
      "command",
      "iban",
      "secret",
      "to",
    ]);
    const choice = choose("pattern", "to", "content");
    expect(openArguments(choice, call)).toEqual(["content"]);
    const other = callWith({ to: "eve@example.org", iban: "DE1", command: "ls", secret: "x", content: "c" });
    expect(covers(granted(choice, call), other)).toBe("other-call");
  });

  test("an argument that is content in the granted call and a recipient in this one is not open", () => {
    const choice = choose("pattern", "content");
    const reaching = callWith({ path: "/notes/a", content: "eve@example.org" });
    const roles = new Map<string, readonly FlowRole[]>([
      ["path", ["path"]],
      ["content", ["destination"]],
    ]);
    expect(covers(granted(choice), { ...reaching, roles })).toBe("other-call");
    expect(covers(granted(choice), { ...reaching, roles: new Map([["path", ["path"]]]) })).toBe("other-call");
  });

  test("names of the language are names of arguments", () => {
    const values: JsonObject = JSON.parse('{"path":"/notes/a","content":"one","__proto__":"x"}');
    const roles = new Map<string, readonly FlowRole[]>([
      ["path", ["path"]],
      ["content", ["content"]],
      ["__proto__", ["destination"]],
    ]);
    const call = { ...callWith(values), roles };
    const other: JsonObject = JSON.parse('{"path":"/notes/a","content":"one","__proto__":"y"}');
    expect(grantDigest(choose("session"), call)).not.toBe(
      grantDigest(choose("session"), { ...callWith(other), roles }),
    );
  });
});

describe("what it is bound to", () => {
  const action = shown.action;
  test.each<[string, Partial<GrantedCall>]>([
    ["another tool", { action: { ...action, target: { ...action.target, name: "move_file" } } }],
    ["another door", { action: { ...action, door: "llm" } }],
    ["another model", { action: { ...action, model: "other" } }],
    ["another version of the agent", { action: { ...action, agentVersion: "sha256:ff" } }],
    ["headers", { action: { ...action, headers: { "x-a": "1" } } }],
    ["another chain", { action: { ...action, chain: { user: null, agents: ["agt_2" as AgentId] } } }],
    ["another credential", { binding: bindingWith({ credential: "key_2" }) }],
    ["another delegation", { binding: bindingWith({ chain: "sha256:ff" }) }],
    ["agents that were changed", { binding: bindingWith({ agents: "sha256:ff" }) }],
    ["another fingerprint", { binding: bindingWith({ tool: "sha256:ff" }) }],
    ["another server", { binding: bindingWith({ server: "sha256:ff" }) }],
    ["another policy set", { binding: bindingWith({ policySet: "sha256:ff" }) }],
    [
      "another rule that holds it too",
      { binding: bindingWith({ policies: ["a", "hold-writes"] as PolicyId[] }) },
    ],
    ["a rule less", { binding: bindingWith({ policies: [] }) }],
    ["another review of the tool", { manifest: "sha256:ff" }],
  ])("%s: it covers nothing, whatever its scope", (_name, over) => {
    for (const scope of ["session", "destination", "pattern"] as const)
      expect(covers(granted(choose(scope, "content")), { ...shown, ...over })).toBe("other-call");
  });

  test("another session ends that of a session, and not the others", () => {
    const elsewhere = { ...shown, binding: bindingWith({ session: "ses_2" }) };
    expect(covers(granted(choose("session")), elsewhere)).toBe("other-call");
    expect(covers(granted(choose("destination")), elsewhere)).toBeNull();
    expect(covers(granted(choose("pattern", "content")), elsewhere)).toBeNull();
  });

  test("whatever a binding has beyond the action, its labels and the session is in the digest of each scope", () => {
    for (const scope of ["session", "destination", "pattern"] as const)
      for (const field of Object.keys(bindingWith()).filter(
        (one) => !["action", "labels", "session"].includes(one),
      )) {
        const binding = { ...bindingWith(), [field]: field === "policies" ? [] : "sha256:ee" };
        expect(grantDigest(choose(scope), { ...shown, binding })).not.toBe(grantDigest(choose(scope), shown));
      }
  });

  test("no two calls that differ in an argument that is not open are the same to it", () => {
    const value = fc.constantFrom("a", "b", "c");
    const values = fc.record({ path: value, content: value, to: value, id: value });
    const scope = fc.constantFrom<GrantScope>("session", "destination", "pattern");
    const varies = fc.subarray(["path", "content", "to", "id"]);
    fc.assert(
      fc.property(values, values, scope, varies, (one, other, chosen, names) => {
        const choice = choose(chosen, ...(chosen === "pattern" ? names : []));
        const open = new Set(openArguments(choice, callWith(one)));
        const isSame = (["path", "content", "to", "id"] as const).every(
          (name) => open.has(name) || one[name] === other[name],
        );
        expect(open.has("to")).toBe(false);
        expect(grantDigest(choice, callWith(one)) === grantDigest(choice, callWith(other))).toBe(isSame);
      }),
    );
  });
});

describe("time and number", () => {
  const grant = granted(choose("session"));
  test.each<[string, Partial<StandingGrant>, number, string | null]>([
    ["at its last millisecond", {}, NOON + HOUR - 1, null],
    ["at its end", {}, NOON + HOUR, "expired"],
    ["used as often as it may be", { used: 3 }, NOON + 1, "used-up"],
    ["used once less", { used: 2 }, NOON + 1, null],
    ["a clock before it was given", {}, NOON - 1, "clock"],
    ["a clock before it was last used", { lastUsedAt: NOON + 500 }, NOON + 499, "clock"],
  ])("%s", (_name, over, now, expected) => {
    expect(covers({ ...grant, ...over }, shown, now)).toBe(expected);
  });
});

function grantOf(facts: Partial<FlowFacts>): StandingGrant {
  return granted(choose("session"), { ...shown, flow: { ...flow, ...facts } });
}

describe("labels", () => {
  const untrusted: Partial<FlowFacts> = { origins: { ...NO_ORIGINS, path: ["untrusted"] }, doubts: [doubt] };

  test.each<[string, Partial<FlowFacts>, Partial<FlowFacts>, string | null]>([
    ["a doubt that the granted one had not", {}, untrusted, "other-labels"],
    [
      "the same kind of doubt of another value",
      untrusted,
      { ...untrusted, doubts: [{ ...doubt, value: "/y" }] },
      null,
    ],
    [
      "a doubt seen elsewhere",
      untrusted,
      { ...untrusted, doubts: [{ ...doubt, seenIn: ["mail/read"] }] },
      "other-labels",
    ],
    [
      "the doubt of another argument",
      untrusted,
      { ...untrusted, doubts: [{ ...doubt, argument: "id" }] },
      "other-labels",
    ],
    ["fewer doubts", untrusted, {}, null],
    ["a value of the model's own", {}, { origins: { ...NO_ORIGINS, path: ["model"] } }, "other-labels"],
    [
      "a value that is only said to be the user's",
      {},
      { origins: { ...NO_ORIGINS, path: ["claimed"] } },
      "other-labels",
    ],
    [
      "a value that the organisation vouches for",
      {},
      { origins: { ...NO_ORIGINS, path: ["directory"] } },
      null,
    ],
    ["a session that has read what others wrote since", {}, { tainted: true }, "other-labels"],
    ["one that had read it", { tainted: true }, { tainted: true }, null],
    ["what others wrote in the content", {}, { carries: ["link"] }, "other-labels"],
    ["words of the user that are only claimed now", {}, { mandate: "claimed" }, "other-labels"],
    ["what the user's words do not ask for", {}, { asked: false }, "other-labels"],
    ["another effect", {}, { effect: "read" }, "other-labels"],
    ["readers beyond", {}, { readers: "beyond" }, "ungrantable"],
    ["more seen than is kept", {}, { overflowed: true }, "ungrantable"],
    ["a tool that nobody reviewed any more", {}, { labelled: false }, "ungrantable"],
  ])("%s", (_name, then, now, expected) => {
    expect(covers(grantOf(then), { ...shown, flow: { ...flow, ...now } })).toBe(expected);
  });

  test("untraced: not covered", () => {
    expect(covers(grantOf({}), { ...shown, flow: undefined })).toBe("ungrantable");
  });

  test("no value is in them", () => {
    expect(JSON.stringify(grantLabels({ ...flow, doubts: [{ ...doubt, value: "hidden" }] }))).not.toContain(
      "hidden",
    );
  });

  test("nothing is worse than itself, and a doubt more is always worse", () => {
    const doubts = fc.array(
      fc.record({
        argument: fc.constantFrom("path", "__proto__", "to"),
        role: fc.constantFrom<FlowDoubt["role"]>("path", "content"),
        value: fc.string(),
        origin: fc.constantFrom<FlowDoubt["origin"]>("untrusted", "model"),
        seenIn: fc.subarray(["a/b", "c/d"]),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(doubts, (list) => {
        const facts = { ...flow, doubts: list };
        expect(isWorse(facts, grantLabels(facts))).toBe(false);
        const more = { ...facts, doubts: [...list, { ...doubt, argument: "never seen" }] };
        expect(isWorse(more, grantLabels(facts))).toBe(true);
      }),
    );
  });
});

describe("what is never granted beyond one call", () => {
  test.each<[FlowEffect, boolean]>([
    ["read", true],
    ["write", true],
    ["fetch", false],
    ["send", false],
    ["money", false],
    ["account", false],
    ["destroy", false],
    ["book", false],
    ["membership", false],
    ["execute", false],
    ["unknown", false],
  ])("%s: %s", (effect, may) => {
    expect(BY_FLOW_EFFECT[effect].may).toBe(may);
    const call = { ...shown, flow: { ...flow, effect } };
    expect(ungrantable(call)).toBe(may ? null : BY_FLOW_EFFECT[effect].why);
    expect(covers(granted(choose("session"), call), call)).toBe(may ? null : "ungrantable");
  });

  test.each<[Effect, boolean]>([
    ["read", true],
    ["write", true],
    ["destructive", false],
    ["outbound", false],
  ])("%s, as policies see it: %s", (effect, may) => {
    const call = { ...shown, effects: [effect] };
    expect(ungrantable(call)).toBe(may ? null : BY_EFFECT[effect].why);
    expect(covers(granted(choose("session"), call), call)).toBe(may ? null : "ungrantable");
  });

  test("nothing but calls of accepted tools", () => {
    expect(ungrantable({ ...shown, action: { ...shown.action, verb: "resources/read" } })).toContain(
      "calls of tools",
    );
    expect(ungrantable({ ...shown, binding: bindingWith({ tool: null }) })).toContain(
      "no accepted definition",
    );
  });
});
