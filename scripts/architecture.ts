/**
 * The plan, checked and printed:
 *   node scripts/architecture.ts --check    every source file against architecture.json; ARCHITECTURE.md up to date
 *   node scripts/architecture.ts --write    prints the plan's table into ARCHITECTURE.md
 */
import { readFileSync, writeFileSync } from "node:fs";
import plan from "../architecture.json" with { type: "json" };
import { circleIn, fileGraph, type Plan, planProblems, trespasses } from "./fence.ts";
import { filesIn } from "./files.ts";

const [BEGIN, END] = ["<!-- modules: npm run architecture -->", "<!-- end -->"];
const PAGE = "ARCHITECTURE.md";

export function fenceProblems(modules: Plan): string[] {
  const files = filesIn(["src", "console", "verifier"], (file) => /\.m?[jt]sx?$/.test(file));
  const sources = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const climbed = [...sources].flatMap(([file, source]) =>
    trespasses(modules, file, source).map((problem) => `${file}: ${problem}`),
  );
  const circle = circleIn(fileGraph(sources));
  return [
    ...planProblems(modules),
    ...climbed,
    ...(circle === undefined ? [] : [`a circle: ${circle.join(" -> ")}`]),
  ];
}

/** The page with its table replaced by one printed from the plan. */
export function withTable(page: string, modules: Plan): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${PAGE} lacks the lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${table(modules)}\n${END}${after}`;
}

function table(modules: Plan): string {
  const rows = Object.entries(modules).map(([name, rules]) => {
    const cells = [String(rules.floor), `\`${name}\``, rules.job, names(rules.may), builtins(rules.node)];
    return [...cells, names(rules.packages ?? []), reasons(rules.also ?? {})];
  });
  const head = ["floor", "module", "job", "may import", "Node built-ins", "npm packages", "also, and why"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function names(list: readonly string[]): string {
  return list.length === 0 ? "–" : list.map((name) => `\`${name}\``).join(" ");
}

function builtins(node: boolean | readonly string[]): string {
  if (typeof node !== "boolean") return names(node);
  return node ? "all but the powers" : "–";
}

function reasons(also: Readonly<Record<string, string>>): string {
  const lines = Object.entries(also).map(([power, reason]) => `\`${power}\`: ${reason}`);
  return lines.length === 0 ? "–" : lines.join("; ");
}

if (import.meta.main) {
  const page = readFileSync(PAGE, "utf8");
  const fresh = withTable(page, plan);
  if (process.argv.includes("--write")) writeFileSync(PAGE, fresh);
  const stale =
    fresh === page || process.argv.includes("--write") ? [] : [`${PAGE} is stale: npm run architecture`];
  const problems = [...fenceProblems(plan), ...stale];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
