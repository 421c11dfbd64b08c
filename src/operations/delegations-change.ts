import { z } from "zod";
import { isWithin } from "#policy";
import type { Schema } from "#store";
import type { DelegationScope } from "#vocabulary";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import { tooWide } from "./delegation-grant.ts";
import {
  delegationBody,
  delegationShape,
  delegationView,
  endDelegation,
  findActive,
  scopeOf,
  scopeText,
} from "./delegation-rows.ts";
import { CALLS_MAX, delegationId, scopeInput } from "./delegations.ts";
import { write } from "./operation.ts";
import { commitEnding } from "./request-ends.ts";

const MINUTES_MAX = 30 * 24 * 60;

export const delegationsNarrow = write({
  name: "delegations.narrow",
  summary:
    "Make a delegation smaller: what is given replaces what it had (servers and tools together), and may only be less",
  permission: "delegations.write",
  input: z.strictObject({
    delegation: delegationId,
    servers: scopeInput.servers.optional(),
    tools: scopeInput.tools.optional(),
    verbs: scopeInput.verbs.optional(),
    effects: scopeInput.effects.optional(),
    calls: z.int().min(0).max(CALLS_MAX).optional().describe("How many actions may leave under it, all told"),
    minutes: z.int().min(1).max(MINUTES_MAX).optional().describe("Minutes that it still lasts"),
    further: z.int().min(0).max(3).optional().describe("Through how many further agents it may be passed on"),
  }),
  output: delegationShape,
  positional: ["delegation"],
  examples: ["delegations narrow dlg_… --effects read --minutes 30"],
  async plan(context, input) {
    const row = await findActive(context, input.delegation, "delegations.write");
    const next = narrowed(row, input, context.ambient.now());
    return {
      would: `narrow the delegation ${row.id} to agent ${row.agent}`,
      async commit(committing) {
        const { scope, calls_max, expires_at, further } = next;
        const change = committing.store.query
          .updateTable("delegations")
          .set({ scope, calls_max, expires_at, further })
          .where("id", "=", row.id)
          .where("revoked_at", "is", null)
          .where("scope", "=", row.scope)
          .where("expires_at", "=", row.expires_at)
          .where("further", "=", row.further)
          .where("calls_max", row.calls_max === null ? "is" : "=", row.calls_max);
        await commitBatch(committing, {
          writes: [stateWrite(change, 1)],
          entries: [entry(committing, "delegation.narrowed", row.id, delegationBody(next))],
        });
        return delegationView({ ...row, ...next }, committing.ambient.now());
      },
    };
  },
});

interface Narrowing extends Partial<{ [K in keyof DelegationScope]: DelegationScope[K] | undefined }> {
  readonly calls?: number | undefined;
  readonly minutes?: number | undefined;
  readonly further?: number | undefined;
}

function narrowed(row: Schema["delegations"], input: Narrowing, now: number): Schema["delegations"] {
  const had = scopeOf(row.scope);
  const scope = scopeLeft(had, input);
  const { calls = row.calls_max, further = row.further, minutes } = input;
  const expiresAt = minutes === undefined ? row.expires_at : now + minutes * 60_000;
  const next = { ...row, scope: scopeText(scope), calls_max: calls, expires_at: expiresAt, further };
  const more = isWithin(scope, had) ? moreThan(next, row) : "servers, tools, verbs or effects";
  if (more !== null) throw tooWide(row.id, more);
  return next;
}

/** A tool beside its own server would cover no less than that server: whoever names one of the two names all that is left. */
function scopeLeft(had: DelegationScope, input: Narrowing): DelegationScope {
  const isNamed = input.servers !== undefined || input.tools !== undefined;
  const { servers = [], tools = [] } = isNamed ? input : had;
  return { servers, tools, verbs: input.verbs ?? had.verbs, effects: input.effects ?? had.effects };
}

function moreThan(next: Schema["delegations"], row: Schema["delegations"]): string | null {
  if ((next.calls_max ?? Infinity) > (row.calls_max ?? Infinity)) return "more actions";
  if (next.expires_at > row.expires_at) return `a life beyond ${isoTime(row.expires_at)}`;
  return next.further > row.further ? "a longer chain" : null;
}

export const delegationsRevoke = write({
  name: "delegations.revoke",
  summary: "Take a delegation back: it, all that was passed on of it, and the work under it end now",
  permission: "delegations.write",
  effect: "destructive",
  input: z.strictObject({ delegation: delegationId }),
  output: delegationShape,
  positional: ["delegation"],
  async plan(context, { delegation }) {
    const row = await findActive(context, delegation, "delegations.write");
    return {
      would: `revoke the delegation ${row.id} to agent ${row.agent}`,
      async commit(committing) {
        const at = committing.ambient.now();
        await commitEnding(
          committing,
          { delegation: row.id },
          {
            why: "delegation_revoked",
            cut: () => committing.live.revoked("delegation", row.id),
            writes: endDelegation(row.id, at),
            entries: [
              entry(committing, "delegation.revoked", row.id, { user: row.user_id, agent: row.agent_id }),
            ],
          },
        );
        return delegationView({ ...row, revoked_at: at }, at);
      },
    };
  },
});
