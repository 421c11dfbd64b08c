import { fileURLToPath } from "node:url";
import type { StartDoorward } from "./doorward.ts";
import { listScenarios, type Outcome, REVISIONS, runClientScenario, runServerScenario } from "./suite.ts";
import { listenConformanceServer } from "../tests/servers/conformance/http.ts";

/** One scenario for one revision: how it ends without Doorward, and with it. */
export interface Row {
  readonly scenario: string;
  readonly revisions: readonly string[];
  readonly direct: Outcome;
  readonly through: Outcome;
}

/** Every server scenario of the suite against our conformance server: directly, and with Doorward between. */
export async function compareServers(start: StartDoorward, only?: string): Promise<Row[]> {
  const server = await listenConformanceServer();
  const doorward = await start({ transport: "http", url: server.url, headers: [], allowPrivate: true });
  const rows: Row[] = [];
  try {
    for (const [scenario, revisions] of await listScenarios("server")) {
      if (only !== undefined && !scenario.includes(only)) continue;
      const direct = await runServerScenario(server.url, scenario);
      rows.push({ scenario, revisions, direct, through: await runServerScenario(doorward.url, scenario) });
    }
  } finally {
    await doorward.close();
    await server.close();
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
