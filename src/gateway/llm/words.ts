import type { Refused } from "../outside.ts";
import { sentences } from "../speech.ts";

// What an agent reads in place of a call: the same lines as at the mcp door.

export function refusalText(refused: Refused): string {
  return sentences("refused", refused);
}

/** One text for a turn that is withheld whole, with the id of every approval that it waits for. */
export function heldText(held: ReadonlyMap<number, Refused>, names: readonly string[]): string {
  const waiting = [...held].map(([index, { reason, approval, rules }]) => ({
    line: `- ${names[index] ?? "a tool call"} (${approval ?? ""}): ${reason} Rule: ${rules.join(", ")}`,
    approval: approval ?? "",
  }));
  const ids = waiting.map(({ approval }) => approval);
  const what =
    waiting.length === 1
      ? "a tool call of this turn waits"
      : `${waiting.length} tool calls of this turn wait`;
  return [
    `Held by Doorward: ${what} for a person, so nothing of the turn was released.`,
    ...waiting.map(({ line }) => line),
    `What to do: A person must approve: ${ids.map((id) => `\`doorward approvals approve ${id}\``).join(", ")}. Then ask again, with the same request or the next message of this conversation: the turn goes on as it is, once.`,
    "Retry: after approval",
    `Record: ${[...held.values()].map(({ action }) => action).join(", ")}`,
  ].join("\n");
}
