import type { JsonObject } from "#base";
import type { ActionId } from "#vocabulary";

/** What an answer is marked with, where the policies that allowed it say so, and the model call that made it. */
export interface Marking {
  readonly action: ActionId;
  readonly marks: readonly string[];
}

/** Members of the answer itself, or of its stream's first event. */
export function markOf({ action, marks }: Marking): JsonObject {
  return marks.length === 0 ? {} : { doorward: { marks: [...marks], action } };
}

/**
 * The header follows draft-abaris-aicdh-00 (AI Content Disclosure, an individual Internet-Draft); the record's id lets
 * whoever got the answer find its receipt.
 */
export function markedHeaders({ action, marks }: Marking): Record<string, string> {
  const own = { "x-doorward-action": action };
  if (marks.length === 0) return own;
  return { ...own, "ai-disclosure": "mode=ai-originated", "x-doorward-marks": marks.join(", ") };
}
