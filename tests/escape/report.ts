import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { fileURLToPath } from "node:url";
import { findMeans } from "#sandbox";
import { CASES, type EscapeCase } from "./cases.ts";
import { type Outcomes, runCases, type Way } from "./ways.ts";

// Runs the escape suite outside any sandbox, in Doorward's, and in srt, as root and as an ordinary user where it may, and writes
// docs/security/escape-suite.md. `node tests/escape/report.ts [--srt PATH/OF/srt/dist/cli.js]`

const DOCUMENT = fileURLToPath(new URL("../../docs/security/escape-suite.md", import.meta.url));
const NOBODY = 65_534;
const OUTPUT_BYTES_MAX = 16 * 1024 ** 2;

interface Column {
  readonly user: "root" | "nobody" | "you";
  readonly outcomes: Readonly<Partial<Record<Way, Outcomes>>>;
}

const only = valueOf("--one");
const srt = valueOf("--srt");

function valueOf(option: string): string | null {
  const at = process.argv.indexOf(option);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
}

function writeDocument(): void {
  const users: Column["user"][] = process.getuid?.() === 0 ? ["nobody", "root"] : ["you"];
  const columns = users.map((user): Column => ({ user, outcomes: outcomesOf(user) }));
  writeFileSync(DOCUMENT, textOf(columns));
  for (const { user, outcomes } of columns)
    for (const way of ["doorward", "srt"] as const) {
      const out = CASES.filter(({ id }) => outcomes[way]?.[id]?.escaped === true).map(({ id }) => id);
      process.stdout.write(`${user}, ${way}: ${out.length} of ${CASES.length} got out: ${out.join(" ")}\n`);
    }
}

function outcomesOf(user: Column["user"]): Column["outcomes"] {
  const ways: Way[] = srt === null ? ["outside", "doorward"] : ["outside", "doorward", "srt"];
  return Object.fromEntries(
    ways.flatMap((way) => {
      const found = runAs(user, way);
      return found === null ? [] : [[way, found]];
    }),
  );
}

function runAs(user: Column["user"], way: Way): Outcomes | null {
  const self = fileURLToPath(import.meta.url);
  const args = [self, "--one", way, ...(srt === null ? [] : ["--srt", srt])];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
    ...(user === "nobody" ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  if (status === 0) return JSON.parse(stdout) as Outcomes;
  process.stderr.write(`${way} as ${user} did not run: ${stderr}\n`);
  return null;
}

function textOf(columns: readonly Column[]): string {
  const means = findMeans();
  const made =
    means.kind === "ready" ? `bubblewrap ${means.version}, limits by ${means.limitsBy}` : "no sandbox";
  const groups = [...new Set(CASES.map(({ group }) => group))];
  return `# Escape suite
Programs that try to get out, each run outside any sandbox first, then in the sandbox of \`doorward run\`, then in plain \`srt\`
(${srtVersion()}, with a workspace it may write to and no domain allowed). The programs are \`tests/escape/cases*.ts\`;
\`node tests/escape/report.ts --srt …/sandbox-runtime/dist/cli.js\` writes this page, \`tests/threats/t26-escape.test.ts\` holds the sandbox to it.

On Linux ${release().split("-")[0]} (${process.arch}), Node ${process.version}, ${made}.

- *held*: it got nothing. **OUT**: it got what it was after; where that is a change, it was seen from outside.
- *not proven*: outside any sandbox it got nothing either on this machine, so that being held says little.
- \`srt\` is for another purpose: by its documentation reads are open unless denied, and it sets no limits. Its settings here are those of
  its README; stricter ones hold more.

${columns.map(summaryOf).join("\n")}

${groups.map((group) => section(group, columns)).join("\n")}
${KNOWN}`;
}

const KNOWN = `## What gets out, and why
- \`fork-bomb\` as root, where there is no control group: the kernel's limit of processes does not bind root. \`doorward run --dry-run\` says so. Run
  Doorward as an ordinary user, or under a delegated control group.
- The workspace itself can be filled as far as its disk goes, a file at a time up to the limit of one file.
`;

function summaryOf({ user, outcomes }: Column): string {
  const proven = CASES.filter(({ id }) => outcomes.outside?.[id]?.escaped === true);
  const count = (way: Way): string => {
    const found = outcomes[way];
    if (found === undefined) return "not run";
    return `${proven.filter(({ id }) => found[id]?.escaped !== true).length} held`;
  };
  return `- As ${user === "you" ? "the user who ran it" : user}: ${CASES.length} programs, ${proven.length} proven outside; of those Doorward ${count("doorward")}, srt ${count("srt")}.`;
}

function section(group: EscapeCase["group"], columns: readonly Column[]): string {
  const head = [
    "case",
    "what it is after",
    ...columns.flatMap(({ user }) => [`Doorward, ${user}`, `srt, ${user}`]),
  ];
  const rows = CASES.filter((one) => one.group === group).map(({ id, about }) => [
    `\`${id}\``,
    about,
    ...columns.flatMap(({ outcomes }) => [cell(outcomes, id, "doorward"), cell(outcomes, id, "srt")]),
  ]);
  const title = group.slice(0, 1).toUpperCase() + group.slice(1);
  return [`## ${title}`, "", line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cell(outcomes: Column["outcomes"], id: string, way: Way): string {
  const found = outcomes[way]?.[id];
  if (found === undefined) return "not run";
  if (found.escaped) return "**OUT**";
  return outcomes.outside?.[id]?.escaped === true ? "held" : "not proven";
}

function srtVersion(): string {
  const file = srt === null ? null : new URL("../package.json", `file://${srt}`);
  if (file === null || !existsSync(file)) return "not run here";
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return `@anthropic-ai/sandbox-runtime ${version}`;
}

if (only === null) writeDocument();
else process.stdout.write(JSON.stringify(await runCases(only as Way, srt ?? "")));
