import { EXIT_CODES } from "./exit-codes.ts";
import { NOUNS } from "./nouns.table.ts";

export interface LocalSummary {
  readonly name: string;
  readonly summary: string;
}

const LABEL = 15;

/** `doorward --help`: what it is, where to start, what there is, how it ends. */
export function rootHelp(local: readonly LocalSummary[]): string {
  return [
    "Doorward stands between AI agents and the world: it sees every action they attempt, decides",
    "it under your rules, holds what is risky until a person says yes, and proves what happened.",
    "",
    "Usage: doorward COMMAND [options]",
    "",
    "Start here:",
    ...local.map(({ name, summary }) => row(name, summary)),
    "",
    "Then, each with --help:",
    ...NOUNS.map(([name, summary]) => row(name, summary)),
    "",
    "A first day:",
    "  $ doorward start",
    "  $ doorward login",
    "  $ doorward servers add fs --accept -- npx -y @modelcontextprotocol/server-filesystem ~/notes",
    "  $ doorward agents add notes-bot",
    "  $ doorward approvals list",
    "  $ doorward approvals approve apr_…",
    "  $ doorward receipts get act_… > receipt.json",
    "",
    "Everywhere: --json prints the answer as JSON; --dry-run, on what changes something, checks and changes nothing.",
    "",
    "Environment:",
    row("DOORWARD_URL", "where Doorward is reached (default: http://127.0.0.1:7420)"),
    row("DOORWARD_DATA", "data directory, with this machine's token (default: ~/.doorward)"),
    row("DOORWARD_TOKEN", "a token to use instead of the one that `doorward login` keeps"),
    "",
    "Exit codes:",
    ...EXIT_CODES.map(([code, meaning]) => row(String(code), meaning)),
    "",
  ].join("\n");
}

function row(name: string, summary: string): string {
  return `  ${name.padEnd(LABEL)}  ${summary}`;
}
