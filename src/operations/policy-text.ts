import { z } from "zod";
import { Fault } from "#base";
import type { Compiled, Problem } from "#policy";

const TEXT_CHARS_MAX = 1_000_000;

export const policyText = z.string().min(1).max(TEXT_CHARS_MAX).meta({
  description: "Cedar policies; on the command line a file, or - for standard input",
  "x-file": true,
});

/** Throws `policy_invalid` with the first problem and where it is. */
export function demandCompiled(compiled: Compiled): Extract<Compiled, { ok: true }> {
  if (compiled.ok) return compiled;
  const [first] = compiled.problems;
  const more = compiled.problems.length > 1 ? ` (and ${compiled.problems.length - 1} more)` : "";
  throw new Fault(
    "policy_invalid",
    `the policy text is not valid: ${first === undefined ? "no reason given" : placed(first)}${more}`,
    "See every problem with its place: `doorward policy check FILE`.",
  );
}

function placed({ message, policy, line, column }: Problem): string {
  const where = line === undefined ? "" : `line ${line}, column ${column ?? 1}: `;
  return `${where}${policy === undefined ? "" : `policy ${policy}: `}${message}`;
}
