import { describe, expect, test } from "vitest";
import type { HoldDefaults } from "#approvals";
import { openStore } from "#store";
import type { Role } from "#vocabulary";
import { ask, compiled } from "../../tests/samples/policy.ts";
import { createDecide } from "./deciding.ts";

const HOUR = 3_600_000;
const WRITES = 'forbid (principal, action in Doorward::Action::"write", resource);';
const write = ask({ name: "create_directory", effects: ["write"] });

function decideUnder(
  annotations: string,
  people: Readonly<Record<string, readonly Role[]>>,
  holds?: HoldDefaults,
) {
  const store = openStore(":memory:");
  const insert = store.connection.prepare(
    `INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES (?, ?, 'local', ?, ?, '["finance"]', 0)`,
  );
  for (const [id, roles] of Object.entries(people)) insert.run(id, id, id, JSON.stringify(roles));
  const set = compiled(
    `@id("all") permit (principal, action, resource); @id("look") ${annotations} ${WRITES}`,
  );
  const decide = createDecide({
    policy: () => set,
    budgets: { overlay: (verdict) => verdict },
    store,
    ...(holds === undefined ? {} : { holds }),
  });
  return decide(write);
}

const two = { usr_1: ["admin"], usr_2: ["admin"] } as const;
const defaults = { expiresAfterMs: 4 * HOUR, escalation: "15m approvers", breakGlass: true };

describe("what a hold comes to at the door", () => {
  test("the settings fill what the rule leaves open", () => {
    expect(decideUnder('@hold("admins, 2") @breakglass("admins")', two, defaults)).toMatchObject({
      kind: "hold",
      groups: ["admins, 2"],
      expiresAfterMs: 4 * HOUR,
      escalation: [{ of: "admins, 2", steps: [{ afterMs: 900_000, group: "approvers" }] }],
      glass: ["admins"],
    });
  });

  test("without settings: an hour, no escalation, and glass as the rule says", () => {
    const verdict = decideUnder('@hold("admins") @breakglass("admins")', two);
    expect(verdict).toMatchObject({ kind: "hold", expiresAfterMs: HOUR, glass: ["admins"] });
    expect(verdict).not.toHaveProperty("escalation");
    expect(
      decideUnder('@hold("admins") @breakglass("admins")', two, { ...defaults, breakGlass: false }),
    ).not.toHaveProperty("glass");
  });

  test("whoever is in the group and has no role that decides is nobody who could answer", () => {
    expect(decideUnder('@hold("finance")', { usr_1: ["auditor"], usr_2: ["owner"] })).toMatchObject({
      kind: "deny",
      code: "no_approver",
    });
    expect(decideUnder('@hold("finance")', { usr_1: ["auditor"], usr_2: ["approver"] }).kind).toBe("hold");
  });

  test("one exists and two are needed: denied, and it says so; whom it escalates to may be the second", () => {
    const one = { usr_1: ["admin"], usr_3: ["approver"] } as const;
    const denied = decideUnder('@hold("admins, 2") @escalate("never")', one, defaults);
    expect(denied).toMatchObject({ kind: "deny", code: "no_approver" });
    expect(denied.kind === "deny" && denied.reason).toContain(
      'needs 2 members of group "admins", and 1 exists',
    );
    expect(decideUnder('@hold("admins, 2")', one, defaults).kind).toBe("hold");
  });
});
