import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entity } from "./evaluator.ts";
import { scopeMatches } from "./scope.ts";

// Somebody else's truth: Cedar's conformance cases. Slicing by our reading of scopes must leave Cedar's answer, its
// reasons and its errors as they are.
const DATA = new URL("../../../shared/data/cedar/", import.meta.url).pathname;
const isHere = existsSync(DATA);
/** Every Nth case of the generated corpus: the whole takes minutes and says no more about scopes. */
const STRIDE = 30;

interface Case {
  readonly policies: string;
  readonly entities: string;
  readonly schema: string;
  readonly requests: readonly CaseRequest[];
}
interface CaseRequest {
  readonly principal: cedar.TypeAndId;
  readonly action: cedar.TypeAndId;
  readonly resource: cedar.TypeAndId;
  readonly context: cedar.Context;
  readonly validateRequest?: boolean;
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

/** Integers that JavaScript's JSON reader rounds cannot be handed to the WASM build at all; such cases are left out. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isExact);
}

type Parents = ReadonlyMap<string, readonly cedar.TypeAndId[]>;

const plain = (uid: cedar.EntityUidJson): cedar.TypeAndId => ("type" in uid ? uid : uid["__entity"]);
const keyOf = ({ type, id }: cedar.TypeAndId): string => JSON.stringify([type, id]);

function actionParents(schema: string): Map<string, cedar.TypeAndId[]> {
  const read = cedar.schemaToJson(schema);
  if (read.type === "failure") throw new Error(JSON.stringify(read.errors));
  const pairs = Object.entries(read.json).flatMap(([namespace, definition]) => {
    const type = namespace === "" ? "Action" : `${namespace}::Action`;
    return Object.entries(definition.actions).map(([id, action]): [string, cedar.TypeAndId[]] => [
      keyOf({ type, id }),
      (action.memberOf ?? []).map((parent) => ({ type: parent.type ?? type, id: parent.id })),
    ]);
  });
  return new Map(pairs);
}

function withAncestors(uid: cedar.TypeAndId, parents: Parents): Entity {
  const all = new Map<string, cedar.TypeAndId>();
  const queue = [uid];
  for (const next of queue) {
    for (const parent of parents.get(keyOf(next)) ?? []) {
      if (all.has(keyOf(parent))) continue;
      all.set(keyOf(parent), parent);
      queue.push(parent);
    }
  }
  return { uid, attrs: {}, parents: [...all.values()] };
}

/** Every policy by the id the case gives it; parts come sorted by id as text. */
function policiesOf(text: string): { id: string; text: string; json: cedar.PolicyJson }[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure") throw new Error(JSON.stringify(parts.errors));
  const ids = parts.policies.map((_, index) => `policy${index}`).toSorted();
  return parts.policies.map((part, index) => {
    const read = cedar.policyToJson(part);
    if (read.type === "failure") throw new Error(JSON.stringify(read.errors));
    return { id: ids[index] ?? "", text: part, json: read.json };
  });
}

function disagreements(root: string, file: string): string[] {
  const one = JSON.parse(readFileSync(join(root, file), "utf8")) as Case;
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const entities = JSON.parse(read(one.entities)) as cedar.EntityJson[];
  if (!isExact(entities) || !isExact(one.requests)) return [];
  const schema = read(one.schema);
  const policies = policiesOf(read(one.policies));
  const parents = new Map([
    ...actionParents(schema),
    ...entities.map((entity): [string, cedar.TypeAndId[]] => [
      keyOf(plain(entity.uid)),
      entity.parents.map(plain),
    ]),
  ]);
  return one.requests.flatMap((request, index) => {
    const { principal, action, resource, context, validateRequest = true } = request;
    const scene = {
      principal: withAncestors(principal, parents),
      action: withAncestors(action, parents),
      resource: withAncestors(resource, parents),
      context: {},
    };
    const slice = policies.filter((policy) => scopeMatches(policy.json, scene));
    const staticPolicies = Object.fromEntries(slice.map((policy) => [policy.id, policy.text]));
    const answer = cedar.isAuthorized({
      principal,
      action,
      resource,
      context,
      schema,
      validateRequest,
      entities,
      policies: { staticPolicies },
    });
    if (answer.type === "failure") return [`${file} ${index}: ${JSON.stringify(answer.errors)}`];
    const { decision, diagnostics } = answer.response;
    const got = [
      decision,
      diagnostics.reason.toSorted(),
      diagnostics.errors.map((e) => e.policyId).toSorted(),
    ];
    const wanted = [request.decision, request.reason.toSorted(), request.errors.toSorted()];
    return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [`${file} ${index}`];
  });
}

describe.skipIf(!isHere)("Cedar's own cases agree on sliced sets (skipped: no ../shared/data)", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "policy-corpus-"));
    execFileSync("tar", ["xzf", join(DATA, "corpus.tar.gz"), "-C", root]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("the handwritten cases", () => {
    const files = readdirSync(join(DATA, "tests"), { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".json"),
    );
    expect(files.length).toBeGreaterThan(15);
    expect(files.flatMap((file) => disagreements(DATA, join("tests", file)))).toEqual([]);
  });

  test("a part of the generated corpus", () => {
    const files = readdirSync(join(root, "corpus-tests")).filter((file) => /^[0-9a-f]+\.json$/.test(file));
    const picked = files.toSorted().filter((_, index) => index % STRIDE === 0);
    expect(picked.length).toBeGreaterThan(100);
    expect(picked.flatMap((file) => disagreements(root, join("corpus-tests", file)))).toEqual([]);
  });
});
