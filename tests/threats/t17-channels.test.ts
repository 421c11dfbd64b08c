// T17: every address that a person gives for a channel goes through the one client: no private or own addresses unless
// granted, and no redirect takes a credential elsewhere.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { type Channel, PLATFORMS } from "#chat";
import { OPEN } from "../conformance/channel-cards.ts";
import { type LocalServer, openLocal } from "../support/platforms/local.ts";
import { openOutside } from "../support/platforms/outside.ts";

const key = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const SECRET = "s3cret-of-the-channel";

/** Platform, the setting that holds an address, its other settings and its secrets. */
const GIVEN = [
  ["imessage", "server", { password: SECRET, webhookSecret: SECRET }],
  ["instagram", "api", { accessToken: SECRET, appSecret: SECRET, verifyToken: SECRET }],
  ["matrix", "homeserver", { accessToken: SECRET }],
  ["mattermost", "url", { token: SECRET, commandToken: SECRET }],
  ["messenger", "api", { accessToken: SECRET, appSecret: SECRET, verifyToken: SECRET }],
  ["webex", "api", { token: SECRET, webhookSecret: SECRET }],
  ["webhook", "url", { key: key(), answersKey: key() }],
  ["x", "api", { consumerKey: SECRET, consumerSecret: SECRET, token: `1-${SECRET}`, tokenSecret: SECRET }],
] as const;

async function failures(channel: Channel): Promise<readonly unknown[]> {
  const to = { kind: "room", id: "hall" } as const;
  const acts = [
    () => channel.probe(),
    () => channel.post(to, OPEN, "k"),
    () => channel.say(to, "words", null),
  ];
  const codes: unknown[] = [];
  for (const act of acts) {
    const outcome: unknown = await act().catch((cause: unknown) => cause);
    codes.push(outcome instanceof Error ? Reflect.get(outcome, "code") : "answered");
  }
  return codes;
}

async function opened(
  [name, setting, secrets]: (typeof GIVEN)[number],
  address: string,
  { allowPrivate }: { readonly allowPrivate: boolean },
): Promise<readonly unknown[]> {
  const row = PLATFORMS.find((one) => one.name === name);
  const outside = openOutside();
  const settings = { [setting]: address, allowPrivate };
  const channel = await row?.open({ settings, secrets, webhook: "https://doorward.example/h", outside });
  if (channel === undefined) throw new Error(`no platform ${name}`);
  const codes = await failures(channel);
  await channel.close();
  await outside.close();
  return codes;
}

const REFUSED = ["channel_refused", "channel_refused", "channel_refused"];

describe.each(GIVEN.map((one) => [one[0], one] as const))("%s", (_name, given) => {
  test("asks no private address without a grant", async () => {
    const server = await openLocal({ route: () => ({ status: 200, json: {} }), writes: () => true });
    expect(await opened(given, server.origin, { allowPrivate: false })).toEqual(REFUSED);
    expect(server.calls).toEqual([]);
    await server.close();
  });

  test.each(["http://169.254.169.254/latest", "http://[fd00:ec2::254]/x"])(
    "asks no metadata address (%s), even with a grant",
    async (address) => {
      expect(await opened(given, address, { allowPrivate: true })).toEqual(REFUSED);
    },
  );

  test.each([301, 302, 303, 307, 308])(
    "follows no redirect (%d): no secret of it arrives elsewhere",
    async (status) => {
      const thief = await openLocal({ route: () => ({ status: 200, json: {} }), writes: () => true });
      const location = `${thief.origin}/taken`;
      const redirects = await openLocal({
        route: () => ({ status, headers: { location } }),
        writes: () => true,
      });
      expect(await opened(given, redirects.origin, { allowPrivate: true })).toEqual(REFUSED);
      expect(redirects.calls.length).toBeGreaterThan(0);
      expect(thief.calls).toEqual([]);
      await closed(thief, redirects);
    },
  );
});

test("mail goes to, and is read from, no private address without a grant, and to no metadata address with one", async () => {
  let reached = 0;
  const server = createServer(() => {});
  server.on("connection", () => {
    reached += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const email = PLATFORMS.find(({ name }) => name === "email");
  const outside = openOutside();
  const cases = [
    { host: "127.0.0.1", port, allowPrivate: false },
    { host: "localhost", port, allowPrivate: false },
    { host: "169.254.169.254", port: 25, allowPrivate: true },
  ];
  for (const given of cases) {
    const settings = { ...given, from: "doorward@mail.example" };
    const channel = await email?.open({ settings, secrets: {}, webhook: null, outside });
    await expect(channel?.probe()).rejects.toMatchObject({ code: "channel_refused" });
  }
  for (const { host: imapHost, port: imapPort, allowPrivate } of cases) {
    const settings = {
      host: "mail.example",
      from: "doorward@mail.example",
      imapHost,
      imapPort,
      allowPrivate,
    };
    const channel = await email?.open({ settings, secrets: {}, webhook: null, outside });
    const why = await new Promise((resolve) => {
      const cursor = { get: () => null, set: async () => {} };
      void channel?.listen({ take: async () => null, state: (_state, words) => resolve(words), cursor });
    });
    expect(why).toMatch(/loopback or private address|metadata/);
    await channel?.close();
  }
  expect(reached).toBe(0);
  await outside.close();
  await new Promise((resolve) => server.close(resolve));
});

async function closed(...servers: readonly LocalServer[]): Promise<void> {
  for (const server of servers) await server.close();
}
