import { expect, test } from "vitest";
import type { Role, UserId } from "#vocabulary";
import {
  type Caller,
  demand,
  demandPresence,
  isPresent,
  may,
  mayTouch,
  PRESENCE_MS,
  reachOf,
} from "./caller.ts";
import { type Permission, ROLE_RIGHTS, ROLES } from "./permissions.table.ts";

const caller = (roles: readonly Role[], over: Partial<Caller> = {}): Caller => ({
  kind: "user",
  user: "usr_ana" as UserId,
  name: "ana",
  roles,
  groups: [],
  presentUntil: 0,
  via: "console",
  credential: "",
  ...over,
});
const permissions = Object.keys({ ...ROLE_RIGHTS.admin, ...ROLE_RIGHTS.owner }) as Permission[];
const bob = "usr_bob" as UserId;

test("an admin may everything; nobody without a role may anything", () => {
  for (const permission of permissions) {
    expect(reachOf(caller(["admin"]), permission)).toBe("all");
    expect(may(caller([]), permission)).toBe(false);
  }
});

test("an agent may next to nothing, whatever roles it is given", () => {
  const agent = caller(["admin"], { kind: "agent" });
  expect(permissions.filter((permission) => may(agent, permission))).toEqual(["health.read"]);
});

test.each<[Role, Permission]>([
  ["auditor", "approvals.decide"],
  ["auditor", "policy.write"],
  ["auditor", "payloads.destroy"],
  ["approver", "policy.write"],
  ["approver", "users.write"],
  ["approver", "agents.grant"],
  ["approver", "servers.write"],
  ["owner", "approvals.decide"],
  ["owner", "agents.grant"],
  ["owner", "policy.write"],
  ["owner", "servers.write"],
  ["owner", "tools.review"],
  ["owner", "users.write"],
  ["owner", "entries.read"],
])("an %s has not %s", (role, permission) => {
  expect(may(caller([role]), permission)).toBe(false);
  expect(() => demand(caller([role]), permission)).toThrow(
    expect.objectContaining({ code: "permission_denied" }),
  );
});

test("what an auditor may is reading, asking for decisions, and its own tokens", () => {
  const rights = permissions.filter((permission) => may(caller(["auditor"]), permission));
  expect(rights.filter((permission) => !permission.endsWith(".read"))).toEqual([
    "decisions.ask",
    "self.write",
  ]);
});

test("an owner reaches its own agents and nobody else's; more roles reach as far as the widest", () => {
  const owner = caller(["owner"]);
  expect(mayTouch(owner, "agents.write", owner.user)).toBe(true);
  expect(mayTouch(owner, "agents.write", bob)).toBe(false);
  expect(mayTouch(owner, "agents.write", null)).toBe(false);
  expect(reachOf(caller(["owner", "approver"]), "agents.read")).toBe("all");
  expect(ROLES).toHaveLength(4);
});

test("presence lasts five minutes; a clock that jumps back does not stretch it", () => {
  const now = 1_000_000_000;
  expect(isPresent({ presentUntil: now + PRESENCE_MS }, now)).toBe(true);
  expect(isPresent({ presentUntil: now + PRESENCE_MS }, now + PRESENCE_MS)).toBe(false);
  expect(isPresent({ presentUntil: now + PRESENCE_MS }, now - 1)).toBe(false);
  expect(isPresent({ presentUntil: 0 }, 0)).toBe(false);
  expect(() => demandPresence(caller(["admin"]), now)).toThrow(
    expect.objectContaining({ code: "presence_required" }),
  );
});
