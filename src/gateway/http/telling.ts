import type { Flows } from "../flows/flows.ts";
import type { Answer, Attempt } from "../outside.ts";
import { isNothingSent } from "../travel.ts";

const OURS = "doorward/refusals";

/**
 * What an agent is told in Doorward's own words. They quote the address that it asked for, which must not count as seen in
 * others' words by that alone: a person's yes to it would be undone by its own refusal. What else they hold may be others'
 * (a certificate's names, the note of whoever refused), and is taken in.
 */
export function createTelling(flows: Flows) {
  return (attempt: Attempt, answer: Exclude<Answer, { kind: "result" }>): void => {
    const session = flows.of(attempt.identity);
    const hear = (text: string, isTainting: boolean): void => {
      const plain = withoutTarget(text, attempt).trim();
      if (plain !== "" && session.hear({ from: OURS, texts: [plain], isTainting }) && isTainting)
        flows.behind(session);
    };
    if (answer.kind !== "failed") {
      if (ENDED.has(answer.code)) hear(answer.reason, false);
      return;
    }
    const { error } = answer;
    hear(error instanceof Error ? error.message : "failed", !isNothingSent(error));
  };
}

/** Those that a person's own words may stand in. */
const ENDED: ReadonlySet<string> = new Set(["approval_denied", "approval_withdrawn", "approval_ended"]);

function withoutTarget(text: string, { action }: Attempt): string {
  const authority = action.target.server.replace(/^web:/, "");
  const pieces = [
    `${authority}${action.target.name}`,
    `https://${authority}`,
    `http://${authority}`,
    authority,
  ];
  return pieces.reduce((left, piece) => left.replaceAll(piece, " "), text);
}
