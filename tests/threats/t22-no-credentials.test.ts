import { describe, expect, test } from "vitest";
import type { Destination, Verdict } from "#vocabulary";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, deny, hold, house } from "../faults/road-harness.ts";

// T22: of an agent that is only observed nothing is stopped; but no credential of Doorward's goes into what policy would
// deny or hold.

type Kind = Destination["kind"];

async function observed(verdict: Verdict, kind: Kind, secretOf: string | null) {
  const own = house();
  if (secretOf !== null)
    own.store.connection
      .prepare("INSERT INTO upstream_secrets (server, name, sealed, changed_at) VALUES (?, 'key', x'00', 0)")
      .run(secretOf);
  own.decisions.push(verdict);
  const attempt = attemptBy(own.ambient);
  const { destination } = attempt.action;
  const action = { ...attempt.action, destination: { ...destination, kind } };
  const identity = { ...attempt.identity, stage: "observe" as const };
  const end = await createRoad(own.outside).travel({ ...attempt, action, identity }, own.asker, own.forward);
  return { own, end, server: String(destination.server) };
}

const server = String(attemptBy(house().ambient).action.destination.server);

describe("an observed call that policy would not let through", () => {
  test.each<[string, Verdict, Kind]>([
    ["deny, of a server", deny, "mcp-server"],
    ["hold, of a server", hold, "mcp-server"],
    ["deny, of a model's upstream", deny, "model-upstream"],
  ])(
    "that it would %s with a secret of ours: refused, on record, nothing sent",
    async (_name, verdict, kind) => {
      const secretOf = kind === "mcp-server" ? server : `upstream:${server}`;
      const { own, end } = await observed(verdict, kind, secretOf);
      expect(end).toMatchObject({ kind: "refused", code: "observed_without_credentials" });
      expect(own.sent).toEqual([]);
      expect(own.journal.kept.map((entry) => entry.kind)).toEqual(["verdict"]);
    },
  );

  test.each<[string, Kind, string | null]>([
    ["none is kept", "mcp-server", null],
    ["it is another server's", "mcp-server", "another"],
    ["it is that of an upstream of the same name", "mcp-server", `upstream:${server}`],
    ["the agent runs the tool itself", "agent", server],
  ])("goes through where %s", async (_name, kind, secretOf) => {
    const { own, end } = await observed(deny, kind, secretOf);
    expect(end.kind).toBe("result");
    expect(own.sent).toEqual(["sent"]);
  });

  test("and one that it would allow goes through with it", async () => {
    const { end } = await observed(allow, "mcp-server", server);
    expect(end.kind).toBe("result");
  });
});
