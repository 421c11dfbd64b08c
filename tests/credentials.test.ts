import { beforeEach, describe, expect, test } from "vitest";
import { operationNamed } from "#operations";
import { addPasskeys, openWorld, shortIdOf, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const remove = (user: string, id: string) =>
  world.ask(user, "credentials.remove-passkey", { passkey: shortIdOf(id) });

describe("credentials", () => {
  test("are listed with names and dates, one's own alone, and never a key", async () => {
    addPasskeys(world, "ada", 1);
    addPasskeys(world, "petra", 1);
    world.store.connection
      .prepare("INSERT INTO passwords VALUES (?, 'hash', 5)")
      .run(String(world.ids.users["ada"]));
    expect(await world.ask("ada", "credentials.list", {})).toEqual({
      hasPassword: true,
      passwordSetAt: "1970-01-01T00:00:00.005Z",
      items: [{ id: shortIdOf("ada-0"), name: "phone 0", createdAt: "1970-01-01T00:00:00.000Z" }],
    });
    expect(await world.ask("petra", "credentials.list", {})).toMatchObject({
      hasPassword: false,
      passwordSetAt: null,
    });
  });

  test("the last one stays; another one's, and one that was never there, are equally unknown", async () => {
    addPasskeys(world, "ada", 2);
    addPasskeys(world, "petra", 2);
    expect(await remove("ada", "petra-0")).toEqual({ fault: "passkey_unknown" });
    expect(await remove("ada", "nothing")).toEqual({ fault: "passkey_unknown" });
    expect(await remove("ada", "ada-0")).toMatchObject({ name: "phone 0" });
    expect(await remove("ada", "ada-1")).toEqual({ fault: "last_credential" });
    world.store.connection
      .prepare("INSERT INTO passwords VALUES (?, 'hash', 5)")
      .run(String(world.ids.users["ada"]));
    expect(await remove("ada", "ada-1")).toMatchObject({ name: "phone 1" });
  });

  test("of two removals at once one wins, so that one passkey is left", async () => {
    addPasskeys(world, "ada", 2);
    const context = world.as("ada");
    const operation = operationNamed("credentials.remove-passkey");
    if (operation.effect === "read") throw new Error("a write");
    const one = await operation.plan(context, { passkey: shortIdOf("ada-0") });
    const other = await operation.plan(context, { passkey: shortIdOf("ada-1") });
    await one.commit(context);
    await expect(other.commit(context)).rejects.toMatchObject({ code: "changed_meanwhile" });
    expect(await world.ask("ada", "credentials.list", {})).toMatchObject({ items: [{ name: "phone 1" }] });
  });

  test("removing one ends every session but the one that asked", async () => {
    addPasskeys(world, "ada", 2);
    const { token } = await world.ask("ada", "tokens.create", {});
    expect(token).toMatch(/^dwu_/);
    await remove("ada", "ada-0");
    expect(await world.ask("ada", "tokens.list", {})).toEqual({ items: [] });
  });
});
