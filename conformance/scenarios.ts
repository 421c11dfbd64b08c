import { fileURLToPath } from "node:url";
import type { StartDoorward } from "./doorward.ts";
import { listScenarios, type Outcome, REVISIONS, runClientScenario, runServerScenario } from "./suite.ts";
import { listenConformanceServer } from "../tests/servers/conformance/http.ts";

/** What stands behind Doorward in each column: the same server, spoken to in three ways. */
export const COLUMNS = ["http-2026", "http-2025", "stdio"] as const;
type Column = (typeof COLUMNS)[number];

/** One scenario: how it ends without Doorward, and through it with each kind of upstream. */
export interface Row {
  readonly scenario: string;
  readonly revisions: readonly string[];
  readonly direct: Outcome;
  readonly through: Readonly<Record<Column, Outcome>>;
}

/** Every server scenario of the suite against our conformance server: directly, and with Doorward between. */
export async function compareServers(start: StartDoorward, only?: string): Promise<Row[]> {
  const [modern, legacy] = await Promise.all([
    listenConformanceServer(),
    listenConformanceServer(0, "legacy"),
  ]);
  const program = fileURLToPath(new URL("../tests/servers/conformance/main.ts", import.meta.url));
  const doorward = await start({
    "http-2026": { transport: "http", url: modern.url, headers: [], allowPrivate: true },
    "http-2025": { transport: "http", url: legacy.url, headers: [], allowPrivate: true },
    stdio: { transport: "stdio", command: [process.execPath, program, "stdio"], environment: [] },
  });
  const rows: Row[] = [];
  try {
    for (const [scenario, revisions] of await listScenarios("server")) {
      if (only !== undefined && !scenario.includes(only)) continue;
      const direct = await runServerScenario(modern.url, scenario);
      const outcomes: [string, Outcome][] = [];
      for (const column of COLUMNS)
        outcomes.push([column, await runServerScenario(doorward.urlOf(column), scenario)]);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one outcome for each column, above.
      rows.push({ scenario, revisions, direct, through: Object.fromEntries(outcomes) as Row["through"] });
    }
  } finally {
    await doorward.close();
    await Promise.all([modern.close(), legacy.close()]);
  }
  return rows;
}

/** Every client scenario of the suite, with Doorward's own client side as the client. */
export async function runClients(
  only?: string,
): Promise<{ scenario: string; revisions: readonly string[]; outcome: Outcome }[]> {
  const command = `${process.execPath} ${fileURLToPath(new URL("client.ts", import.meta.url))}`;
  const rows = [];
  for (const [scenario, revisions] of await listScenarios("client")) {
    if (only !== undefined && !scenario.includes(only)) continue;
    rows.push({ scenario, revisions, outcome: await runClientScenario(command, scenario) });
  }
  return rows;
}

/** Passed of how many, for each revision the suite has. */
export function tally(
  rows: readonly { revisions: readonly string[]; passed: boolean }[],
): Record<string, string> {
  return Object.fromEntries(
    REVISIONS.map((revision) => {
      const of = rows.filter(({ revisions }) => revisions.includes(revision));
      return [revision, `${of.filter(({ passed }) => passed).length}/${of.length}`];
    }),
  );
}
