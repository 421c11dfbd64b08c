/**
 * The references in docs/reference, derived from the product itself. `node scripts/reference.ts` writes them; a golden
 * test fails when they are not what this would write.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApi, ROUTES, statusOf } from "#api";
import { EXIT, runCli, type Terminal } from "#cli";
import { ROLE_RIGHTS, ROLES } from "#identity";
import { toolName } from "#mcp";
import { CATALOGUE, type Operation } from "#operations";
import { type CodeUse, faultCodes } from "./fault-codes.ts";
import { osqueryPack, placesPage } from "./fleet-reference.ts";

const FOLDER = "docs/reference";
/** Written into the references: they change with the product, not with each release. */
const VERSION = "1";
const GENERATED = "<!-- Written by `node scripts/reference.ts`; do not edit. -->";

export async function references(): Promise<Readonly<Record<string, string>>> {
  return {
    "openapi.json": `${JSON.stringify(openApi(VERSION), null, 2)}\n`,
    "operations.md": operationsPage(),
    "errors.md": errorsPage(faultCodes()),
    "cli.md": await cliPage(),
    "osquery-pack.json": osqueryPack(),
    "places.md": placesPage(GENERATED),
  };
}

function operationsPage(): string {
  const rows = CATALOGUE.map((operation) => {
    const route = ROUTES.find((one) => one.operation === operation);
    const roles = ROLES.flatMap((role) => {
      const reach = ROLE_RIGHTS[role][operation.permission];
      return reach === undefined ? [] : [reach === "own" ? `${role} (own)` : role];
    });
    const marks = [operation.effect, ...(isPresent(operation) ? ["presence"] : [])].join(", ");
    return `| \`${operation.name}\` | ${operation.summary} | ${marks} | ${roles.join(", ")} | \`${route?.method} ${route?.path}\` | \`${toolName(operation)}\` |`;
  });
  return [
    "# Operations",
    GENERATED,
    "",
    "Every use case, once, on every face: HTTP ([openapi.json](openapi.json), [how](http.md)), MCP tools at `/mcp`, and the",
    "command line ([cli.md](cli.md)), where `noun.verb` is `doorward noun verb`. *presence*: needs a passkey or password",
    "given within the last five minutes. *own*: over agents that the caller owns, and what hangs on them, alone.",
    "",
    "| operation | what it does | effect | roles | HTTP | MCP tool |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function isPresent(operation: Operation): boolean {
  return operation.effect !== "read" && operation.presence === true;
}

/** Modules whose faults never reach the API: the doors answer in their own protocol, the rest before it listens. */
const ELSEWHERE = ["gateway", "wire", "cli", "main"];

function errorsPage(uses: readonly CodeUse[]): string {
  const byCode = Map.groupBy(uses, ({ code }) => code);
  const rows = [...byCode].map(([code, all]) => {
    const remedies = [...new Set(all.map(({ remedy }) => remedy).filter((remedy) => remedy !== ""))];
    const modules = [...new Set(all.map(({ module }) => module))].join(", ");
    const told = remedies.length === 0 ? "*(said with it)*" : remedies.map(cell).join("<br>");
    const status = all.every(({ module }) => ELSEWHERE.includes(module)) ? "–" : String(statusOf(code));
    return `| \`${code}\` | ${status} | ${modules} | ${told} |`;
  });
  return [
    "# Errors",
    GENERATED,
    "",
    "Every code that Doorward gives a person or a program, and what it says to do. Over HTTP it comes as problem details",
    "(RFC 9457) with the status named here, at the doors as each protocol says errors. `…` stands for what is filled in.",
    "`bug` (500) is ours: report it with its log line.",
    "",
    "| code | status | from | what to do |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

async function cliPage(): Promise<string> {
  const sections = [];
  for (const { name } of CATALOGUE)
    sections.push(`## ${name.replace(".", " ")}\n\n${fenced(await helpOf(name.split(".")))}`);
  return ["# Command line", GENERATED, "", fenced(await helpOf([])), "", sections.join("\n\n"), ""].join(
    "\n",
  );
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

const START = { name: "start", summary: "Start Doorward and serve until stopped", run: async () => EXIT.ok };

async function helpOf(words: readonly string[]): Promise<string> {
  let text = "";
  const add = (more: string): void => {
    text += more;
  };
  const terminal: Terminal = {
    out: add,
    error: add,
    width: null,
    ask: null,
    secret: null,
    stdin: async () => "",
  };
  const options = { version: VERSION, environment: {}, directory: "", terminal, fetch, local: [START] };
  await runCli([...words, "--help"], options);
  return text;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await references())) writeFileSync(join(FOLDER, name), text);
}
