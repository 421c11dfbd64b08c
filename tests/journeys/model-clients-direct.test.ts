import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROKEN, CLIENTS, type Spoken, UPSTREAMS } from "./model-clients/all.ts";
import type { At } from "./model-clients/scenario.ts";
import { HELLO } from "../servers/models/script.ts";
import type { ModelServer } from "../servers/models/server.ts";

// Somebody else's clients against scripted upstreams, with nothing in between: the scenarios and the upstreams are true
// before Doorward is put between them (model-clients.test.ts).

const servers = new Map<Spoken, ModelServer>();
beforeAll(async () => {
  for (const [spoken, serve] of Object.entries(UPSTREAMS)) servers.set(spoken as Spoken, await serve());
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
});

const at = (spoken: Spoken): At => ({
  url: servers.get(spoken)?.url ?? "",
  key: "sk-upstream",
  model: `${spoken}-model`,
});

/** What a scenario of this name must show: that the upstream's words, or its tool's, came through. */
function saidIn(name: string): string {
  if (/^(chat|text|invoke|message|response)$/.test(name)) return JSON.stringify(HELLO).slice(1, -1);
  return /tools/.test(name) ? "Tromsø" : "";
}

describe.each(CLIENTS)("$name", ({ speaks, scenarios }) => {
  test.each(Object.entries(scenarios))("%s", async (name, scenario) => {
    const result = await scenario(at(speaks));
    const text = JSON.stringify(result);
    expect(text).not.toContain('"unexpected"');
    expect(text).toContain(saidIn(name));
    expect(await scenario(at(speaks))).toEqual(result);
  });
});

describe.each(BROKEN)("$name, broken upstream", ({ speaks, scenarios }) => {
  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    expect(JSON.stringify(await scenario(at(speaks)))).not.toContain('"unexpected"');
  });
});

test("an aborted stream is seen to end at the upstream", async () => {
  for (const { speaks, scenarios } of CLIENTS) {
    const server = servers.get(speaks);
    const before = server?.cuts() ?? 0;
    await scenarios["abort mid-stream"]?.(at(speaks));
    for (let n = 0; n < 400 && server?.cuts() === before; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server?.cuts()).toBeGreaterThan(before);
  }
});
