import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Approval, ApprovalBinding, ApprovalId, PolicyId, Role, UserId } from "#vocabulary";
import {
  type Approver,
  askedNow,
  decideOn,
  denyIfUnreachable,
  type Duty,
  missingGroups,
  type Parties,
  request,
  type Saying,
  stepsReached,
  tally,
} from "./index.ts";

const NOON = 1_700_000_000_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

const binding: ApprovalBinding = {
  action: "sha256:01",
  session: "ses_1",
  credential: "key_1",
  chain: "sha256:06",
  agents: "sha256:07",
  tool: "sha256:02",
  server: "sha256:03",
  labels: "sha256:04",
  policySet: "sha256:05",
  policies: ["hold-money"] as PolicyId[],
};
const steps = [
  { afterMs: 15 * MINUTE, group: "leads" },
  { afterMs: 30 * MINUTE, group: "admins" },
];
const asked = (groups: string[], escalates = false): Approval =>
  request({
    id: "apr_1" as ApprovalId,
    binding,
    groups,
    escalation: escalates ? groups.map((of) => ({ of, steps })) : [],
    expiresAfterMs: HOUR,
    now: NOON,
  });
const person = (user: string, groups: string[], roles: Role[] = []): Approver => ({
  user: user as UserId,
  groups,
  roles,
});
const says = (by: string, at = NOON, answer: Saying["answer"] = "approve"): Saying => ({
  by: by as UserId,
  answer,
  at,
  via: "cli",
  note: null,
  from: null,
});
const glass = (approval: Approval, lines: string[]): Approval => ({ ...approval, glass: lines });
const away = (user: string, to: string | null, group: string | null = null): Duty => ({
  user: user as UserId,
  group,
  to: to as UserId | null,
  from: NOON - HOUR,
  until: NOON + HOUR / 2,
});

const ann = person("ann", ["finance"]);
const bob = person("bob", ["finance"]);
const cat = person("cat", ["finance"]);
const lea = person("lea", ["leads"]);
const root = person("root", [], ["admin"]);
const zed = person("zed", []);
const people: Parties = { approvers: [ann, bob, cat, lea, root, zed], owners: ["cat" as UserId] };
const among = (...duties: Duty[]): Parties => ({ ...people, duties });

/** What the answers come to, in order: `approved`, `recorded`, or the code of a refusal. */
function after(approval: Approval, sayings: readonly Saying[], parties: Parties): string[] {
  let now = approval;
  return sayings.map((one) => {
    const decided = decideOn(now, one, parties, one.at);
    if (decided.kind === "refused") return decided.code;
    now = decided.approval;
    return decided.kind === "decided" ? now.status : "recorded";
  });
}

describe("several of one group", () => {
  test("two people are needed, and one of them is not enough, however often", () => {
    const two = asked(["finance, 2"]);
    expect(after(two, [says("ann"), says("ann"), says("bob")], people)).toEqual([
      "recorded",
      "approval_repeated",
      "approved",
    ]);
  });

  test("one person of two groups counts once in each", () => {
    const both = person("eve", ["finance", "security"]);
    const parties = { approvers: [both, ann], owners: [] };
    const approval = asked(["finance, 2", "security"]);
    expect(after(approval, [says("eve")], parties)).toEqual(["recorded"]);
    const first = decideOn(approval, says("eve"), parties, NOON);
    if (first.kind !== "recorded") throw new Error("recorded expected");
    expect(first.missing).toEqual(["finance, 2"]);
    expect(tally(first.approval, parties, NOON)).toEqual([
      { text: "finance, 2", count: 2, met: 1 },
      { text: "security", count: 1, met: 1 },
    ]);
  });

  test("who asks and who owns are not among them where the rule says so", () => {
    const parties: Parties = { ...people, owners: ["cat" as UserId], requesters: ["bob" as UserId] };
    expect(after(asked(["finance, not-requester"]), [says("bob"), says("cat")], parties)).toEqual([
      "approver_is_requester",
      "approved",
    ]);
    expect(after(asked(["finance, not-owner"]), [says("cat"), says("ann")], parties)).toEqual([
      "approver_is_owner",
      "approved",
    ]);
  });

  test.each<[string, string, Parties["approvers"], boolean]>([
    ["two of two", "finance, 2", [ann, bob], true],
    ["two, and one exists", "finance, 2", [ann, lea], false],
    ["two, one of whom is the owner", "finance, 2, not-owner", [ann, cat], false],
    ["one, who asks for it", "finance, not-requester", [cat], false],
  ])("reach: %s", (_name, line, approvers, isReachable) => {
    const hold = {
      kind: "hold" as const,
      policySet: binding.policySet,
      grounds: [],
      groups: [line],
      reason: "It waits.",
      remedy: "Wait.",
      expiresAfterMs: HOUR,
    };
    const verdict = denyIfUnreachable(hold, { approvers, owners: people.owners });
    expect(verdict.kind).toBe(isReachable ? "hold" : "deny");
    const why = line.startsWith("finance, 2") ? 'needs 2 members of group "finance"' : "No member";
    expect(isReachable || verdict.reason.includes(why)).toBe(true);
    const reached = { ...hold, escalation: [{ of: line, steps: [{ afterMs: MINUTE, group: "leads" }] }] };
    const many = [person("l1", ["leads"]), person("l2", ["leads"]), ...approvers];
    expect(denyIfUnreachable(reached, { approvers: many, owners: people.owners }).kind).toBe("hold");
  });
});

