import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { type Host, type HttpHouse, openHost, openHttpHouse, type Sent } from "../support/http-house.ts";

// Placeholders at the http door: replaced where their credential goes, and refused, journaled and sent nowhere in every other
// place (T12). Where an agent may reach every host, nothing is injected.

const SECRET = "canary.placeholder.0123456789";
let house: HttpHouse;
let host: Host;
let other: Host;
let key = "";
let foreign = "";
let placeholder = "";

beforeAll(async () => {
  [house, host, other] = [await openHttpHouse(), await openHost(), await openHost()];
  key = await house.session("coder");
  foreign = await house.session("foreigner");
  for (const agent of ["coder", "foreigner"])
    for (const { name } of [host, other]) await house.grant(agent, name, { trusted: true });
  const { perform } = house.admin;
  await perform("vault.add", { name: "api", kind: "bearer", to: [`${host.url}/v1`], secret: SECRET });
  const made = await perform("vault.placeholder", { credential: "api", agent: "coder" });
  placeholder = String(made["placeholder"]);
}, 90_000);
afterAll(async () => {
  await house?.close();
  await host?.close();
  await other?.close();
});

const bearing = (value: string): Sent => ({ headers: { authorization: `Bearer ${value}` } });
const json = (value: string): Sent => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ note: value }),
});

test("where its credential goes it is replaced, whatever the header's case", async () => {
  for (const name of ["authorization", "AUTHORIZATION"]) {
    const headers = { [name]: `Bearer ${placeholder}` };
    expect((await house.get(key, `${host.url}/v1/me`, { headers })).status).toBe(200);
    expect(host.reached.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
  }
});

const percent = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16)}`).join("");

interface Sending {
  readonly url: string;
  readonly by?: string;
  readonly sent?: Sent;
}

const MISPLACED: readonly (readonly [name: string, sending: () => Sending])[] = [
  ["in a body", () => ({ url: `${host.url}/v1/a`, sent: json(placeholder) })],
  ["in a body, percent-encoded", () => ({ url: `${host.url}/v1/a`, sent: json(percent(placeholder)) })],
  [
    "in a body, in base64",
    () => ({ url: `${host.url}/v1/a`, sent: json(Buffer.from(`x${placeholder}`).toString("base64")) }),
  ],
  [
    "in a header that is logged",
    () => ({ url: `${host.url}/v1/a`, sent: { headers: { "user-agent": placeholder } } }),
  ],
  ["in the path", () => ({ url: `${host.url}/v1/${placeholder}` })],
  ["in the query", () => ({ url: `${host.url}/v1/a?key=${placeholder}` })],
  ["in the query, percent-encoded", () => ({ url: `${host.url}/v1/a?key=${percent(placeholder)}` })],
  ["at another host", () => ({ url: `${other.url}/v1/a`, sent: bearing(placeholder) })],
  ["beside its path", () => ({ url: `${host.url}/v2`, sent: bearing(placeholder) })],
  ["by another agent", () => ({ url: `${host.url}/v1/a`, sent: bearing(placeholder), by: foreign })],
];

describe("anywhere else it is refused, and the refusal is on record", () => {
  test.each(MISPLACED)("%s", async (_name, sending) => {
    const { url, by = key, sent = {} } = sending();
    const before = host.reached.length + other.reached.length;
    const got = await house.get(by, url, sent);
    expect([got.status, got.code]).toEqual([403, "placeholder_misplaced"]);
    expect(host.reached.length + other.reached.length).toBe(before);
    const { items } = await house.admin.perform("actions.list", { limit: 1 });
    const [newest] = items as readonly { id: string; verdict: string }[];
    expect(newest?.verdict).toBe("deny");
    const told = await house.admin.perform("actions.get", { action: newest?.id });
    expect(JSON.stringify(told)).toContain("placeholder_misplaced");
  });
});

test("an agent that may reach every host gets no credential, and the request goes nowhere", async () => {
  const roamer = await house.session("roamer");
  const { perform } = house.admin;
  await house.grant("roamer", host.name, { trusted: true });
  const everything = '@id("everything")\npermit (principal, action, resource);\n';
  await perform("policy.activate", { text: everything });
  const before = host.reached.length;
  expect((await house.get(roamer, `${host.url}/v1/me`)).code).toBe("egress_not_default_deny");
  expect(host.reached.length).toBe(before);
  await perform("policy.activate", { text: STARTER_POLICY });
  expect((await house.get(roamer, `${host.url}/v1/me`)).status).toBe(200);
});

test("the secret is in no answer and no file", () => {
  const written = readdirSync(house.running.directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => textOf(join(one.parentPath, one.name)));
  expect(
    [...written, house.running.said(), house.running.complained()].filter((one) => one.includes(SECRET)),
  ).toEqual([]);
});

/** A file of a Doorward that runs may be gone again: SQLite's, or one that was renamed into its place. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "";
    throw cause;
  }
}
