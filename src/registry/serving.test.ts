import { describe, expect, test } from "vitest";
import { type Digest, digestOfBytes } from "#base";
import type { ModelIdentity, ModelStage, ServedModel, UserId } from "#vocabulary";
import type { RegisteredModel, Service } from "./model.ts";
import { objectionTo, served, SERVING_DEFAULTS, type ServingRules } from "./serving.ts";

const [A, B, M, N] = ["a", "b", "m", "n"].map((text) => digestOfBytes(text)) as [
  Digest,
  Digest,
  Digest,
  Digest,
];
const ASKED = { upstream: "ollama", model: "llama3.2" };

function model(digest: Digest, stage: ModelStage, services: readonly Service[] = []): RegisteredModel {
  const terms = {
    owner: "usr_a" as UserId,
    purpose: "",
    risk: "high" as const,
    licence: "Apache-2.0",
    services,
    evidence: [],
    validDays: 1,
  };
  const rest = { proposal: null, places: [], reason: null, foundAt: 0, format: null, name: "llama" };
  return { digest, stage, terms, approvedAt: 0, expiresAt: 1_000, ...rest };
}

const is = (digest: Digest | null, manifest: Digest | null = null, isTelling = true): ModelIdentity => ({
  digest,
  manifest,
  proof: digest === null ? "unproven" : "reported",
  isTelling,
  why: null,
});

const under = (manifest: Digest | null): Service => ({ ...ASKED, manifest });
const other = (manifest: Digest | null): Service => ({ upstream: "ollama", model: "other", manifest });
const isThis = ({ upstream, model: name }: Service): boolean =>
  upstream === ASKED.upstream && name === ASKED.model;

describe("how the register sees what would answer", () => {
  test.each([
    ["nobody knows it", is(A), null, [], "unregistered"],
    ["only a name, and none bound", is(null), null, [], "unregistered"],
    ["found", is(A), model(A, "found"), [], "found"],
    ["proposed", is(A), model(A, "proposed"), [], "proposed"],
    ["approved", is(A), model(A, "approved"), [], "approved"],
    [
      "nothing told, under a name that was not approved",
      is(A),
      model(A, "approved", [other(null)]),
      [],
      "changed",
    ],
    [
      "with the template of another of its names",
      is(A, N),
      model(A, "approved", [under(M), other(N)]),
      [A],
      "changed",
    ],
    ["with this name's own template", is(A, M), model(A, "approved", [under(M), other(N)]), [A], "approved"],
    [
      "a template that hides, where another name told none",
      is(A),
      model(A, "approved", [under(M), other(null)]),
      [A],
      "changed",
    ],
    [
      "one that tells more than was approved",
      is(A, N),
      model(A, "approved", [under(null), other(N)]),
      [A],
      "changed",
    ],
    [
      "deprecated, under another template",
      is(A, N),
      model(A, "deprecated", [under(M), other(N)]),
      [A],
      "changed",
    ],
    ["approved under this name", is(A), model(A, "approved", [under(null)]), [A], "approved"],
    ["approved with this manifest", is(A, M), model(A, "approved", [under(M)]), [A], "approved"],
    ["the same weights with another template", is(A, N), model(A, "approved", [under(M)]), [A], "changed"],
    ["a manifest that hides", is(A, null), model(A, "approved", [under(M)]), [A], "changed"],
    ["weights approved, and nothing around them", is(A, M), model(A, "approved"), [], "changed"],
    ["another under an approved name", is(B), null, [A], "changed"],
    ["another that is only found", is(B), model(B, "found"), [A], "changed"],
    ["a tag moved to another approved one", is(B), model(B, "approved"), [A], "changed"],
    ["two approved under one name", is(B), model(B, "approved"), [A, B], "approved"],
    ["revoked, whatever its name", is(A), model(A, "revoked"), [B], "revoked"],
    ["deprecated", is(A), model(A, "deprecated"), [A], "deprecated"],
  ] as const)("%s", (...[, identity, known, bound, status]) => {
    expect(served(identity, { model: known, bound, isThis }, 10).status).toBe(status);
  });

  test("an approval is over at the very moment it ends, and stays so", () => {
    const known = { model: model(A, "approved"), bound: [], isThis };
    expect([999, 1_000, 1_001].map((now) => served(is(A), known, now).status)).toEqual([
      "approved",
      "expired",
      "expired",
    ]);
  });
});

const seen = (status: ServedModel["status"], identity = is(A)): ServedModel => ({
  ...identity,
  status,
  risk: null,
  licence: null,
});

describe("what the register refuses before any policy", () => {
  const strict: ServingRules = { unapproved: "refuse", unproven: "refuse" };
  test.each([
    ["approved", seen("approved"), SERVING_DEFAULTS, false, null],
    ["approved, strictly", seen("approved"), strict, false, null],
    ["deprecated, strictly", seen("deprecated"), strict, false, null],
    ["unregistered", seen("unregistered"), SERVING_DEFAULTS, false, null],
    ["unregistered, strictly", seen("unregistered"), strict, false, "model_unapproved"],
    ["found, strictly", seen("found"), strict, false, "model_unapproved"],
    ["proposed, strictly", seen("proposed"), strict, false, "model_unapproved"],
    ["a name", seen("unregistered", is(null)), SERVING_DEFAULTS, false, null],
    ["a name, strictly", seen("unregistered", is(null)), strict, false, "model_unproven"],
    [
      "a name, where only approved ones serve",
      seen("unregistered", is(null)),
      { ...strict, unproven: "serve" },
      false,
      null,
    ],
    [
      "a runtime that hides what is bound",
      seen("unregistered", is(null)),
      SERVING_DEFAULTS,
      true,
      "model_unproven",
    ],
    ["a runtime that never tells", seen("unregistered", is(null, null, false)), SERVING_DEFAULTS, true, null],
    ["changed", seen("changed"), SERVING_DEFAULTS, true, "model_changed"],
    ["expired", seen("expired"), SERVING_DEFAULTS, true, "model_expired"],
    ["revoked", seen("revoked"), SERVING_DEFAULTS, true, "model_revoked"],
    [
      "a file that is being hashed, whatever is bound",
      seen("unregistered", { ...is(null), isPending: true }),
      SERVING_DEFAULTS,
      false,
      "model_pending",
    ],
  ] as const)("%s", (...[, would, rules, isBound, code]) => {
    const objection = objectionTo(ASKED, would, { isBound, rules });
    expect(objection?.fault.code ?? null).toBe(code);
    expect(objection?.isFloor ?? false).toBe(code === "model_revoked" || code === "model_pending");
  });
});