describe("escalation", () => {
  test("a step lets others answer from its time on, and never asks for fewer", () => {
    const two = asked(["finance, 2"], true);
    const late = NOON + 15 * MINUTE;
    expect(after(two, [says("lea", late - 1)], people)).toEqual(["approver_not_eligible"]);
    expect(after(two, [says("lea", late), says("lea", late), says("ann", late)], people)).toEqual([
      "recorded",
      "approval_repeated",
      "approved",
    ]);
    expect(after(two, [says("root", late), says("root", NOON + 30 * MINUTE)], people)).toEqual([
      "approver_not_eligible",
      "recorded",
    ]);
  });

  test("it separates as the line does", () => {
    const parties: Parties = { ...people, owners: ["lea" as UserId] };
    const late = NOON + 15 * MINUTE;
    expect(after(asked(["finance, not-owner"], true), [says("lea", late)], parties)).toEqual([
      "approver_is_owner",
    ]);
  });

  test("is computed from the time of the request: what is reached, and who is asked", () => {
    const approval = asked(["finance"], true);
    const usersAt = (now: number) => askedNow(approval, people, now);
    expect(usersAt(NOON)).toEqual({ users: ["ann", "bob", "cat"], nextChangeAt: NOON + 15 * MINUTE });
    expect(usersAt(NOON + 15 * MINUTE)).toEqual({
      users: ["ann", "bob", "cat", "lea"],
      nextChangeAt: NOON + 30 * MINUTE,
    });
    expect(usersAt(NOON + 31 * MINUTE)).toMatchObject({
      users: ["ann", "bob", "cat", "lea", "root"],
      nextChangeAt: NOON + HOUR,
    });
    expect(usersAt(NOON + HOUR)).toEqual({ users: [], nextChangeAt: null });
    expect(stepsReached(approval, NOON + 20 * MINUTE)).toEqual([{ of: "finance", ...steps[0] }]);
  });
});

describe("duty", () => {
  test("a stand-in answers with the duty of who is away, and it is on record as that", () => {
    const decided = decideOn(asked(["finance"]), says("zed"), among(away("bob", "zed")), NOON);
    expect(decided).toMatchObject({
      kind: "decided",
      approval: { status: "approved", decisions: [{ by: "zed", standsInFor: ["bob"] }] },
    });
    expect(decideOn(asked(["finance"]), says("ann"), among(away("bob", "ann")), NOON)).toMatchObject({
      approval: { decisions: [{ by: "ann", standsInFor: [] }] },
    });
  });

  test.each<[string, string[], Duty[], string[], string]>([
    [
      "not before and not after",
      ["finance"],
      [{ ...away("bob", "zed"), until: NOON }],
      ["zed"],
      "approver_not_eligible",
    ],
    [
      "not of a group that was not handed over",
      ["finance"],
      [away("bob", "zed", "security")],
      ["zed"],
      "approver_not_eligible",
    ],
    ["of the group that was", ["finance"], [away("bob", "zed", "finance")], ["zed"], "approved"],
    [
      "not of somebody who has no such duty",
      ["finance"],
      [away("lea", "zed")],
      ["zed"],
      "approver_not_eligible",
    ],
    [
      "never passed on again",
      ["finance"],
      [away("bob", "lea"), away("lea", "zed")],
      ["zed"],
      "approver_not_eligible",
    ],
    [
      "not the duty of whom the rule leaves out",
      ["finance, not-owner"],
      [away("cat", "zed")],
      ["zed"],
      "approver_is_owner",
    ],
    [
      "not to whom the rule leaves out",
      ["finance, not-owner"],
      [away("bob", "cat")],
      ["cat"],
      "approver_is_owner",
    ],
    [
      "one duty counts once, whoever answers with it",
      ["finance, 2"],
      [away("bob", "zed")],
      ["zed", "bob"],
      "recorded",
    ],
    [
      "one person counts once, with how many duties ever",
      ["finance, 2"],
      [away("bob", "ann"), away("cat", "ann")],
      ["ann"],
      "recorded",
    ],
    ["two of different duties", ["finance, 2"], [away("bob", "zed")], ["zed", "ann"], "approved"],
    [
      "a stand-in who is a member too leaves the other room",
      ["finance, 2"],
      [away("bob", "ann")],
      ["ann", "bob"],
      "approved",
    ],
  ])("%s", (...[, groups, duties, answers, last]) => {
    const sayings = answers.map((by) => says(by));
    expect(after(asked(groups), sayings, among(...duties)).at(-1)).toBe(last);
  });

  test("who is away is not asked, the stand-in is, and nobody is left out where nobody else is there", () => {
    const approval = asked(["finance"]);
    const change = { nextChangeAt: NOON + HOUR / 2 };
    expect(askedNow(approval, among(away("bob", "zed")), NOON)).toEqual({
      users: ["ann", "cat", "zed"],
      ...change,
    });
    expect(askedNow(approval, among(away("bob", null)), NOON)).toEqual({ users: ["ann", "cat"], ...change });
    const all = among(away("ann", null), away("bob", null), away("cat", null));
    expect(askedNow(approval, all, NOON).users).toEqual(["ann", "bob", "cat"]);
    expect(askedNow(asked(["finance, 2"]), among(away("ann", null), away("bob", null)), NOON).users).toEqual([
      "ann",
      "bob",
      "cat",
    ]);
    expect(askedNow(approval, among(away("bob", "zed"), away("zed", null)), NOON).users).toEqual([
      "ann",
      "cat",
    ]);
  });

  test("who answered is not asked again", () => {
    const first = decideOn(asked(["finance, 2"]), says("ann"), people, NOON);
    if (first.kind !== "recorded") throw new Error("recorded expected");
    expect(askedNow(first.approval, people, NOON).users).toEqual(["bob", "cat"]);
  });
});

