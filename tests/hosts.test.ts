import { beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const faultOf = async (who: string, operation: string, input: object): Promise<unknown> =>
  (await world.ask(who, operation, input))["fault"];

test("a host is granted by an admin, shown to its owner, granted anew, and taken back", async () => {
  const granted = await world.ask("ada", "hosts.grant", {
    agent: "olga-bot",
    host: "API.example.com",
    access: "write",
    private: true,
  });
  expect(granted).toMatchObject({
    agent: "olga-bot",
    host: "api.example.com",
    access: "write",
    private: true,
  });
  const again = await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "api.example.com" });
  expect(again).toMatchObject({ access: "read", private: false });
  const listed = await world.ask("olga", "hosts.list", { agent: "olga-bot" });
  expect(listed["items"]).toMatchObject([{ host: "api.example.com", access: "read" }]);
  await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "*.example.org" });
  expect(await world.ask("olga", "hosts.get", { agent: "olga-bot", host: "*.example.org" })).toMatchObject({
    access: "read",
  });
  expect(
    await world.ask("olga", "hosts.revoke", { agent: "olga-bot", host: "api.example.com" }),
  ).toMatchObject({
    host: "api.example.com",
  });
  expect(await faultOf("olga", "hosts.get", { agent: "olga-bot", host: "api.example.com" })).toBe(
    "host_unknown",
  );
  expect(await faultOf("olga", "hosts.revoke", { agent: "olga-bot", host: "api.example.com" })).toBe(
    "host_unknown",
  );
});

test("an owner widens nothing, and sees nothing of another's", async () => {
  expect(await faultOf("olga", "hosts.grant", { agent: "olga-bot", host: "x.example" })).toBe(
    "permission_denied",
  );
  await world.ask("ada", "hosts.grant", { agent: "otto-bot", host: "secret.example.com" });
  expect(await faultOf("olga", "hosts.list", { agent: "otto-bot" })).toBe("agent_unknown");
  expect(await faultOf("olga", "hosts.revoke", { agent: "otto-bot", host: "secret.example.com" })).toBe(
    "agent_unknown",
  );
  expect(JSON.stringify(await world.ask("olga", "hosts.list", {}))).not.toContain("secret.example.com");
});

const HOSTS: readonly (readonly [string, string | undefined])[] = [
  ["docs.example.com", undefined],
  ["docs.example.com:8443", undefined],
  ["192.168.7.9:3000", undefined],
  ["[::1]:8080", undefined],
  ["xn--bcher-kva.example", undefined],
  ["*", undefined],
  ["bücher.example", "input_invalid"],
  ["https://docs.example.com", "input_invalid"],
  ["docs.example.com/path", "input_invalid"],
  ["user@docs.example.com", "input_invalid"],
  ["docs.example.com:99999", "input_invalid"],
  ["*.*.example.com", "input_invalid"],
  ["a.*.example.com", "input_invalid"],
  ["2130706433", "input_invalid"],
  ["0x7f.1", "input_invalid"],
  ["*.1.2.3", "input_invalid"],
  ["[0:0:0:0:0:0:0:1]", "input_invalid"],
];

test.each(HOSTS)("the host %s is granted, or refused as %s", async (host, fault) => {
  expect(await faultOf("ada", "hosts.grant", { agent: "olga-bot", host })).toBe(fault);
});

test("every host is granted for reading alone, and a domain is never passed through", async () => {
  const wide = { agent: "olga-bot", host: "*" };
  expect(await faultOf("ada", "hosts.grant", { ...wide, access: "write" })).toBe("host_too_wide");
  expect(await faultOf("ada", "hosts.grant", { ...wide, private: true })).toBe("host_too_wide");
  const domain = { agent: "olga-bot", host: "*.example.com", access: "write", passThrough: true };
  expect(await faultOf("ada", "hosts.grant", domain)).toBe("host_too_wide");
});
