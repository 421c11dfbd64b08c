import { describe, expect, test } from "vitest";
import { createRoad } from "../../src/gateway/travel.ts";
import { openYeses } from "../../src/gateway/yeses.ts";
import { attemptBy, hold, house, kinds } from "../faults/road-harness.ts";

// T10: a yes is re-counted at the moment of release. Whoever lost the role, the group or the duty that they said it with,
// between the tap and the release, takes their yes along.

const HOUR = 3_600_000;

/** An action that waits for these lines; then said yes to by `by`, and used after `lost`. */
function opened(groups: readonly string[] = ["finance"]) {
  const over: { yesStands?: ReturnType<typeof openYeses>; beforeIntent?: () => void } = {};
  const own = house({
    decide: (_question, lift) =>
      lift === undefined ? { ...hold, groups } : { kind: "allow", policySet: hold.policySet, grounds: [] },
    yesStands: (approval, attempt) => over.yesStands?.(approval, attempt) ?? null,
  });
  over.yesStands = openYeses({ ambient: own.ambient, store: own.store });
  const { connection } = own.store;
  connection.exec("PRAGMA foreign_keys = OFF");
  const user = (id: string, roles: readonly string[], ofGroups: readonly string[]): void => {
    connection
      .prepare(
        "INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES (?, ?, 'i', ?, ?, ?, 0)",
      )
      .run(id, id, id, JSON.stringify(roles), JSON.stringify(ofGroups));
  };
  user("usr_p", ["approver"], ["finance"]);
  user("usr_f", ["approver"], ["finance"]);
  user("usr_a", ["admin"], []);
  const decide = (...by: readonly { by: string; answer?: string }[]): void => {
    const decisions = by.map((one) => ({
      answer: "approve",
      at: own.ambient.now(),
      via: "console",
      note: null,
      standsInFor: [],
      from: null,
      ...one,
    }));
    connection
      .prepare("UPDATE approvals SET status = 'approved', decisions = ? WHERE status = 'requested'")
      .run(JSON.stringify(decisions));
  };
  const append: typeof own.journal.append = async (batch) => {
    // The last moment before the intent is committed, and after everything was decided.
    if (batch.entries.some(({ kind }) => kind === "intent")) over.beforeIntent?.();
    return own.journal.append(batch);
  };
  const road = createRoad({ ...own.outside, journal: { append } });
  const attempt = attemptBy(own.ambient);
  const travel = async (): Promise<string> => (await road.travel(attempt, own.asker, own.forward)).kind;
  const run = (sql: string): void => connection.exec(sql);
  return { own, over, decide, travel, run };
}

describe("T10: a yes whose giver could not give it any more releases nothing", () => {
  test.each([
    ["lost the group", "UPDATE users SET groups = '[]' WHERE id = 'usr_p'"],
    ["lost the role", "UPDATE users SET roles = '[\"owner\"]' WHERE id = 'usr_p'"],
    ["was shut out", "UPDATE users SET disabled_at = 1 WHERE id = 'usr_p'"],
    ["is gone", "DELETE FROM users WHERE id = 'usr_p'"],
  ])("%s: withdrawn, and asked for anew", async (_what, lost) => {
    const { own, decide, travel, run } = opened();
    expect(await travel()).toBe("held");
    decide({ by: "usr_p" });
    run(lost);
    expect(await travel()).toBe("held");
    expect(own.sent).toEqual([]);
    expect(kinds(own.journal)).toEqual([
      "verdict",
      "approval.requested",
      "approval.withdrawn",
      "verdict",
      "approval.requested",
    ]);
    expect(own.journal.kept[2]?.body).toMatchObject({ why: "approvers_changed" });
    // Whoever may answer now is asked anew, and their yes releases it.
    decide({ by: "usr_f" });
    run("UPDATE users SET groups = '[\"finance\"]' WHERE id = 'usr_f'");
    expect(await travel()).toBe("result");
    expect(own.sent).toHaveLength(1);
  });

  test("one of two: the other alone is not enough", async () => {
    const { own, decide, travel, run } = opened(["finance, 2"]);
    await travel();
    decide({ by: "usr_p" }, { by: "usr_f" });
    run("UPDATE users SET groups = '[]' WHERE id = 'usr_f'");
    expect(await travel()).toBe("held");
    expect(own.sent).toEqual([]);
  });

  test("of somebody who broke the glass and is no admin any more", async () => {
    const { own, decide, travel, run } = opened();
    await travel();
    run(`UPDATE approvals SET glass = '["admins"]'`);
    decide({ by: "usr_a", answer: "break-glass" });
    run("UPDATE users SET roles = '[\"owner\"]' WHERE id = 'usr_a'");
    expect(await travel()).toBe("held");
    expect(own.sent).toEqual([]);
  });

  test.each([
    ["the group", "UPDATE users SET groups = '[]' WHERE id = 'usr_p'", ["held", 0, "approvers_changed"]],
    [
      "the role",
      "UPDATE users SET roles = '[\"owner\"]' WHERE id = 'usr_p'",
      ["held", 0, "approvers_changed"],
    ],
    [
      "nothing that a yes hangs on",
      "UPDATE users SET groups = '[]' WHERE id = 'usr_f'",
      ["result", 1, undefined],
    ],
  ])("who loses %s between the look at the yeses and the commit", async (_what, lost, end) => {
    const { own, over, decide, travel, run } = opened();
    await travel();
    decide({ by: "usr_p" });
    over.beforeIntent = () => run(lost);
    const how = await travel();
    expect([how, own.sent.length, own.journal.kept[2]?.body["why"]]).toEqual(end);
  });

  test("an approved row without any yes, whoever wrote it, releases nothing", async () => {
    const { own, decide, travel } = opened();
    await travel();
    decide();
    expect(await travel()).toBe("held");
    expect(own.sent).toEqual([]);
  });
});

describe("T10: a yes that still counts releases", () => {
  test.each<[string, { by: string; answer?: string }[], string]>([
    ["nothing changed", [{ by: "usr_p" }], "SELECT 1"],
    ["another lost the group", [{ by: "usr_p" }], "UPDATE users SET groups = '[]' WHERE id = 'usr_f'"],
    [
      "glass, broken by an admin who still is",
      [{ by: "usr_a", answer: "break-glass" }],
      `UPDATE approvals SET glass = '["admins"]'`,
    ],
  ])("%s", async (_what, by, then) => {
    const { own, decide, travel, run } = opened();
    await travel();
    decide(...by);
    run(then);
    expect(await travel()).toBe("result");
    expect(own.sent).toHaveLength(1);
  });

  test("of a stand-in, although the duty has gone back since", async () => {
    const { own, decide, travel, run } = opened();
    const now = own.ambient.now();
    run("UPDATE users SET groups = '[\"finance\"]' WHERE id = 'usr_p'");
    run(
      `INSERT INTO duties (id, user_id, group_name, to_user, from_at, until_at, set_by, created_at)
        VALUES ('dty_1', 'usr_p', NULL, 'usr_a', ${now - HOUR}, ${now + HOUR}, 'usr_p', 0)`,
    );
    await travel();
    decide({ by: "usr_a" });
    run(`UPDATE duties SET ended_at = ${own.ambient.now() + 1}`);
    own.ambient.advance(5);
    expect(await travel()).toBe("result");
    expect(own.sent).toHaveLength(1);
  });
});
