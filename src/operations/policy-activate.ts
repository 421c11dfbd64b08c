import { z } from "zod";
import type { JsonObject } from "#base";
import { commit, type PayloadDraft, SALT_BYTES } from "#ledger";
import { compilePolicies } from "#policy";
import { acceptedTools } from "./accepted-tools.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { write } from "./operation.ts";
import { problemShape } from "./policy.ts";
import {
  BACKTEST_SINCE,
  backtestShape,
  backtestView,
  demandConfirmed,
  sentenceOf,
} from "./policy-backtest.ts";
import { demandCompiled, policyText } from "./policy-text.ts";
import { sinceOf } from "./since.ts";

type BacktestView = z.input<typeof backtestShape>;

export const policyActivate = write({
  name: "policy.activate",
  summary: "Put a policy text in force, once a person has seen what it changes",
  permission: "policy.write",
  presence: true,
  input: z.strictObject({
    text: policyText,
    note: z.string().max(500).default("").describe("Why, for the history"),
    backtest: z
      .string()
      .max(100)
      .optional()
      .describe("Confirmation that `policy backtest` gave: you saw what would change"),
    withoutBacktest: z
      .string()
      .min(3)
      .max(500)
      .optional()
      .describe("Why recorded actions are not replayed first; goes on record"),
  }),
  output: z.object({
    digest: z.string(),
    previous: z.string().nullable(),
    warnings: z.array(problemShape),
    backtest: backtestShape
      .omit({ items: true, because: true })
      .nullable()
      .describe("What recorded actions said of it; null where they were not replayed"),
  }),
  positional: ["text"],
  examples: [
    "policy activate policy.cedar --note 'finance may approve payments' --dry-run",
    "policy activate policy.cedar --backtest sha256:…",
    "policy activate policy.cedar --without-backtest 'stops an incident'",
  ],
  async plan(context, { text, note, backtest: confirmed, withoutBacktest: why }) {
    const { set, warnings } = demandCompiled(compilePolicies(text, await acceptedTools(context.store)));
    const previous = context.policy.current()?.digest ?? null;
    const span = { since: sinceOf(context, BACKTEST_SINCE), agents: null };
    const seen = why === undefined ? await backtestView(context, set, span) : null;
    const replaces = `replace policy set ${previous ?? "(none)"} by ${set.digest}, ${set.rules.length} policies`;
    return {
      would:
        seen === null
          ? `${replaces}, without replaying what was recorded`
          : `${replaces}: ${sentenceOf(seen)}`,
      async commit(committing) {
        if (seen !== null) demandConfirmed(seen, confirmed);
        const { ambient, caller, store, policy } = committing;
        const at = ambient.now();
        const id = ambient.id("pol");
        const kept = { digest: set.digest, text, created_at: at, created_by: caller.user, note };
        const sets = store.query
          .insertInto("policy_sets")
          .values(kept)
          .onConflict((c) => c.column("digest").doNothing());
        const activation = { id, digest: set.digest, activated_at: at, activated_by: caller.user };
        const { body, payloads } = onRecord(committing, seen, why);
        const activated = entry(committing, "policy.activated", id, {
          digest: set.digest,
          previous,
          ...body,
        });
        await commitBatch(committing, {
          writes: [
            stateWrite(sets),
            stateWrite(store.query.insertInto("policy_activations").values(activation), 1),
          ],
          entries: [{ ...activated, payloads }],
        });
        await policy.reload();
        return { digest: set.digest, previous, warnings: [...warnings], backtest: seen };
      },
    };
  },
});

/** What was seen of it goes on record, or that nothing was; the reason is a person's own words, and only committed to. */
function onRecord(
  { ambient, caller }: OperationContext,
  seen: BacktestView | null,
  why: string | undefined,
): { readonly body: JsonObject; readonly payloads: readonly PayloadDraft[] } {
  if (seen !== null) {
    const { since, actions, newlyAllowed, newlyHeld, newlyDenied, unreplayable, confirmation } = seen;
    return {
      body: {
        backtest: { since, actions, newlyAllowed, newlyHeld, newlyDenied, unreplayable, confirmation },
      },
      payloads: [],
    };
  }
  const bytes = Buffer.from(why ?? "", "utf8");
  const salt = ambient.random(SALT_BYTES);
  return {
    body: {
      backtest: null,
      withoutBacktest: { bytes: bytes.length, sha256: commit(bytes, salt), stored: true },
    },
    payloads: [{ name: "reason", person: caller.user, salt, bytes }],
  };
}