describe("broken glass", () => {
  const breaks = says("lea", NOON, "break-glass");

  test.each<[string, string[], Saying, Parties, string]>([
    ["nobody where no rule says so", [], breaks, people, "glass_not_yours"],
    ["one of the group, alone", ["leads"], breaks, people, "approved"],
    ["who is not of every group", ["leads", "admins"], breaks, people, "glass_not_yours"],
    [
      "no stand-in",
      ["leads"],
      says("zed", NOON, "break-glass"),
      among(away("lea", "zed")),
      "glass_not_yours",
    ],
    [
      "not the owner where the rule leaves them out",
      ["finance, not-owner"],
      says("cat", NOON, "break-glass"),
      people,
      "glass_not_yours",
    ],
  ])("%s", (...[, lines, saying, parties, end]) => {
    expect(after(glass(asked(["finance, 2"]), lines), [saying], parties)).toEqual([end]);
  });

  test("what it lets through lasts an hour at most, and counts as nobody's yes", () => {
    const long = { ...asked(["finance"]), glass: ["leads"], expiresAt: NOON + 24 * HOUR };
    const decided = decideOn(long, breaks, people, NOON);
    if (decided.kind !== "decided") throw new Error("decided expected");
    expect(decided.approval.expiresAt).toBe(NOON + HOUR);
    expect(missingGroups(decided.approval, people, NOON)).toEqual(["finance"]);
  });
});

test("whoever is away and whatever was handed over: who is asked may answer, and is not asked twice", () => {
  const users = ["ann", "bob", "cat", "lea", "root", "zed"];
  const duty = fc.record({
    user: fc.constantFrom(...users),
    to: fc.constantFrom(null, ...users),
    group: fc.constantFrom(null, "finance", "leads"),
    from: fc.constantFrom(NOON - HOUR, NOON + 10 * MINUTE),
    until: fc.constantFrom(NOON + 5 * MINUTE, NOON + 40 * MINUTE, NOON + 2 * HOUR),
  });
  const line = fc.constantFrom(
    "finance",
    "finance, 2",
    "finance, 2, not-owner",
    "leads",
    "finance, not-requester",
  );
  const at = fc.constantFrom(NOON, NOON + 12 * MINUTE, NOON + 16 * MINUTE, NOON + 45 * MINUTE);
  fc.assert(
    fc.property(
      fc.array(duty, { maxLength: 5 }),
      fc.uniqueArray(line, { minLength: 1 }),
      at,
      (duties, lines, now) => {
        const parties: Parties = { ...people, duties: duties as Duty[], requesters: ["bob" as UserId] };
        let approval = asked(lines, true);
        const told = askedNow(approval, parties, now);
        const refused: string[] = [];
        for (const user of told.users) {
          const decided = decideOn(approval, says(user, now), parties, now);
          if (decided.kind === "refused") refused.push(decided.code);
          else approval = decided.approval;
        }
        // Enough may have said yes before the last of them was asked.
        expect(refused.filter((code) => code !== "approval_closed")).toEqual([]);
        const again = new Set(askedNow(approval, parties, now).users);
        expect(told.users.filter((user) => again.has(user))).toEqual([]);
      },
    ),
  );
});
