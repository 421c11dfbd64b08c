import type { StateWrite } from "#ledger";
import type { Schema } from "#store";
import type { ReadContext } from "./context.ts";

export type StageRule = Schema["stage_rules"];

export const DEFAULT_SCOPE = "default";

/** What an agent without a stage of its own is in: its group's, else the default, else `enforce`. */
export async function inheritedStage(
  { store }: Pick<ReadContext, "store">,
  group: string | null,
): Promise<Pick<StageRule, "scope" | "stage" | "observe_until">> {
  const scopes = group === null ? [DEFAULT_SCOPE] : [scopeOf(group), DEFAULT_SCOPE];
  const rows = await store.query.selectFrom("stage_rules").selectAll().where("scope", "in", scopes).execute();
  for (const scope of scopes) {
    const row = rows.find((one) => one.scope === scope);
    if (row !== undefined) return row;
  }
  return { scope: DEFAULT_SCOPE, stage: "enforce", observe_until: null };
}

export function scopeOf(group: string): string {
  return group === DEFAULT_SCOPE ? DEFAULT_SCOPE : `group:${group}`;
}

const ruled = (column: "stage" | "observe_until"): string =>
  `(SELECT r.${column} FROM stage_rules r WHERE r.scope IN ('group:' || agents.stage_group, 'default')
      ORDER BY r.scope DESC LIMIT 1)`;

/**
 * Writes into every agent that inherits (or into one) the stage that it inherits, so that the doors read one column whatever
 * it comes from. INVARIANT: goes last into the batch of whatever changed a rule, or who inherits.
 */
export function inheritWrite(agent: string | null = null): StateWrite {
  const one = agent === null ? "" : " AND id = ?";
  return {
    sql: `UPDATE agents SET stage = COALESCE(${ruled("stage")}, 'enforce'), observe_until = ${ruled("observe_until")}
      WHERE stage_from = 'inherited' AND revoked_at IS NULL${one}`,
    parameters: agent === null ? [] : [agent],
  };
}
