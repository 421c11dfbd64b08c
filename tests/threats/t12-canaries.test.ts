import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Heard, startAnswering } from "../samples/answering.ts";
import { freePort, openWebhookPeople, type WebhookPeople } from "../support/webhook-people.ts";
import {
  type Admin,
  doorward,
  type Running,
  scratch,
  signIn,
  startDoorward,
  until,
} from "../journeys/doorward-process.ts";

// A canary in every kind of credential, all of them used through the real process, and its failures; then everything the
// system wrote and said is searched for every canary, raw and encoded (T12, T25). What the upstream heard is searched
// too, and has them: the search finds what is there.

const folder = scratch();
const canary = (name: string): string => `canary.${name}.${randomBytes(12).toString("hex")}`;
const CANARIES = {
  bearer: canary("bearer"),
  basic: canary("basic"),
  header: canary("header"),
  query: canary("query"),
  template: canary("template"),
  sigv4: canary("sigv4"),
  refresh: canary("refresh"),
  access: canary("access"),
  client: canary("client"),
  rotated: canary("rotated"),
  approle: canary("approle"),
  referred: canary("referred"),
  // The keys of the channel's webhooks, which `openWebhookPeople` chooses.
  channel: Buffer.alloc(32, "o").toString("base64"),
  answers: Buffer.alloc(32, "b").toString("base64"),
} as const;

