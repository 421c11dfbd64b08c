// `npm run -s conformance:mcp [NAME]`: the official MCP suite, its server scenarios directly and through Doorward, its
// client scenarios with Doorward's own client side. Prints a table; the last line is one JSON object of the figures.
import { startDoorward } from "./doorward.ts";
import { COLUMNS, compareServers, runClients, tally } from "./scenarios.ts";
import { EXCEPTIONS } from "./exceptions.table.ts";

const only = process.argv[2];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const mark = (passed: boolean): string => (passed ? "pass" : "FAIL");

const servers = await compareServers(startDoorward, only);
const columns = ["direct", ...COLUMNS];
say(`${"server scenario".padEnd(32)}${columns.map((column) => column.padEnd(11)).join("")}revisions`);
for (const { scenario, revisions, direct, through } of servers) {
  const outcomes = [direct, ...COLUMNS.map((column) => through[column])];
  const marks = outcomes.map(({ passed }) => mark(passed).padEnd(11)).join("");
  say(`${scenario.padEnd(32)}${marks}${revisions.join(" ")}`);
  for (const problem of new Set(outcomes.flatMap(({ problems }) => problems))) say(`    ${problem}`);
}

const clients = await runClients(only);
say("\nclient scenario                               Doorward  revisions");
for (const { scenario, revisions, outcome } of clients) {
  say(`${scenario.padEnd(46)}${mark(outcome.passed).padEnd(10)}${revisions.join(" ")}`);
  for (const problem of outcome.problems) say(`    ${problem}`);
  if (!outcome.passed && EXCEPTIONS[scenario] !== undefined) say(`    known: ${EXCEPTIONS[scenario]}`);
}

const lost = servers.flatMap(({ scenario, direct, through }) =>
  direct.passed && COLUMNS.some((column) => !through[column].passed) ? [scenario] : [],
);
const failed = clients.filter(({ outcome }) => !outcome.passed).map(({ scenario }) => scenario);
const unexplained = [...lost, ...failed].filter((scenario) => EXCEPTIONS[scenario] === undefined);
process.exitCode = unexplained.length === 0 ? 0 : 1;
const directly = servers.map(({ revisions, direct }) => ({ revisions, passed: direct.passed }));
const through = COLUMNS.map((column) => {
  const rows = servers.map((row) => ({ revisions: row.revisions, passed: row.through[column].passed }));
  return [column, tally(rows)] as const;
});
say(
  JSON.stringify({
    suite: "@modelcontextprotocol/conformance 0.1.16",
    servers: servers.length,
    direct: tally(directly),
    through: Object.fromEntries(through),
    lost,
    clients: clients.length,
    clientsPassed: tally(clients.map(({ revisions, outcome }) => ({ revisions, passed: outcome.passed }))),
    failed,
    unexplained,
  }),
);
