import { connect } from "node:net";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ask,
  CHROMIUM,
  type ConsoleHarness,
  freshPage,
  SKIP_REASON,
  openBrowser,
  openLink,
  signIn,
  startConsole,
} from "../journeys/console-harness.ts";

// T2, the browser's side: pages of other sites, of other ports of localhost, and rebound names get nothing from the
// console's listener; an agent's credential is no user's. The doors' and operations' side have their own tests.

let harness: ConsoleHarness;
beforeAll(async () => {
  harness = await startConsole();
});
afterAll(async () => {
  await harness.close();
});

describe("requests that a page elsewhere can make a browser send", () => {
  test.each<[string, { [name: string]: string }, number, string]>([
    ["a rebound name", { host: "evil.example" }, 421, "host_not_ours"],
    ["a rebound name with our port", { host: "evil.example:7420" }, 421, "host_not_ours"],
    ["a page of another site", { origin: "https://evil.example" }, 403, "origin_not_ours"],
    ["a page of another port", { origin: "http://localhost:1" }, 403, "origin_not_ours"],
    ["a sandboxed frame", { origin: "null" }, 403, "origin_not_ours"],
    [
      "an image of another port",
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
      403,
      "cross_site",
    ],
  ])("%s is turned away with a live session, on every path", async (_name, headers, status, code) => {
    const signed = await openLink(harness);
    for (const path of [
      "GET /",
      "GET /login",
      "GET /console/session",
      "POST /console/session/end",
      "GET /approvals/apr_1",
      "GET /console/assets/index.js",
    ]) {
      const body = path.startsWith("POST") ? { body: {} } : {};
      const reply = await ask(harness, path, { headers: { ...signed, ...headers }, ...body });
      expect([reply.status, String(reply.body["text"]).split(":")[0]]).toEqual([status, code]);
      expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect((await ask(harness, "GET /console/session", { headers: { ...signed } })).status).toBe(200);
  });

  test("a form's body is no JSON and changes nothing", async () => {
    const signed = await openLink(harness);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const headers = { ...signed, "content-type": type };
      expect((await ask(harness, "POST /console/session/end", { headers, body: {} })).status).toBe(415);
    }
  });

  test.each([
    ["two Host headers", "GET / HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example\r\n\r\n"],
    ["an absolute target", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n"],
    ["no Host at all", "GET / HTTP/1.0\r\n\r\n"],
  ])("%s gets no page", async (_name, text) => {
    expect(await rawStatus(text.replaceAll("PORT", String(harness.port)))).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe("what is sent", () => {
  test.each(["GET /", "GET /approvals/apr_1", "GET /console/session", "GET /console/nothing"])(
    "%s is not cached, sniffed, framed or told on, and runs nothing from elsewhere",
    async (path) => {
      const { headers } = await ask(harness, path);
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
          "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types doorward-worker",
      );
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
      });
    },
  );

  test.each([
    "/console/../package.json",
    "/console/src/../../package.json",
    "/console/assets/%2e%2e/sources.sha256",
    "/console/assets/../index.html",
    "/console/sources.sha256",
    "/console/licenses.md",
    "/console/index.html.gz",
    "/console/assets/index.js.gz",
    "/console/package.json",
    "/console/src/main.tsx",
  ])("%s is no file of the console", async (path) => {
    expect((await ask(harness, `GET ${path}`)).status).toBe(404);
  });

  test("127.0.0.1, where no passkey works, leads to localhost with nothing on the way", async () => {
    const reply = await ask(harness, "GET /login", { headers: { host: `127.0.0.1:${harness.port}` } });
    expect([reply.status, reply.headers.location]).toEqual([302, `http://localhost:${harness.port}/login`]);
  });
});

test("an agent's key opens no session route and no operation", async () => {
  const headers = { authorization: `Bearer dwk_${"A".repeat(43)}` };
  for (const path of [
    "GET /console/session",
    "POST /console/session/password",
    "POST /console/session/presence",
    "GET /api/v1/approvals",
  ]) {
    const reply = await ask(harness, path, {
      headers,
      ...(path.startsWith("POST") ? { body: { password: "x" } } : {}),
    });
    expect(reply.body["code"]).toBe("agent_refused");
  }
});

test("an agent's key beside a stolen cookie is still an agent's key", async () => {
  const headers = { ...(await openLink(harness)), authorization: `Bearer dwk_${"A".repeat(43)}` };
  expect((await ask(harness, "GET /console/session", { headers })).body["code"]).toBe("agent_refused");
});

test.each([
  ["broken JSON", "{", 400],
  ["a duplicate name", '{"password":"a","password":"b"}', 400],
  ["an unknown field", '{"password":"a","admin":true}', 400],
  ["another type", '{"password":1}', 400],
  ["ten thousand deep", "[".repeat(10_000), 400],
  ["too much", `{"password":"${"a".repeat(40_000)}"}`, 413],
])("a body with %s is refused and the process lives", async (_name, raw, status) => {
  const reply = await ask(harness, "POST /console/session/presence", {
    headers: { ...(await openLink(harness)) },
    raw,
  });
  expect([reply.status, typeof reply.body["remedy"]]).toEqual([status, "string"]);
});

describe.skipIf(CHROMIUM === undefined)(`in Chromium${SKIP_REASON}`, () => {
  test("another port of localhost, opened in the browser of a signed-in user, reads and changes nothing", async () => {
    const elsewhere = await serveAttack();
    const browser = await openBrowser();
    try {
      const page = await freshPage(browser);
      await signIn(harness, page);
      await page.goto(`http://localhost:${elsewhere.port}/`);
      // The browser does hand the cookie to every port of localhost; the proof is what it lacks.
      expect(elsewhere.cookies.join()).toContain("doorward_session=");
      await page.waitForFunction("document.title !== ''");
      expect(await page.title()).toBe("refused refused refused no-proof");
      await page.waitForFunction("frames.length === 1");
      expect(page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
      await page.goto(harness.origin);
      await page.getByRole("heading", { name: "Activity", level: 1 }).waitFor();
    } finally {
      await browser.close();
      elsewhere.close();
    }
  });
});

/** The hostile page: every way a page has of reaching another port of its own host. Its title says what came of it. */
const ATTACK = (origin: string): string => `<!doctype html><title></title>
<body><iframe src="${origin}/"></iframe><script type="module">
  const reach = (path, init) => fetch("${origin}" + path, { credentials: "include", ...init })
    .then((response) => (response.type === "opaque" ? "refused" : "read"), () => "refused");
  const json = { "content-type": "application/json" };
  const results = [
    await reach("/console/session", {}),
    await reach("/console/session/end", { method: "POST", mode: "no-cors", body: "{}" }),
    await reach("/console/session/end", { method: "POST", headers: json, body: "{}" }),
    localStorage.getItem("doorward-proof") === null ? "no-proof" : "stolen",
  ];
  document.title = results.join(" ");
</script></body>`;

async function serveAttack(): Promise<{ port: number; cookies: string[]; close: () => void }> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? "");
    response.writeHead(200, { "content-type": "text/html" }).end(ATTACK(harness.origin));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, cookies, close: () => server.close() };
}

async function rawStatus(text: string): Promise<string> {
  const socket = connect(harness.port, "127.0.0.1");
  socket.end(text);
  const chunks = await socket.toArray();
  return Buffer.concat(chunks).toString().split("\r\n")[0] ?? "";
}
