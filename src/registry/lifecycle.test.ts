import { describe, expect, test } from "vitest";
import type { Parties } from "#approvals";
import { digestOfBytes, Fault } from "#base";
import type { ApprovalId, Role, UserId } from "#vocabulary";
import { answer, deprecate, find, PLACES_MAX, propose, revoke } from "./lifecycle.ts";
import { proposalDigest, type RegisteredModel, type Terms } from "./model.ts";
import { modelOfRow, rowOfModel } from "./row.ts";

const user = (name: string) => name as UserId;
const [alice, bob, carol] = [user("usr_alice"), user("usr_bob"), user("usr_carol")];
const id = "apr_1" as ApprovalId;
const DIGEST = digestOfBytes("weights");
const admin = (who: UserId) => ({ user: who, groups: [], roles: ["admin"] as Role[] });
const parties: Parties = { approvers: [alice, bob, carol].map(admin), owners: [] };
const TERMS: Terms = {
  owner: alice,
  purpose: "answers mail",
  risk: "low",
  licence: "Apache-2.0",
  services: [{ upstream: "ollama", model: "llama3.2", manifest: null }],
  evidence: [],
  validDays: 30,
};

function found(): RegisteredModel {
  return find(null, { digest: DIGEST, name: "llama", format: "gguf", place: null, now: 1 });
}

function proposed(model = found(), groups = ["admins"], now = 10): RegisteredModel {
  return propose(model, { id, terms: TERMS, by: alice, now, groups });
}

const says = (by: UserId, yes = true, at = 20) => ({
  by,
  answer: yes ? ("approve" as const) : ("deny" as const),
  at,
  via: "cli",
  note: null,
  from: null,
});

function approved(model = proposed()): RegisteredModel {
  return answer(model, says(bob), parties).model;
}

function codeOf(deed: () => unknown): string {
  try {
    deed();
  } catch (cause) {
    if (cause instanceof Fault) return cause.code;
    throw cause;
  }
  return "none";
}

describe("the life of a model", () => {
  test.each([
    ["found", () => found(), "found"],
    ["proposed", () => proposed(), "proposed"],
    ["approved", () => approved(), "approved"],
    ["denied: found again", () => answer(proposed(), says(bob, false), parties).model, "found"],
    ["deprecated", () => deprecate(approved(), "old"), "deprecated"],
    ["revoked when found", () => revoke(found(), "bad"), "revoked"],
    ["revoked when proposed", () => revoke(proposed(), "bad"), "revoked"],
    ["revoked when approved", () => revoke(approved(), "bad"), "revoked"],
    ["revoked when deprecated", () => revoke(deprecate(approved(), "old"), "bad"), "revoked"],
    ["revoked, proposed again: nothing yet", () => proposed(revoke(approved(), "bad")), "revoked"],
    ["revoked, and approved again", () => approved(proposed(revoke(approved(), "bad"))), "approved"],
    ["approved, and its renewal waits", () => proposed(approved()), "approved"],
    ["deprecated, and proposed again", () => proposed(deprecate(approved(), "old")), "deprecated"],
    ["seen again when revoked", () => find(revoke(found(), "bad"), seenAt("a", 5)), "revoked"],
  ] as const)("%s", (_name, make, stage) => {
    expect(make().stage).toBe(stage);
  });

  test.each([
    ["found -> deprecated", () => deprecate(found(), ""), "model_move_refused"],
    ["proposed -> deprecated", () => deprecate(proposed(), ""), "model_move_refused"],
    ["revoked -> deprecated", () => deprecate(revoke(found(), ""), ""), "model_move_refused"],
    ["revoked -> revoked", () => revoke(revoke(found(), ""), ""), "model_move_refused"],
    ["an answer where nothing waits", () => approved(found()), "model_proposal_missing"],
    ["a second answer after the last", () => approved(approved()), "model_proposal_missing"],
    ["a yes after it was revoked", () => approved(revoke(proposed(), "")), "model_proposal_missing"],
    [
      "a yes after it was deprecated",
      () => approved(deprecate(proposed(approved()), "")),
      "model_proposal_missing",
    ],
    ["too late", () => answer(proposed(), says(bob, true, 40 * 86_400_000), parties), "model_proposal_over"],
    ["a stranger", () => answer(proposed(), says(user("usr_x")), parties), "model_answer_refused"],
  ] as const)("refuses %s", (_name, make, code) => {
    expect(codeOf(make)).toBe(code);
  });

  test("an approval ends by itself, after the days that were asked for", () => {
    expect(approved()).toMatchObject({ approvedAt: 20, expiresAt: 20 + 30 * 86_400_000, terms: TERMS });
  });
});

describe("whose yes counts", () => {
  test("two different people, none of them who proposed it", () => {
    const model = proposed(found(), ["admins, 2, not-requester"]);
    expect(codeOf(() => answer(model, says(alice), parties))).toBe("model_answer_refused");
    const first = answer(model, says(bob), parties);
    expect(first).toMatchObject({ came: "recorded", missing: ["admins, 2, not-requester"] });
    expect(first.model.stage).toBe("proposed");
    expect(codeOf(() => answer(first.model, says(bob), parties))).toBe("model_answer_refused");
    expect(answer(first.model, says(carol), parties).came).toBe("approved");
  });

  test("who left since does not count any more", () => {
    const first = answer(proposed(found(), ["admins, 2"]), says(bob), parties);
    const left: Parties = { ...parties, approvers: [alice, carol].map(admin) };
    expect(answer(first.model, says(carol), left).came).toBe("recorded");
  });

  test("a new proposal takes the yeses of the one before with it", () => {
    const first = answer(proposed(found(), ["admins, 2"]), says(bob), parties);
    expect(proposed(first.model, ["admins, 2"]).proposal?.decisions).toEqual([]);
  });

  test("what is approved is bound to the digest and to every term", () => {
    const other = { ...TERMS, services: [{ ...TERMS.services[0]!, manifest: DIGEST }] };
    const digests = [
      proposalDigest(DIGEST, TERMS),
      proposalDigest(DIGEST, other),
      proposalDigest(digestOfBytes("other weights"), TERMS),
    ];
    expect(new Set(digests).size).toBe(3);
  });
});

function seenAt(path: string, at: number) {
  return { digest: DIGEST, name: "llama", format: null, place: { host: "h", path, size: 1, at }, now: at };
}

describe("places", () => {
  test("one that is seen again takes its older self's place, and the oldest give way", () => {
    let model = found();
    for (let at = 0; at <= PLACES_MAX; at += 1) model = find(model, seenAt(`f${at}`, at));
    expect(model.places).toHaveLength(PLACES_MAX);
    expect(model.places.some(({ path }) => path === "f0")).toBe(false);
    const again = find(model, seenAt("f5", 99));
    expect(again.places).toHaveLength(PLACES_MAX);
    expect(again.places[0]).toMatchObject({ path: "f5", at: 99 });
  });
});

describe("the store's row", () => {
  test.each([found(), proposed(), approved(), revoke(approved(), "bad"), find(found(), seenAt("a", 5))])(
    "of %# is read as it was written",
    (model) => {
      expect(modelOfRow(rowOfModel(model))).toEqual(model);
    },
  );

  test("that is damaged is refused", () => {
    expect(() => modelOfRow({ ...rowOfModel(found()), stage: "fine" })).toThrow("stage");
    expect(() => modelOfRow({ ...rowOfModel(found()), digest: "sha256:abc" })).toThrow("sha256");
  });
});
