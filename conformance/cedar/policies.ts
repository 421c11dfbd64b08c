import * as official from "@cedar-policy/cedar-wasm/nodejs";
import { type Policy, readPolicy, safeText, withExactIntegers } from "#cedar";

const TRIVIA = /(?:\s|\/\/[^\n\r]*)*/y;

/** The static policies of a text, named `policy0`, `policy1` … in their order, templates counted, as Cedar names them. */
export function readPolicies(text: string): readonly Policy[] {
  const parts = official.policySetTextToParts(text);
  if (parts.type === "failure") throw new Error(parts.errors.map((error) => error.message).join("; "));
  const templates = new Set(parts.policy_templates);
  const statements = inOrder(text, [...parts.policies, ...parts.policy_templates]);
  return statements.flatMap((statement, index) =>
    templates.has(statement) ? [] : [readStatement(`policy${index}`, statement)],
  );
}

function readStatement(id: string, statement: string): Policy {
  const { text, integers } = safeText(statement);
  const answer = official.policyToJson(text);
  if (answer.type === "failure") throw new Error(answer.errors.map((error) => error.message).join("; "));
  return readPolicy(id, withExactIntegers(answer.json, integers));
}

/** The official build sorts statements by name (`policy10` before `policy2`); the text says in which order they stand. */
function inOrder(text: string, parts: readonly string[]): readonly string[] {
  const ordered: string[] = [];
  let at = 0;
  while (ordered.length < parts.length) {
    TRIVIA.lastIndex = at;
    at += TRIVIA.exec(text)?.[0].length ?? 0;
    const next = parts.find((part) => text.startsWith(part, at));
    if (next === undefined) throw new Error(`no statement begins at character ${at}`);
    ordered.push(next);
    at += next.length;
  }
  return ordered;
}
