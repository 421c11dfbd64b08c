import { z } from "zod";
import { Fault } from "#base";
import { commitBatch, daysAfter, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { groupName, stage, time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { inheritWrite, scopeOf, type StageRule } from "./stage-rules.ts";
import { stageNow } from "./agent-rows.ts";

const OBSERVE_DAYS_MAX = 30;
const GROUPS_MAX = 200;

const scope = groupName.describe(
  "A group of agents (`agents set-stage NAME inherit --group GROUP`), or default",
);

const ruleShape = z.object({
  scope: z.string(),
  stage: stage.describe("In force now: observe past its end counts as enforce"),
  observeUntil: time.nullable(),
  agents: z.int().describe("Agents that are in it now"),
  changedAt: time.nullable(),
});

export const stagesList = read({
  name: "stages.list",
  summary: "List the stages that agents without one of their own are in: the default and each group's",
  permission: "agents.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(ruleShape) }),
  columns: ["scope", "stage", "observeUntil", "agents"],
  async run({ store, ambient }) {
    const rules = await store.query.selectFrom("stage_rules").selectAll().orderBy("scope").execute();
    const counts = await store.query
      .selectFrom("agents")
      .select(({ fn }) => ["stage_group", fn.countAll<number>().as("n")])
      .where("stage_from", "=", "inherited")
      .where("revoked_at", "is", null)
      .groupBy("stage_group")
      .execute();
    const named = new Set(rules.map((rule) => rule.scope));
    const countOf = (wanted: string): number =>
      counts
        .filter(({ stage_group: group }) => {
          const own = group === null ? "default" : scopeOf(group);
          return (named.has(own) ? own : "default") === wanted;
        })
        .reduce((sum, { n }) => sum + n, 0);
    const all = named.has("default") ? rules : [UNSET, ...rules];
    return { items: all.map((rule) => ruleView(rule, countOf(rule.scope), ambient.now())) };
  },
});

const UNSET: StageRule = {
  scope: "default",
  stage: "enforce",
  observe_until: null,
  changed_by: "",
  changed_at: 0,
};

function ruleView(rule: StageRule, agents: number, now: number): z.input<typeof ruleShape> {
  return {
    scope: rule.scope.replace(/^group:/, ""),
    stage: stageNow(rule, now),
    observeUntil: isoTime(rule.observe_until),
    agents,
    changedAt: rule.changed_at === 0 ? null : isoTime(rule.changed_at),
  };
}

export const stagesSet = write({
  name: "stages.set",
  summary: "Set the stage of a group of agents, or the default: of those that have none of their own",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({
    scope,
    stage,
    days: z
      .int()
      .min(1)
      .max(OBSERVE_DAYS_MAX)
      .default(7)
      .describe("How long they are only observed; then it enforces"),
  }),
  output: ruleShape,
  positional: ["scope", "stage"],
  examples: ["stages set default isolate", "stages set trials observe --days 14"],
  async plan(context, { scope: name, stage: next, days }) {
    const until = next === "observe" ? daysAfter(context.ambient, days) : null;
    const rules = await context.store.query.selectFrom("stage_rules").select("scope").execute();
    if (rules.length > GROUPS_MAX) throw tooManyGroups();
    return {
      would: `set ${name === "default" ? "the default" : `the group ${name}`} to ${next}${until === null ? "" : ` until ${isoTime(until)}`}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const rule: StageRule = {
          scope: scopeOf(name),
          stage: next,
          observe_until: until,
          changed_by: committing.caller.user,
          changed_at: at,
        };
        const put = committing.store.query
          .insertInto("stage_rules")
          .values(rule)
          .onConflict((conflict) => conflict.column("scope").doUpdateSet(rule));
        const body = { change: "stage", scope: rule.scope, to: next, until: isoTime(until) };
        await commitBatch(committing, {
          writes: [stateWrite(put, 1), inheritWrite()],
          entries: [entry(committing, "stage.changed", rule.scope, body)],
        });
        committing.live.stagesChanged();
        return ruleView(rule, await countIn(committing, name), at);
      },
    };
  },
});

export const stagesClear = write({
  name: "stages.clear",
  summary: "Let a group of agents have the default stage again",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({ scope: groupName.describe("Group of agents") }),
  output: z.object({ scope: z.string() }),
  positional: ["scope"],
  async plan(context, { scope: name }) {
    const found = await context.store.query
      .selectFrom("stage_rules")
      .select("scope")
      .where("scope", "=", scopeOf(name))
      .executeTakeFirst();
    if (found === undefined || name === "default") throw noRule(name);
    return {
      would: `let the group ${name} have the default stage`,
      async commit(committing) {
        const clear = committing.store.query.deleteFrom("stage_rules").where("scope", "=", scopeOf(name));
        await commitBatch(committing, {
          writes: [stateWrite(clear, 1), inheritWrite()],
          entries: [
            entry(committing, "stage.changed", scopeOf(name), { change: "cleared", scope: scopeOf(name) }),
          ],
        });
        committing.live.stagesChanged();
        return { scope: name };
      },
    };
  },
});

async function countIn({ store }: OperationContext, name: string): Promise<number> {
  const inheriting = store.query
    .selectFrom("agents")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("stage_from", "=", "inherited")
    .where("revoked_at", "is", null);
  const rows =
    name === "default"
      ? inheriting.where((eb) =>
          eb.or([
            eb("stage_group", "is", null),
            eb(eb.fn<string>("concat", [eb.val("group:"), "stage_group"]), "not in", (from) =>
              from.selectFrom("stage_rules").select("scope"),
            ),
          ]),
        )
      : inheriting.where("stage_group", "=", name);
  return (await rows.executeTakeFirst())?.n ?? 0;
}

function tooManyGroups(): Fault {
  return new Fault(
    "stages_full",
    `at most ${GROUPS_MAX} groups can have a stage`,
    "Clear one that is not needed: `doorward stages clear GROUP`.",
  );
}

function noRule(name: string): Fault {
  return new Fault(
    "stage_unknown",
    `the group ${name} has no stage of its own`,
    "List those that have: `doorward stages list`.",
  );
}
