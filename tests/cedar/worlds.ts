import fc from "fast-check";
import type { ExactJson } from "#cedar";
import { expression, uidText } from "./expressions.ts";
import { IDS, type Kind, NAMES, TEXTS, TYPED_NAMES, TYPES } from "./pools.table.ts";

export interface Uid {
  readonly type: string;
  readonly id: string;
}

type Fields = { readonly [name: string]: ExactJson };

export interface EntityJson {
  readonly uid: Uid;
  readonly attrs: Fields;
  readonly tags: Fields;
  readonly parents: readonly Uid[];
}

/** Everything one request is decided by, in Cedar's own forms; integers beyond 2^53 as `bigint`. */
export interface World {
  readonly policies: readonly string[];
  readonly entities: readonly EntityJson[];
  readonly principal: Uid;
  readonly action: Uid;
  readonly resource: Uid;
  readonly context: Fields;
}

const uid: fc.Arbitrary<Uid> = fc.record({ type: fc.constantFrom(...TYPES), id: fc.constantFrom(...IDS) });
const extension = (fn: string, ...texts: readonly string[]): fc.Arbitrary<ExactJson> =>
  fc.constantFrom(...texts).map((arg) => ({ __extn: { fn, arg } }));
const bounded = { depthIdentifier: "value" } as const;

const { record: fields } = fc.letrec<Record<Exclude<Kind, "record">, ExactJson> & { record: Fields }>(
  (tie) => ({
    bool: fc.boolean(),
    long: fc.constantFrom<ExactJson>(
      0,
      1,
      -1,
      7,
      9007199254740991,
      9007199254740993n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ),
    string: fc.constantFrom(...TEXTS),
    entity: uid.map(({ type, id }) => ({ __entity: { type, id } })),
    decimal: extension("decimal", "1.5", "1.50", "-0.5"),
    ip: extension("ip", "10.0.0.1", "10.0.0.0/8", "::1"),
    datetime: extension("datetime", "2024-02-29", "1969-12-31T23:59:59.999Z"),
    duration: extension("duration", "1d", "24h", "-1ms"),
    set: fc.array(fc.oneof(tie("long"), tie("entity"), tie("any")), { maxLength: 3, ...bounded }),
    record: fc
      .uniqueArray(
        fc.oneof(
          ...Object.entries(TYPED_NAMES).map(([kind, names]) =>
            fc.tuple(fc.constantFrom(...names), tie(kind as Kind)),
          ),
          fc.tuple(fc.constantFrom(...NAMES), tie("any")),
        ),
        { maxLength: 8, ...bounded, selector: ([name]) => name },
      )
      .map((entries) => Object.fromEntries(entries)),
    any: fc.oneof(
      { maxDepth: 3, ...bounded },
      tie("long"),
      tie("bool"),
      tie("string"),
      tie("entity"),
      tie("ip"),
      tie("decimal"),
      tie("duration"),
      tie("datetime"),
      tie("set"),
      tie("record"),
    ),
  }),
);

/** Parents only among what stands before, so that there is no circle, which Cedar refuses; some are not there at all. */
const entities: fc.Arbitrary<readonly EntityJson[]> = fc
  .uniqueArray(
    fc.record({
      uid,
      attrs: fields,
      tags: fields,
      parents: fc.array(fc.nat(11), { maxLength: 3 }),
      lost: fc.boolean(),
    }),
    { minLength: 5, maxLength: 12, selector: (one) => JSON.stringify(one.uid) },
  )
  .map((list) =>
    list.map(({ parents, lost, ...rest }, index) => {
      const known = parents.flatMap((at) => (at < index ? (list[at]?.uid ?? []) : []));
      return { ...rest, parents: lost ? [...known, { type: "Gone", id: "x" }] : known };
    }),
  );

const scope = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(name),
    uidText.map((entity) => `${name} == ${entity}`),
    uidText.map((entity) => `${name} in ${entity}`),
    fc.constantFrom(...TYPES).map((type) => `${name} is ${type}`),
    fc.tuple(fc.constantFrom(...TYPES), uidText).map(([type, entity]) => `${name} is ${type} in ${entity}`),
  );

const actionUid = fc.constantFrom('Action::"a"', 'Action::"b"', 'N::Action::"c"', 'Action::"all"');
const actionScope = fc.oneof(
  fc.constant("action"),
  actionUid.map((action) => `action == ${action}`),
  fc.array(actionUid, { maxLength: 3 }).map((list) => `action in [${list.join(", ")}]`),
  actionUid.map((action) => `action in ${action}`),
);

const condition = fc
  .tuple(fc.constantFrom("when", "unless"), expression)
  .map(([kind, text]) => `${kind} { ${text} }`);
const head = fc.oneof(
  { weight: 2, arbitrary: fc.constant("principal, action, resource") },
  {
    weight: 3,
    arbitrary: fc.tuple(scope("principal"), actionScope, scope("resource")).map((parts) => parts.join(", ")),
  },
);

const policy: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("permit", "permit", "forbid"), head, fc.array(condition, { maxLength: 2 }))
  .map(([effect, scopes, conditions]) => `${effect} (${scopes}) ${conditions.join(" ")};`);

const ALL: Uid = { type: "Action", id: "all" };
const ACTIONS: readonly EntityJson[] = [
  { uid: { type: "Action", id: "a" }, attrs: {}, tags: {}, parents: [ALL] },
  { uid: { type: "Action", id: "b" }, attrs: {}, tags: {}, parents: [ALL, { type: "Action", id: "a" }] },
];

export const world: fc.Arbitrary<World> = fc.record({
  policies: fc.array(policy, { minLength: 1, maxLength: 5 }),
  entities: entities.map((list) => [...list, ...ACTIONS]),
  principal: uid,
  action: fc.constantFrom(
    { type: "Action", id: "a" },
    { type: "Action", id: "b" },
    { type: "N::Action", id: "c" },
  ),
  resource: uid,
  context: fields,
});
