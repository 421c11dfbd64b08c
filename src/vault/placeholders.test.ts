import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentId } from "#vocabulary";
import { bearer, destination, openVaultHouse, outgoing, type VaultHouse } from "../../tests/samples/vault.ts";
import { boundOf, textOfBound } from "./destination.ts";
import { formsOf } from "./forms.ts";
import type { Vault } from "./open.ts";
import { findPlaceholders, PLACEHOLDER_BYTES, placeholderOf } from "./placeholders.ts";
import type { Outgoing } from "./port.ts";

let house: VaultHouse;
let vault: Vault;
const MINE = placeholderOf(randomBytes(PLACEHOLDER_BYTES));

beforeEach(async () => {
  house = openVaultHouse();
  vault = await house.open();
});
afterEach(() => house.close());

async function known(agent: string = bearer.agent, session: string | null = null): Promise<void> {
  const id = await house.put(vault, "header", { settings: { header: "x-api-key", prefix: "" } });
  house.store.connection.exec("PRAGMA foreign_keys = OFF");
  const insert = "INSERT INTO vault_placeholders VALUES (?, ?, ?, ?, 'usr_a', 0)";
  house.store.connection.prepare(insert).run(MINE, id, agent, session);
}

const sending = (more: Partial<Outgoing>): Outgoing => ({ ...outgoing, ...more });
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("found, however it is written", () => {
  test.each([
    ["header:x-api-key", sending({ headers: [["X-API-Key", MINE]] }), null],
    ["header:authorization", sending({ headers: [["Authorization", `Bearer ${MINE}`]] }), null],
    [
      "header:authorization",
      sending({ headers: [["authorization", `Basic ${base64(`me:${MINE}`)}`]] }),
      null,
    ],
    ["header:authorization", sending({ headers: [["authorization", `Basic ${base64(`${MINE}:x`)}`]] }), null],
    ["header:cookie", sending({ headers: [["cookie", `a=1; token=${MINE}`]] }), null],
    ["query:key", sending({ query: `a=1&key=${MINE}` }), null],
    ["query:key", sending({ query: `a=1&k%65y=%64wp_${MINE.slice(4)}` }), null],
    ["query:key", sending({ query: `key=${encodeURIComponent(base64(`--${MINE}--`))}` }), null],
    ["query name", sending({ query: `${MINE}=1` }), null],
    ["path", sending({ destination: { ...destination, path: `/v1/${MINE}` } }), null],
    ["body", outgoing, Buffer.from(`{"token":"${MINE}"}`)],
    ["body", outgoing, Buffer.from(`blob=${base64(`x${MINE}x`)}`)],
  ] as const)("in the %s", (place, sent, body) => {
    expect(findPlaceholders(sent, body)).toContainEqual({ placeholder: MINE, place });
  });

  test("and words that only begin alike are none", () => {
    const sent = sending({ headers: [["x-a", `dwp_short dwp_${"u".repeat(32)} ${MINE.slice(0, 20)}`]] });
    expect(findPlaceholders(sent, null)).toEqual([]);
  });
});

describe("where it may stand", () => {
  test("where its credential goes; there it is replaced", async () => {
    await known();
    const sent = sending({ headers: [["x-api-key", MINE]] });
    expect(vault.door.placeholders(bearer, sent, null)).toEqual([
      { placeholder: MINE, place: "header:x-api-key" },
    ]);
    const chosen = vault.door.choose(bearer, destination);
    if (chosen === null) throw new Error("it fits");
    expect((await vault.door.inject(chosen, bearer, sent)).headers).toEqual([["x-api-key", "t0ken-of-ours"]]);
  });

  const there = sending({ headers: [["x-api-key", MINE]] });
  test.each([
    ["another header", sending({ headers: [["authorization", MINE]] }), null],
    ["the query", sending({ query: `key=${MINE}` }), null],
    ["the path", sending({ destination: { ...destination, path: `/${MINE}` } }), null],
    ["the body", there, Buffer.from(MINE)],
    ["another host", { ...there, destination: { ...destination, host: "evil.example" } }, null],
    ["another port", { ...there, destination: { ...destination, port: 8443 } }, null],
  ] as const)("not in %s", async (_name, sent, body) => {
    await known();
    expect(() => vault.door.placeholders(bearer, sent, body)).toThrow(
      expect.objectContaining({ code: "placeholder_misplaced" }),
    );
  });

  test("not from another agent or session, nor after its credential was removed, nor made up", async () => {
    const misplaced = expect.objectContaining({ code: "placeholder_misplaced" });
    expect(() => vault.door.placeholders(bearer, there, null)).toThrow(misplaced);
    await known(bearer.agent, "ses_2");
    expect(() => vault.door.placeholders(bearer, there, null)).toThrow(misplaced);
    house.store.connection.exec("UPDATE vault_placeholders SET session_id = 'ses_1'");
    expect(vault.door.placeholders(bearer, there, null)).toHaveLength(1);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Ids are branded; this one is made here.
    const other = { ...bearer, agent: "agt_2" as AgentId };
    expect(() => vault.door.placeholders(other, there, null)).toThrow(misplaced);
    house.store.connection.exec("UPDATE vault_credentials SET removed_at = 1");
    expect(() => vault.door.placeholders(bearer, there, null)).toThrow(misplaced);
  });

  test("the refusal names the place and the credential, and never the placeholder", async () => {
    await known();
    const said = (): unknown => vault.door.placeholders(bearer, sending({ query: `a=${MINE}` }), null);
    expect(said).toThrow(/header goes into header:x-api-key, and the placeholder stands in the query:a/);
    expect(said).not.toThrow(new RegExp(MINE));
  });
});

test("a secret is known again in base64 at any place within another text, in hex and percent-encoded", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 12, maxLength: 60 }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        fc.pre(secret.isWellFormed() && before.isWellFormed() && after.isWellFormed());
        const forms = formsOf(secret);
        const whole = Buffer.from(before + secret + after);
        for (const text of [
          before + secret + after,
          whole.toString("base64"),
          whole.toString("base64url"),
          whole.toString("hex"),
          encodeURIComponent(before) + encodeURIComponent(secret),
          JSON.stringify(before + secret + after),
        ])
          expect(forms.some((form) => text.includes(form))).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
  expect(formsOf("short")).toEqual([]);
});

describe("a destination as it is written", () => {
  test.each([
    ["https://api.example.com", "https://api.example.com"],
    ["GET,POST https://API.example.com:443/v1", "GET,POST https://api.example.com/v1"],
    ["https://*.bücher.example", "https://*.xn--bcher-kva.example"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["https://[2001:DB8::1]:8443/a/", "https://[2001:db8::1]:8443/a/"],
  ])("%s", (written, normal) => {
    expect(textOfBound(boundOf(written))).toBe(normal);
  });

  test.each([
    "http://api.example.com",
    "https://*",
    "https://*.com",
    "https://a.*.example.com",
    "https://u:p@api.example.com",
    "https://api.example.com/a/../b",
    "https://api.example.com?x=1",
    "ftp://api.example.com",
    "https://api.example.com:99999",
    "get https://api.example.com",
    "https://1.2.3.4.5.*",
    "",
  ])("%j is refused", (written) => {
    expect(() => boundOf(written)).toThrow(
      expect.objectContaining({ code: "credential_destination_invalid" }),
    );
  });
});
