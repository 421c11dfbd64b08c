// DNS rebinding: a name is resolved once for a connection, every address that it has is judged, and the one that was judged is
// the one connected to; in whatever clothes an address comes.
import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createEgress, type EgressRules } from "#egress";

const RULES: EgressRules = { allowPrivate: false, bytesMax: 1_000, timeoutMs: 5_000, asItIs: true };

/** A server on loopback, and egress to which every name has the addresses of `turns`, turn by turn. */
async function rebound(turns: readonly (readonly string[])[], rules: Partial<EgressRules> = {}) {
  let reached = 0;
  const server = createServer((_, response) => {
    reached += 1;
    response.writeHead(200, { connection: "close" }).end("inside");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => void server.once("listening", resolve));
  let asked = 0;
  const egress = createEgress({
    ownAddresses: () => [],
    resolve: (_name, answer) => {
      const addresses = turns[Math.min(asked, turns.length - 1)] ?? [];
      asked += 1;
      answer(
        null,
        addresses.map((address): LookupAddress => ({ address, family: isIPv6(address) ? 6 : 4 })),
      );
    },
  });
  onTestFinished(async () => {
    await egress.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    reached: () => reached,
    asked: () => asked,
    ask: () =>
      egress.request(
        { ...RULES, ...rules },
        { url: `http://rebind.example:${port}/`, method: "GET", headers: [] },
      ),
  };
}

const code = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "answered",
    (fault: unknown) => (fault as { code?: unknown }).code,
  );

test.each([
  ["loopback", ["127.0.0.1"], "egress_address_private"],
  ["loopback in IPv6", ["::1"], "egress_address_private"],
  ["loopback as IPv4 in IPv6", ["::ffff:127.0.0.1"], "egress_address_private"],
  ["loopback by NAT64", ["64:ff9b::7f00:1"], "egress_address_private"],
  ["this host", ["0.0.0.0"], "egress_address_private"],
  ["a private network", ["10.0.0.7"], "egress_address_private"],
  ["a unique local address", ["fd12:3456::7"], "egress_address_private"],
  ["metadata", ["169.254.169.254"], "egress_address_forbidden"],
  ["metadata as IPv4 in IPv6", ["::ffff:169.254.169.254"], "egress_address_forbidden"],
  ["metadata in IPv6", ["fd00:ec2::254"], "egress_address_forbidden"],
  ["metadata by NAT64", ["64:ff9b::a9fe:a9fe"], "egress_address_forbidden"],
  ["metadata by 6to4", ["2002:a9fe:a9fe::1"], "egress_address_forbidden"],
  ["a public address beside loopback", ["192.88.99.1", "127.0.0.1"], "egress_address_private"],
  ["loopback beside a public address", ["127.0.0.1", "192.88.99.1"], "egress_address_private"],
])("a name that leads to %s is refused before anything is sent", async (_what, addresses, refusal) => {
  const { ask, reached } = await rebound([addresses]);
  expect(await code(ask())).toBe(refusal);
  expect(reached()).toBe(0);
});

test("what a name was yesterday is no word for today: each connection is judged by its own answer", async () => {
  const { ask, reached } = await rebound([["169.254.169.254"], ["127.0.0.1"], ["::ffff:7f00:1"]]);
  expect([await code(ask()), await code(ask()), await code(ask())]).toEqual([
    "egress_address_forbidden",
    "egress_address_private",
    "egress_address_private",
  ]);
  expect(reached()).toBe(0);
});

test("a private place is asked at the address that was judged, and the name is resolved once", async () => {
  const grant = { allowPrivate: true, onlyPrivate: true };
  const turns = [["127.0.0.1"], ["169.254.169.254"], ["192.88.99.1"]];
  const { ask, reached, asked } = await rebound(turns, grant);
  expect(await (await ask()).text()).toBe("inside");
  expect([reached(), asked()]).toEqual([1, 1]);
  expect([await code(ask()), await code(ask())]).toEqual([
    "egress_address_forbidden",
    "egress_address_public",
  ]);
});
