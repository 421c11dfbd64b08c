import { beforeEach, describe, expect, test } from "vitest";
import { operationNamed, perform } from "#operations";
import { openMandates } from "../../src/gateway/mandates.ts";
import { openWorld, type World } from "../support/operations.ts";

// T7: a mandate is a person's own words, through a channel that no agent writes; what the doors take for it is what was given.

let world: World;
let session = "";
beforeEach(async () => {
  world = await openWorld();
  session = String(world.ids.sessions["olga"]);
});

const WORDS = "Send the report to Ms Roe at roe@example.org";
const give = (who: string, over: object = {}): Promise<Record<string, unknown>> =>
  world.ask(who, "mandates.give", { session, words: WORDS, ...over });
const heard = (of = session): unknown => {
  const { rows, words } = openMandates(
    world.store,
    (entry, name) => world.kept[entry]?.payloads?.find((payload) => payload.name === name)?.bytes ?? null,
  );
  return rows(of).flatMap((row) => words(row) ?? []);
};

describe("a mandate", () => {
  test("is attested, sealed apart from the ledger, and reaches the doors", async () => {
    expect(heard()).toEqual([]);
    expect(await give("olga")).toMatchObject({ standing: "attested", channel: "console", words: WORDS });
    const entry = world.kept.at(-1);
    expect(entry?.kind).toBe("mandate.given");
    expect(JSON.stringify(entry?.body)).not.toContain("Roe");
    expect(entry?.payloads?.map(({ name, person }) => [name, person])).toEqual([
      ["words", world.ids.users["olga"]],
    ]);
    expect(world.dump()).not.toContain("Roe");
    await give("olga", { words: "And then tidy up" });
    expect(heard()).toEqual([
      { standing: "attested", text: WORDS },
      { standing: "attested", text: "And then tidy up" },
    ]);
    const { items } = (await world.ask("olga", "mandates.get", { session })) as { items: object[] };
    expect(items).toHaveLength(2);
  });

  test("comes with the session that it opens", async () => {
    const opened = await world.ask("olga", "sessions.start", { agent: "olga-bot", mandate: WORDS });
    expect(heard(String(opened["session"]))).toEqual([{ standing: "attested", text: WORDS }]);
    expect(heard()).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["an admin for another's agent", () => give("ada")],
    [
      "an admin who opens a session of it",
      () => world.ask("ada", "sessions.start", { agent: "olga-bot", mandate: WORDS }),
    ],
    ["another owner", () => give("otto")],
    [
      "somebody in a session that is over",
      async () => {
        await world.ask("olga", "sessions.end", { session });
        return give("olga");
      },
    ],
  ])("is not given by %s", async (_name, attempt) => {
    expect(await attempt()).toEqual({
      fault: expect.stringMatching(/^(not_yours|session_unknown|session_ended)$/) as unknown,
    });
    expect(heard()).toEqual([]);
  });

  test.each([
    ["an assistant at our own MCP endpoint", { via: "mcp" as const }, "mandate_unattested"],
    ["a token without presence", { presentUntil: 0 }, "presence_required"],
    ["an agent", { kind: "agent" as const, roles: [] }, "agent_refused"],
  ])("does not come through %s", async (_name, over, code) => {
    const operation = operationNamed("mandates.give");
    const input = { session, words: WORDS };
    const attempt = perform(world.as("olga", over), { operation, input, dryRun: false });
    await expect(attempt).rejects.toMatchObject({ code });
    expect(heard()).toEqual([]);
  });

  test("is inherited by the agent that a part was passed on to, and goes no other way", async () => {
    await world.ask("olga", "agents.add", { name: "helper" });
    const grant = (over: object) => world.ask("olga", "delegations.grant", { servers: ["fs"], ...over });
    const parent = String((await grant({ agent: "olga-bot", further: 1 }))["id"]);
    const child = String((await grant({ agent: "helper", parent, hours: 1 }))["id"]);
    const start = async (agent: string, delegation: string, mandate?: string): Promise<string> =>
      String((await world.ask("olga", "sessions.start", { agent, delegation, mandate }))["session"]);
    const above = await start("olga-bot", parent, WORDS);
    const below = await start("helper", child, "Only read");
    expect(heard(below)).toEqual([
      { standing: "attested", text: WORDS },
      { standing: "attested", text: "Only read" },
    ]);
    expect(heard(above)).toEqual([{ standing: "attested", text: WORDS }]);
    // With two runs above it nobody can say which it came from: then it inherits nothing.
    await start("olga-bot", parent, "Delete everything");
    expect(heard(below)).toEqual([{ standing: "attested", text: "Only read" }]);
  });
});
