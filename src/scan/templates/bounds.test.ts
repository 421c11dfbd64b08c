import { bytesIn } from "#models";
import { expect, test } from "vitest";
import { scanJsonConfig, scanYamlConfig } from "../config/scan.ts";
import { scanTextSecrets } from "../metadata/scan.ts";
import { oddTextIn } from "../metadata/texts.ts";
import { verdictOf } from "../finding.ts";
import { scanModelfile, scanOllamaBlob } from "../ollama/scan.ts";
import { diffTemplates } from "./diff.ts";
import { scanAnyTemplate, scanJinja, scanJsonTemplates } from "./scan.ts";

const LENGTH = 40_000;
const fill = (piece: string, length = LENGTH): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const numbered = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(n)).join("");
const loop = (inside: string): string => `{% for m in messages %}${inside}{% endfor %}`;

/** Each takes squares, cubes or powers of its length where something looks twice at the same place. */
const HARD: readonly (readonly [string, string])[] = [
  ["spaces", fill(" ")],
  ["spaces and a line's end", `${fill(" ")}\n`],
  ["runs of spaces", fill(`${" ".repeat(99)}x`)],
  ["opened braces", fill("{{")],
  ["opened braces with spaces", fill("{{ ")],
  ["single braces", `{{ '${fill("{", 8000)}' }}`],
  ["opened tags", fill("{% ")],
  ["brackets", `{{ ${fill("[", 30_000)} }}`],
  ["negations", `{{ ${fill("not ", 30_000)}1 }}`],
  ["signs", `{{ ${fill("- ", 30_000)}1 }}`],
  ["a chain of sums", `{{ 'a'${fill(" ~ 'b'", 40_000)} }}`],
  ["a chain of members", `{{ a${fill(".b", 40_000)} }}`],
  ["a chain of filters", `{{ a${fill(" | trim", 40_000)} }}`],
  ["a chain of elif", `{% if a %}${fill("{% elif a %}", 40_000)}{% endif %}`],
  ["many conditions", loop(numbered(1000, (n) => `{% if 'w${n}' in m.content %}x${n}{% endif %}`))],
  [
    "many conditions behind one another",
    loop(numbered(1000, (n) => `{% if 'w${n}' in m.content %}{% continue %}{% endif %}`)),
  ],
  [
    "many words in a list",
    `{% set l = [${numbered(390, (n) => `'w${n}',`)}] %}${loop(numbered(1000, () => "{% if m.content in l %}x{% endif %}"))}`,
  ],
  ["many variables", numbered(1500, (n) => `{% set v${n + 1} = v${n} ~ 'x${n}' %}`)],
  [
    "variables in a circle",
    loop(numbered(300, (n) => `{% set ns.v${n} = ns.v${(n + 1) % 300} ~ 'x${n}' %}`)),
  ],
  [
    "macros that call two each",
    numbered(60, (n) => `{% macro m${n}(a) %}{{ m${n + 1}(a) }}{{ m${n + 1}(a ~ 'x') }}{% endmacro %}`) +
      "{{ m0('y') }}",
  ],
  ["loops in loops", `${fill("{% for a in b %}", 16 * 190)}x${fill("{% endfor %}", 12 * 190)}`],
  ["quotes", fill("'\"")],
  ["letters of base64", fill("QUJD")],
  ["beginnings of tokens", fill("-eyJ")],
  ["the beginnings of orders", fill("ignore all give wrong tell the user never ")],
  ["addresses", fill("http://1.2.3.4 ")],
];

test.each(HARD)("%s are read to an end", { timeout: 60_000 }, (_, text) => {
  const source = bytesIn(Buffer.from(text));
  const scans = [scanJinja, scanAnyTemplate, scanModelfile, scanOllamaBlob, scanYamlConfig, scanTextSecrets];
  for (const scan of scans) expect(scan(source, ["x"]).length).toBeLessThan(1000);
  const json = bytesIn(Buffer.from(JSON.stringify({ chat_template: text, auto_map: [text] })));
  for (const scan of [scanJsonConfig, scanJsonTemplates])
    expect(scan(json, ["config.json"]).length).toBeLessThan(1000);
  expect(oddTextIn(text, "x").length).toBeLessThan(100);
  expect(diffTemplates(text, `${text} `).ok).toBeTypeOf("boolean");
});

const ESCAPE = "{{ ''.__class__.__mro__[1].__subclasses__() }}";
const inJson = (value: unknown) =>
  scanJsonTemplates(bytesIn(Buffer.from(JSON.stringify(value))), ["tokenizer_config.json"]);
const harmless = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, `{{ messages[${n}] }}`]));

test("a template behind others, deep down or behind thousands of keys is found", () => {
  const deep = Array.from({ length: 20 }).reduce((inner: unknown) => ({ inner }), { chat_template: ESCAPE });
  const keys = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n]));
  const list = Array.from({ length: 3000 }, (_, n) => (n < 50 ? `{{ messages[${n}] }}` : "x"));
  for (const value of [
    { ...harmless(100), chat_template: ESCAPE },
    deep,
    { ...keys, chat_template: ESCAPE },
    { list, chat_template: ESCAPE },
    [...list, { name: "x", template: ESCAPE }],
  ])
    expect(verdictOf(inJson(value))).toBe("malicious");
});

test("more templates than are followed block; a tokenizer's pieces are none", () => {
  const found = inJson({ ...harmless(100), zzz: ESCAPE });
  expect(found.map(({ rule, verdict }) => [rule, verdict])).toContainEqual([
    "template-unread",
    "unscannable",
  ]);
  expect(inJson({ merges: ["{{ }}", "}} {{", "{% %}"], chat_template: "{{ messages }}" })).toEqual([]);
});
