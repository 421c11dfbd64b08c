// `npm run -s conformance:mcp [NAME]`: the official MCP suite, its server scenarios directly and through Doorward, its
// client scenarios with Doorward's own client side. Prints a table; the last line is one JSON object of the figures.
import { startDoorward } from "./doorward.ts";
import { compareServers, runClients, tally } from "./scenarios.ts";
import { EXCEPTIONS } from "./exceptions.table.ts";

const only = process.argv[2];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const mark = (passed: boolean): string => (passed ? "pass" : "FAIL");

const servers = await compareServers(startDoorward, only);
say("server scenario                     direct  through  revisions");
for (const { scenario, revisions, direct, through } of servers) {
  say(
    `${scenario.padEnd(36)}${mark(direct.passed).padEnd(8)}${mark(through.passed).padEnd(9)}${revisions.join(" ")}`,
  );
  for (const problem of [...direct.problems, ...through.problems]) say(`    ${problem}`);
}

const clients = await runClients(only);
say("\nclient scenario                               Doorward  revisions");
for (const { scenario, revisions, outcome } of clients) {
  say(`${scenario.padEnd(46)}${mark(outcome.passed).padEnd(10)}${revisions.join(" ")}`);
  for (const problem of outcome.problems) say(`    ${problem}`);
  if (!outcome.passed && EXCEPTIONS[scenario] !== undefined) say(`    known: ${EXCEPTIONS[scenario]}`);
}

const lost = servers
  .filter(({ direct, through }) => direct.passed && !through.passed)
  .map(({ scenario }) => scenario);
const failed = clients.filter(({ outcome }) => !outcome.passed).map(({ scenario }) => scenario);
const unexplained = [...lost, ...failed].filter((scenario) => EXCEPTIONS[scenario] === undefined);
process.exitCode = unexplained.length === 0 ? 0 : 1;
const rowsOf = (pick: "direct" | "through") =>
  servers.map((row) => ({ revisions: row.revisions, passed: row[pick].passed }));
say(
  JSON.stringify({
    suite: "@modelcontextprotocol/conformance 0.1.16",
    servers: servers.length,
    direct: tally(rowsOf("direct")),
    through: tally(rowsOf("through")),
    lost,
    clients: clients.length,
    clientsPassed: tally(clients.map(({ revisions, outcome }) => ({ revisions, passed: outcome.passed }))),
    failed,
    unexplained,
  }),
);
