import { expect, test } from "vitest";
import { type Content, fateOf, TARGETS } from "./fates.table.ts";
import type { Wishes } from "./conversation.ts";
import { RULES, type Rule } from "./rules.table.ts";

// docs/formats/translations.md is written from the code's own tables; `vitest -u` writes it anew.

function cell(rule: Rule, to: (typeof TARGETS)[number]): string {
  if (rule === "structure") return "carried";
  return rule === "lost" ? "lost" : typeof rule === "string" ? "" : fateOf(rule.wish, to);
}

function table(rows: readonly (readonly string[])[]): string {
  const head = ["", ...TARGETS];
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function fieldsOf(rules: Readonly<Record<string, Rule>>): string {
  const rows = Object.entries(rules).filter(([, rule]) => rule !== "group" && rule !== "structure");
  return table(
    rows
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, rule]) => [`\`${path}\``, ...TARGETS.map((to) => cell(rule, to))]),
  );
}

const CONTENT: Readonly<Record<Content, string>> = {
  images: "pictures by their bytes",
  "image-urls": "pictures by URL",
  tools: "tools, calls and results",
  "strict-tools": "`strict` of a tool",
  "result-images": "pictures in results",
  "result-errors": "that a result is an error",
  reasoning: "earlier reasoning",
  suffix: "`suffix`",
  history: "more than one prompt",
};
const CONTENTS: readonly Content[] = [
  "history",
  "images",
  "image-urls",
  "tools",
  "strict-tools",
  "result-images",
  "result-errors",
  "reasoning",
  "suffix",
];

function page(): string {
  const sources = Object.entries(RULES).map(([from, rules]) => `## From ${from}\n\n${fieldsOf(rules)}\n`);
  return `# Translations: what is carried, lost and refused

Where a model's upstream does not speak the client's protocol, its request is translated (\`src/llm/translate\`). This page is
written from the tables that do it, and a test keeps it so.

- **carried**: said in the other protocol's words.
- **partly**: some values are; any other is refused.
- **lost**: left out. It is harmless and reported.
- **refused**: nothing is sent. Fault \`translation_refused\` names the field; \`null\`, and values that ask for nothing, pass.

A field that is in no table here is refused when it is set, wherever it goes, and so are hosted tools, tools of a kind other
than functions, legacy \`functions\`, files, audio, and blocks that tell what hosted tools gave. Ids of messages, cache
breakpoints, the detail of a picture and the like within messages are lost. Translation goes to no other protocols than
these; embeddings between OpenAI's and Ollama's lose \`user\`, \`keep_alive\`, \`truncate\` and \`options\`, and refuse tokens.
A conversation that ends with the assistant's own words passes between Anthropic's and Ollama's chats, whose models go on with
them, and between OpenAI's two, whose models answer them; from one kind to the other it is refused.
Partly: \`stop\` of more than four texts does not fit OpenAI, nor one of white space only Anthropic; any JSON without a schema
does not fit Anthropic; that a tool must be called does not fit Ollama. Where Anthropic must be told a longest answer and the
client said none, 4096 tokens are said, and reported.

## What conversations hold

${table(CONTENTS.map((what) => [CONTENT[what], ...TARGETS.map((to) => fateOf(what, to))]))}

${sources.join("\n")}`;
}

test("the page says what the tables do", async () => {
  await expect(page()).toMatchFileSnapshot("../../../docs/formats/translations.md");
});

test("every wish that a rule reads has a fate in every target", () => {
  const wishes = Object.values(RULES).flatMap((rules) =>
    Object.values(rules).flatMap((rule) => (typeof rule === "string" ? [] : [rule.wish])),
  );
  for (const wish of new Set<keyof Wishes>(wishes)) {
    for (const to of TARGETS) expect(["carried", "lost", "refused", "partly"]).toContain(fateOf(wish, to));
  }
});
