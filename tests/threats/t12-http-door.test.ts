import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// T12: an agent's own credentials go nowhere unless an admin says so, in any stage; a credential of ours reaches the host and
// never comes back, however the host echoes it; redirects go back as they are, and cookies stay here.

const SECRET = "canary-9f8e7d6c/5b4a+3210=";
let house: HttpHouse;
let host: Host;
let key = "";
beforeAll(async () => {
  [house, host] = [await openHttpHouse(), await openHost()];
  key = await house.session("surfer");
  await house.grant("surfer", host.name);
});
afterAll(async () => {
  await house?.close();
  await host?.close();
});
beforeEach(() => {
  host.answer = (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("fine");
});

const OWN: readonly (readonly [string, string, Record<string, string>])[] = [
  ["authorization", "/", { Authorization: "Bearer of-a-mail" }],
  ["in capitals", "/", { AUTHORIZATION: "Basic bWU6bWU=" }],
  ["a cookie", "/", { cookie: "session=1" }],
  ["an API key", "/", { "X-API-Key": "k" }],
  ["a signed address", "/x?X-Amz-Signature=00ff&X-Amz-Credential=AK", {}],
  ["a token in the query", "/x?access_token=abc", {}],
  ["a token under a harmless name", "/x?note=ghp_0123456789abcdefghijABCDEFGHIJ012345", {}],
];

test.each(OWN)("an agent's own credential is refused: %s", async (_, path, headers) => {
  const before = host.reached.length;
  const got = await house.get(key, `${host.url}${path}`, { headers });
  expect([got.status, got.code]).toEqual([403, "foreign_credentials"]);
  expect(host.reached.length).toBe(before);
});

test("also of an agent that is only observed, and none of it is on record", async () => {
  await house.admin.perform("agents.set-stage", { agent: "surfer", stage: "observe", days: 1 });
  const got = await house.get(key, host.url, { headers: { authorization: "Bearer very-secret-of-mine" } });
  expect(got.code).toBe("foreign_credentials");
  await house.admin.perform("agents.set-stage", { agent: "surfer", stage: "enforce" });
  const { items } = await house.admin.perform("actions.list", { limit: 5 });
  const actions = items as readonly { id: string }[];
  for (const { id } of actions)
    expect(JSON.stringify(await house.admin.perform("actions.get", { action: id }))).not.toContain(
      "very-secret",
    );
});

test("where an admin says so, it goes through", async () => {
  const other = await house.session("bringer");
  await house.grant("bringer", host.name, { ownCredentials: true });
  const got = await house.get(other, `${host.url}/mine`, { headers: { authorization: "Bearer of-mine" } });
  expect(got.status).toBe(200);
  expect(host.reached.at(-1)?.headers.authorization).toBe("Bearer of-mine");
});

type Said = Record<string, string | string[]>;
const ECHOES: readonly (readonly [string, (secret: string) => string | Buffer, Said])[] = [
  ["as it is", (one) => `you sent ${one}`, { "content-type": "text/plain" }],
  [
    "in JSON",
    (one) => JSON.stringify({ headers: { authorization: `Bearer ${one}` } }),
    { "content-type": "application/json" },
  ],
  ["in base64", (one) => Buffer.from(`Bearer ${one}`).toString("base64"), { "content-type": "text/plain" }],
  ["in hex", (one) => Buffer.from(one).toString("hex"), { "content-type": "text/plain" }],
  ["percent-encoded", (one) => encodeURIComponent(one), { "content-type": "text/plain" }],
  [
    "as an image",
    (one) => Buffer.concat([Buffer.from([0x89, 0x50, 0, 255]), Buffer.from(one)]),
    { "content-type": "image/png" },
  ],
  ["packed, though plain was asked for", (one) => gzipSync(one), { "content-encoding": "gzip" }],
  ["packed, said in a second line", (one) => gzipSync(one), { "content-encoding": ["identity", "gzip"] }],
  ["packed on the way alone", (one) => gzipSync(one), { "transfer-encoding": "gzip, chunked" }],
  ["on a page", (one) => `<b>${one.replaceAll("/", "&#x2F;").replaceAll("=", "&#x3D;")}</b>`, {}],
  ["all but its end", (one) => one.slice(0, -1), {}],
];

test.each(ECHOES)("a credential of ours never comes back: %s", async (_, echo, headers) => {
  const { agent, name } = await lent();
  host.answer = (asked, response) => {
    const sent = (asked.headers.authorization ?? "").replace("Bearer ", "");
    const body = Buffer.from(echo(sent));
    response.writeHead(200, { ...headers, "set-cookie": `session=${sent}`, "x-echo": sent });
    // Two bytes at a time: no chunk holds it whole.
    for (let at = 0; at < body.length; at += 2) response.write(body.subarray(at, at + 2));
    response.end();
  };
  const got = await house.get(agent, `${host.url}/echo`);
  expect([got.status, name]).toEqual([200, name]);
  expect(host.reached.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
  // What is still packed is read by nobody here, and by whoever gets it.
  expect(got.text.startsWith("\u001f")).toBe(false);
  const whole = JSON.stringify(got.headers) + got.text;
  for (const form of [
    SECRET,
    SECRET.slice(0, 8),
    encodeURIComponent(SECRET),
    Buffer.from(SECRET).toString("hex"),
  ])
    expect(whole).not.toContain(form);
  expect(Buffer.from(got.text, "base64").toString()).not.toContain(SECRET);
  expect(got.headers["set-cookie"]).toBe(undefined);
});

test("nobody asks for an echo byte by byte: with a credential of ours, all of an answer is asked for", async () => {
  const { agent } = await lent();
  await house.get(agent, `${host.url}/part`, { headers: { Range: "bytes=0-7", "If-Range": '"x"' } });
  expect(host.reached.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
  expect([host.reached.at(-1)?.headers.range, host.reached.at(-1)?.headers["if-range"]]).toEqual([
    undefined,
    undefined,
  ]);
  const bare = host.name.replace("127.0.0.1", "localhost");
  await house.grant("borrower", bare);
  await house.get(agent, `http://${bare}/part`, { headers: { Range: "bytes=0-7" } });
  expect(host.reached.at(-1)?.headers.range).toBe("bytes=0-7");
});

test("a redirect goes back as it is, and nothing follows it with the credential", async () => {
  const { agent } = await lent();
  host.answer = (_, response) =>
    void response.writeHead(302, { location: "http://elsewhere.example/take" }).end();
  const before = host.reached.length;
  const got = await house.get(agent, `${host.url}/go`);
  expect([got.status, got.headers.location]).toEqual([302, "http://elsewhere.example/take"]);
  expect(host.reached.length).toBe(before + 1);
});

let borrower: Promise<string> | null = null;
/** An agent with a credential of the organisation's for the host. */
async function lent(): Promise<{ readonly agent: string; readonly name: string }> {
  borrower ??= (async () => {
    const made = await house.session("borrower");
    await house.grant("borrower", host.name);
    await house.admin.perform("vault.add", { name: "echo", kind: "bearer", to: [host.url], secret: SECRET });
    return made;
  })();
  return { agent: await borrower, name: "echo" };
}
