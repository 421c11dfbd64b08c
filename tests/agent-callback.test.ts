import { beforeAll, describe, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const set = (who: string, over: object = {}) =>
  world.ask(who, "agents.set-callback", {
    agent: "olga-bot",
    url: "https://hooks.example.com/secret-path",
    ...over,
  });

describe("an agent's webhook", () => {
  test("its secret is shown once; the ledger has the host and not the path", async () => {
    const made = await set("olga", { release: true });
    expect(made).toMatchObject({ agent: "olga-bot", release: true, allowPrivate: false });
    expect(made["secret"]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = await world.ask("olga", "agents.callback", { agent: "olga-bot" });
    expect(shown).toMatchObject({ url: "https://hooks.example.com/secret-path", posts: [] });
    expect(shown).not.toHaveProperty("secret");
    const { items } = (await world.ask("ada", "ledger.entries", {})) as { items: object[] };
    const told = JSON.stringify(items);
    expect([told.includes("hooks.example.com"), told.includes("secret-path")]).toEqual([true, false]);
  });

  test("taken back, it is not there; set again, it has another secret", async () => {
    const first = await set("olga");
    const second = await set("olga");
    expect(second["secret"]).not.toBe(first["secret"]);
    await world.ask("olga", "agents.clear-callback", { agent: "olga-bot" });
    expect(await world.ask("olga", "agents.callback", { agent: "olga-bot" })).toEqual({
      fault: "callback_unknown",
    });
  });

  test.each([
    "http://hooks.example.com/",
    "https://me:pw@hooks.example.com/",
    "https://a/#b",
    "nowhere",
    "ftp://a/",
  ])("%s is no address for one", async (url) => {
    expect(await set("olga", { url })).toEqual({ fault: "input_invalid" });
  });

  test("into a private network only where an admin says so (T17)", async () => {
    const local = { url: "http://127.0.0.1:9000/", allowPrivate: true };
    expect(await set("olga", local)).toEqual({ fault: "permission_denied" });
    expect(await set("ada", local)).toMatchObject({ allowPrivate: true });
  });

  test("who may see it and not change it sees where it goes, and not its path", async () => {
    await set("olga");
    expect(await world.ask("aud", "agents.callback", { agent: "olga-bot" })).toMatchObject({
      url: "https://hooks.example.com/…",
    });
  });

  test("an agent that is somebody else's now tells the one before nothing more", async () => {
    await set("olga", { release: true });
    await world.ask("ada", "agents.set-owner", { agent: "olga-bot", owner: "otto" });
    const asked = await world.ask("ada", "agents.callback", { agent: "olga-bot" });
    expect(asked).toEqual({ fault: "callback_unknown" });
    await world.ask("ada", "agents.set-owner", { agent: "olga-bot", owner: "olga" });
  });

  test("of another's agent it is nobody's to set, or to see", async () => {
    expect(await set("otto")).toEqual({ fault: "agent_unknown" });
    expect(await world.ask("otto", "agents.callback", { agent: "olga-bot" })).toEqual({
      fault: "agent_unknown",
    });
  });
});
