import { Fault } from "#base";
import { compilePolicies, type PolicySet } from "#policy";
import type { Store } from "#store";
import { acceptedTools } from "./accepted-tools.ts";
import type { ActivePolicy } from "./context.ts";

/**
 * The policy set in force: the text of the newest activation, compiled against the tools accepted now. Without an
 * activation there is none, and everything is denied.
 */
export async function openActivePolicy(store: Pick<Store, "query">): Promise<ActivePolicy> {
  let current: PolicySet | null = null;
  const reload = async (): Promise<void> => {
    const text = await activeText(store);
    current = text === null ? null : await compiled(store, text);
  };
  await reload();
  return { current: () => current, reload };
}

async function activeText({ query }: Pick<Store, "query">): Promise<string | null> {
  const row = await query
    .selectFrom("policy_activations")
    .innerJoin("policy_sets", "policy_sets.digest", "policy_activations.digest")
    .select("policy_sets.text")
    .orderBy("policy_activations.activated_at", "desc")
    .orderBy("policy_activations.id", "desc")
    .executeTakeFirst();
  return row?.text ?? null;
}

/** It was valid when it was activated: what the tools no longer fit is broken, and a broken policy opens no door. */
async function compiled(store: Pick<Store, "query">, text: string): Promise<PolicySet> {
  const answer = compilePolicies(text, await acceptedTools(store), "reload");
  if (answer.ok) return answer.set;
  throw new Fault(
    "policy_unreadable",
    `the active policy set no longer compiles: ${answer.problems[0]?.message ?? "no reason given"}`,
    "Activate a text that compiles: `doorward policy check FILE`, `doorward policy activate FILE`.",
  );
}
