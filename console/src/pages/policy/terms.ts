import type { Answer } from "../../api/client.ts";

type Rule = Answer<"/policy/show">["policies"][number];

/** What a rule that holds says besides its group: a line each, in people's words. */
export function termsOf({
  expires,
  escalation,
  glass,
  grantable,
}: Pick<Rule, "expires" | "escalation" | "glass" | "grantable">): readonly string[] {
  return [
    expires === null ? null : `waits ${expires} at most`,
    escalation === null ? null : stepsText(escalation),
    glass === null ? null : `glass: ${glass}`,
    grantable === null ? null : `grants: ${grantable}`,
  ].filter((line) => line !== null);
}

function stepsText(steps: readonly string[]): string {
  return steps.length === 0 ? "never passed on" : `also asks after ${steps.join(", ")}`;
}