/** Each form in which a canary could be written somewhere. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(4, Math.floor(bytes.length / 3) * 4),
  );
  return [
    secret,
    bytes.toString("hex"),
    encodeURIComponent(secret).replaceAll(".", "%2E"),
    ...base64,
    bytes.toString("utf16le"),
  ];
}

function foundIn(text: string): string[] {
  return Object.entries(CANARIES)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name);
}

let running: Running;
let admin: Admin;
let upstream: Awaited<ReturnType<typeof startAnswering>>;
let key = "";
let people: WebhookPeople;
let hook = "";
const answers: string[] = [];

/** What an agent sees: everything that comes back is kept, and searched. */
async function fetched(
  path: string,
  { by = key, body }: { by?: string; body?: string } = {},
): Promise<{ status: number; text: string }> {
  const proxy = new URL(proxyUrl());
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: proxy.hostname,
        port: proxy.port,
        path: `${upstream.url}${path}`,
        method: body === undefined ? "GET" : "POST",
        headers: {
          host: new URL(upstream.url).host,
          "proxy-authorization": `Basic ${Buffer.from(`agent:${by}`).toString("base64")}`,
          ...(body !== undefined && { "content-type": "text/plain" }),
        },
      },
      (response) => {
        let text = JSON.stringify(response.headers);
        response.setEncoding("utf8").on("data", (part: string) => void (text += part));
        response.on("end", () => {
          answers.push(text);
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Where the http door says it is. */
function proxyUrl(): string {
  return /HTTP door\s+(http:\/\/\S+)/i.exec(running.said())?.[1] ?? "";
}

/** Echoes everything that it hears, as a hostile upstream would. */
function echo(heard: Heard): { status: number; json: unknown } {
  if (heard.path === "/token")
    return {
      status: 200,
      json: {
        access_token: CANARIES.access,
        token_type: "bearer",
        expires_in: 3_600,
        refresh_token: CANARIES.rotated,
      },
    };
  if (heard.path === "/v1/auth/approle/login")
    return { status: 200, json: { auth: { client_token: "hvs.short" } } };
  if (heard.path.startsWith("/v1/secret/data/"))
    return { status: 200, json: { data: { data: { token: CANARIES.referred } } } };
  const { authorization = "" } = heard.headers;
  const plain = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString("utf8");
  return { status: 200, json: { heard, plain, hex: Buffer.from(authorization).toString("hex") } };
}

async function add(name: string, input: object): Promise<void> {
  await admin.perform("vault.add", { name, to: [`${upstream.url}/${name}`], ...input });
}

beforeAll(async () => {
  upstream = await startAnswering(echo);
  people = await openWebhookPeople();
  const listen = `channels:\n  listen:\n    port: ${await freePort()}\nholds:\n  waitSeconds: 1\n`;
  writeFileSync(join(folder.path, "doorward.yaml"), listen, { mode: 0o600 });
  running = await startDoorward(folder.path);
  admin = await signIn(running);
  const agent = await admin.perform("agents.add", { name: "canary-agent" });
  key = String(agent["key"]);
  const { host } = new URL(upstream.url);
  await admin.perform("hosts.grant", {
    agent: "canary-agent",
    host,
    access: "write",
    private: true,
    trusted: true,
  });
  const base = upstream.url;
  await add("bearer", { kind: "bearer", secret: CANARIES.bearer });
  await add("basic", { kind: "basic", user: "x", secret: CANARIES.basic });
  await add("header", { kind: "header", header: "x-api-key", secret: CANARIES.header });
  await add("query", { kind: "query", parameter: "key", secret: CANARIES.query });
  await add("template", {
    kind: "template",
    headers: { "x-auth": "T {{secret}}" },
    secret: CANARIES.template,
  });
  const aws = { accessKeyId: "AKIDEXAMPLE", region: "us-east-1", service: "execute-api" };
  await add("sigv4", { kind: "aws-sigv4", ...aws, secret: CANARIES.sigv4 });
  const oauth = { tokenUrl: `${base}/token`, clientId: "doorward", allowPrivate: true };
  await add("oauth", { kind: "oauth", ...oauth, clientSecret: CANARIES.client, secret: CANARIES.refresh });
  const reference = {
    manager: "hashicorp",
    url: base,
    path: "github",
    field: "token",
    roleId: "r",
    allowPrivate: "true",
  };
  await add("referred", { kind: "bearer", reference, secret: CANARIES.approle });
  const settings = { url: people.url, allowPrivate: "true" };
  const channel = { platform: "webhook", settings, secrets: people.secrets, agentsMayReach: ["none"] };
  hook = String((await admin.perform("channels.add", channel))["webhook"]);
  const { send } = await admin.perform("channels.link", { channel: "webhook" });
  await people.write(hook, String(send), "boss");
  await admin.perform("channels.route", { group: "admins", channel: "webhook", place: "ops" });
}, 90_000);

afterAll(async () => {
  running?.child.kill("SIGKILL");
  await upstream?.close();
  await people?.close();
  folder.remove();
});

const USED = ["bearer", "basic", "header", "query", "template", "sigv4", "oauth", "referred"] as const;

describe("used, each", () => {
  test.each(USED)("%s reaches the upstream, and nothing of it the agent", async (name) => {
    const { status, text } = await fetched(`/${name}/thing?a=1`);
    expect({ status, refusal: status === 200 ? "" : text }).toEqual({ status: 200, refusal: "" });
    expect(foundIn(text)).toEqual([]);
  });

  test("the search finds them where they must be: at the upstream, and there alone", () => {
    const heard = upstream.heard.map(({ headers, path, body }) => {
      const { authorization = "" } = headers;
      return JSON.stringify([
        headers,
        path,
        body,
        Buffer.from(authorization.slice(6), "base64").toString("latin1"),
      ]);
    });
    expect(foundIn(heard.join("\n"))).toEqual(
      expect.arrayContaining([
        "bearer",
        "basic",
        "header",
        "query",
        "template",
        "access",
        "client",
        "refresh",
        "approle",
        "referred",
      ]),
    );
    // What signs is never sent.
    expect(foundIn(heard.join("\n"))).not.toContain("sigv4");
  });
});

describe("asked about", () => {
  test("a request that carries what came back is shown on a card, and is let through with a tap", async () => {
    const by = String((await admin.perform("agents.add", { name: "canary-asker" }))["key"]);
    const { host } = new URL(upstream.url);
    await admin.perform("hosts.grant", { agent: "canary-asker", host, access: "write", private: true });
    const body = (await fetched("/bearer/read", { by })).text.replaceAll(/[^\x20-\x7e]/g, "");
    const card = people.nextCard();
    const held = await fetched("/bearer/carry", { by, body });
    expect([held.status, held.text, running.complained()]).toEqual([
      403,
      expect.stringContaining("held"),
      "",
    ]);
    const posted = await card;
    expect(JSON.stringify(posted.card)).toContain("/bearer/carry");
    expect(await people.tap(hook, posted, "approve", "boss")).toMatchObject({
      say: expect.stringMatching(/^Approved/),
    });
    expect((await fetched("/bearer/carry", { by, body })).status).toBe(200);
    await until("the card to change", () =>
      people.cards.get(posted.message)?.card.status.kind === "open" ? undefined : true,
    );
  }, 60_000);
});

describe("when things go wrong", () => {
  test("a secret that is not one, in what its own error says", async () => {
    for (const [name, input] of [
      ["line-feed", { kind: "bearer", secret: `${CANARIES.bearer}\r\nx: y` }],
      ["no-kind", { kind: "none", secret: CANARIES.header }],
      ["no-host", { kind: "bearer", to: ["https://"], secret: CANARIES.query }],
      ["no-pem", { kind: "mtls", certificate: CANARIES.basic, secret: CANARIES.template }],
    ] as const) {
      const answer = await admin.ask("vault.add", { name, to: [upstream.url], ...input });
      expect([name, answer.status]).toEqual([name, 400]);
      answers.push(JSON.stringify(answer));
    }
  });

  test("its process killed in the middle, it is started again", async () => {
    const child = childOf(running.pid);
    process.kill(child, "SIGKILL");
    await until("another process", async () => {
      const { status } = await fetched("/bearer/again");
      return status === 200 ? true : undefined;
    });
    expect(childOf(running.pid)).not.toBe(child);
  }, 60_000);

  test("the upstream gone", async () => {
    await upstream.close();
    for (const name of USED) expect((await fetched(`/${name}/gone`)).status).toBeGreaterThanOrEqual(400);
  });
});

/** Of Doorward's, the one that runs the vault. */
function childOf(parent: number): number {
  const list = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const line = list.find(
    (one) => one.includes("vault-main") && Number(one.trim().split(/\s+/)[1]) === parent,
  );
  return Number(line?.trim().split(/\s+/)[0] ?? 0);
}

/** Every file beneath, as bytes read one for one. */
function filesIn(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => {
      const path = join(one.parentPath, one.name);
      return [path, readFileSync(path, "latin1")] as const;
    });
}

describe("afterwards, nothing of any is", () => {
  test("in what operations answer, to API, CLI and console alike", async () => {
    for (const name of [
      "vault.list",
      "vault.status",
      "ledger.entries",
      "actions.list",
      "notices.list",
      "health.get",
    ])
      answers.push(JSON.stringify(await admin.ask(name)));
    for (const name of USED) answers.push(JSON.stringify(await admin.ask("vault.get", { credential: name })));
    const environment = { DOORWARD_URL: running.url, DOORWARD_TOKEN: admin.token };
    for (const args of [
      ["vault", "list"],
      ["vault", "get", "bearer", "--json"],
      ["actions", "list", "--json"],
    ]) {
      const program = doorward(args, environment);
      await program.ended;
      answers.push(program.said(), program.complained());
    }
    expect(foundIn(answers.join("\n"))).toEqual([]);
  }, 60_000);

  test("in what people were told in a chat", () => {
    const posts = [...people.cards.values()].map((one) => JSON.stringify(one));
    expect(posts.length).toBeGreaterThanOrEqual(1);
    expect(foundIn(posts.join("\n"))).toEqual([]);
  });

  test("in what it printed, and in any file of its data directory, after it was aborted", async () => {
    running.child.kill("SIGABRT");
    await running.ended;
    expect(foundIn(running.said() + running.complained())).toEqual([]);
    const written = filesIn(folder.path);
    expect(written.map(([path]) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/doorward\.db/)]),
    );
    for (const [path, text] of written) expect([path, foundIn(text)]).toEqual([path, []]);
    // The same search, where one is.
    writeFileSync(join(folder.path, "planted"), `x${Buffer.from(CANARIES.bearer).toString("base64")}`);
    expect(filesIn(folder.path).flatMap(([, text]) => foundIn(text))).toEqual(["bearer"]);
  }, 60_000);
});
