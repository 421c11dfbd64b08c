import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as startRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { createPages, demandUser, type ProviderSettings } from "#api";
import type { Ambient, Json } from "#base";
import { createGuard, demandPresence, type ListenConfig } from "#identity";
import type { CardFacts } from "#cards";
import { CATALOGUE, cardView, makeLoginLink, ownCard } from "#operations";
import { openStore, type Store } from "#store";
import type { UserId } from "#vocabulary";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { cardFacts } from "../samples/card-facts.ts";
import { memoryJournal, type MemoryJournal } from "../support/journal.ts";

export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

/** Ends the title of a group that needs a browser: says why it is skipped, where it is. */
export const SKIP_REASON =
  CHROMIUM === undefined ? " (skipped: no chromium; apt-get install -y chromium)" : "";

/** The console on a real listener, over a real state database, with the operations it calls as a fake that remembers. */
export interface ConsoleHarness {
  readonly origin: string;
  readonly port: number;
  readonly store: Store;
  readonly journal: MemoryJournal;
  readonly holds: Map<string, Hold>;
  readonly tools: Map<string, Json>;
  /** What operations answer instead, by their address without `/api/v1`; changing ones as `POST /agents/add`. */
  readonly answers: Map<string, Answering>;
  /** Sends one item to everybody who follows the activity. */
  readonly emit: (item: { readonly index: number; readonly [field: string]: Json }) => void;
  /** What people decided: `approve apr_…`. */
  readonly decided: string[];
  readonly link: () => Promise<string>;
  readonly passTime: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export type Answering = (query: URLSearchParams) => Json;

export interface Hold {
  readonly id: string;
  readonly arguments: { readonly [key: string]: Json } | null;
  readonly [field: string]: Json;
}

export const USER = "usr_00000000000000000000000001" as UserId;

/** `provider`: the identity provider's settings, for tests of that way to sign in. */
export async function startConsole(provider?: ProviderSettings): Promise<ConsoleHarness> {
  const store = openStore(":memory:");
  const journal = memoryJournal(store);
  let passed = 0;
  const ambient: Ambient = {
    now: () => Date.now() + passed,
    monotonic: () => performance.now() + passed,
    id: (prefix) => `${prefix}_${randomBytes(13).toString("hex")}`,
    random: (bytes) => randomBytes(bytes),
  };
  await addUser(store, USER, "admin");
  const holds = new Map<string, Hold>();
  const tools = new Map<string, Json>();
  const decided: string[] = [];
  const answers = new Map<string, Answering>();
  const followers = new Set<ServerResponse>();
  const handler = { current: (_request: IncomingMessage, _response: ServerResponse): void => {} };
  const server = createServer((request, response) => handler.current(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const listen: ListenConfig = {
    address: "127.0.0.1",
    port,
    tls: false,
    trustedProxies: [],
    publicUrl: null,
    identityProvider: provider?.issuer ?? null,
  };
  const accounts = { store, journal, ambient, listen };
  const pages = createPages({
    accounts,
    parseJson: (bytes) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    directory: fileURLToPath(new URL("../../console/dist/", import.meta.url)),
    provider,
  });
  const guard = createGuard(listen);
  const operations = fakeOperations({ holds, tools, decided, answers });
  const api = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const turned = guard(request);
    if (turned !== null) return problem(response, turned.status, turned.code);
    try {
      const caller = await demandUser(accounts, request);
      if (request.headers.accept === "text/event-stream") return followWith(followers, response);
      const { status, body } = await operations(request, () => demandPresence(caller, ambient.now()));
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch (cause) {
      const { code = "bug" } = cause as { code?: string };
      problem(response, code === "not_signed_in" ? 401 : 403, code);
    }
  };
  handler.current = (request, response) => {
    if (!pages(request, response)) void api(request, response);
  };
  return {
    origin: `http://localhost:${port}`,
    port,
    store,
    journal,
    holds,
    tools,
    decided,
    answers,
    emit: (item) => {
      for (const response of followers)
        response.write(`id: ${item.index}\nevent: item\ndata: ${JSON.stringify(item)}\n\n`);
    },
    link: async () => (await makeLoginLink(accounts, USER)).url,
    passTime: (ms) => {
      passed += ms;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}

export async function addUser(store: Store, id: UserId, name: string): Promise<void> {
  const rights = { roles: '["admin"]', groups: '["admins"]' };
  const row = { id, name, issuer: "local", subject: id, ...rights, created_at: 0, disabled_at: null };
  await store.query.insertInto("users").values(row).execute();
}

export const hold = (id: string, over: { readonly [field: string]: Json } = {}): Hold => {
  const held: Hold = {
    id: `apr_${id.padStart(26, "0")}`,
    agent: "mailbot",
    stage: "enforce",
    bypassable: "not seen",
    owner: "ana",
    onBehalfOf: null,
    doubts: [],
    status: "requested",
    asked: ["admin"],
    youMayAnswer: true,
    youMayBreakGlass: false,
    youMayStop: true,
    mayGrant: null,
    people: {},
    session: `ses_${id.padStart(26, "0")}`,
    escalation: [],
    glass: [],
    decisions: [],
    seen: [],
    progress: [{ group: "admins", needed: 1, given: 0, since: [] }],
    askedUntil: null,
    gravity: 2,
    doubted: false,
    identical: null,
    verb: "tools/call",
    server: "fs",
    target: "write_file",
    effects: ["write"],
    reason: "Writes wait for a person.",
    policies: ["hold-writes"],
    groups: ["admins"],
    requestedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    arguments: { path: "/tmp/notes.txt", content: "hello" },
    ...over,
  };
  return { ...held, ...cardView(ownCard(heldFacts.parse(held), Date.now())) };
};

const words = z.array(z.string());
/** Its card's facts, from its own fields. */
const heldFacts = z
  .object({
    agent: z.string(),
    owner: z.string(),
    onBehalfOf: z.string().nullable(),
    arguments: z.custom<CardFacts["arguments"]>(),
  })
  .extend({ verb: z.string(), server: z.string(), target: z.string(), reason: z.string() })
  .extend({
    bypassable: z.string(),
    effects: words,
    policies: words,
    groups: words,
    expiresAt: z.iso.datetime(),
  })
  .transform(({ agent, owner, bypassable, groups, expiresAt, ...same }) =>
    cardFacts({
      ...same,
      agent: { name: agent, owner, stage: "enforce", isBypassable: bypassable === "yes" },
      groups,
      missing: groups,
      expiresAt: Date.parse(expiresAt),
      manifest: null,
    }),
  );

interface Fakes {
  readonly holds: Map<string, Hold>;
  readonly tools: Map<string, Json>;
  readonly decided: string[];
  readonly answers: Map<string, Answering>;
}

function followWith(followers: Set<ServerResponse>, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" }).write(": here\n\n");
  followers.add(response);
  response.once("close", () => followers.delete(response));
}

type Answer = { readonly status: number; readonly body: Json };

/** Speaks as `/api/v1` does: same paths, same shapes, presence where the operation asks for it. */
function fakeOperations(fakes: Fakes): (request: IncomingMessage, present: () => void) => Promise<Answer> {
  return async (request, present) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const path = url.pathname.replace("/api/v1", "");
    if (request.method === "POST") return decide(fakes, request, { path, present });
    return { status: 200, body: readFake(fakes, path, url.searchParams) };
  };
}

function readFake(fakes: Fakes, path: string, query: URLSearchParams): Json {
  const answering = fakes.answers.get(path);
  if (answering !== undefined) return answering(query);
  if (path === "/approvals") return { items: [...fakes.holds.values()].toReversed(), next: null };
  if (path === "/approvals/get") return fakes.holds.get(query.get("approval") ?? "") ?? null;
  if (path === "/tools/get") return fakes.tools.get(query.get("tool") ?? "") ?? null;
  if (path === "/activity") return { items: [], next: null, head: -1 };
  if (path !== "/tools") return { items: [], next: null };
  const items = [...fakes.tools.values()].filter((tool) => (tool as Hold)["status"] === query.get("status"));
  return { items, next: null };
}

async function decide(
  fakes: Fakes,
  request: IncomingMessage,
  { path, present }: { path: string; present: () => void },
): Promise<Answer> {
  const text = Buffer.concat(await request.toArray()).toString();
  const operation = changing(path);
  // What the console sends is what the operation takes: anything else fails here.
  const body = operation.input.parse(JSON.parse(text)) as Asked;
  const answered = { status: 200, body: fakes.answers.get(`POST ${path}`)?.(new URLSearchParams()) ?? {} };
  if (operation.effect === "read") return answered;
  if (operation.presence === true) present();
  fakes.decided.push(`${path.split("/").at(-1)} ${named(body)}`);
  fakes.holds.delete(body.approval ?? "");
  for (const tool of body.tools ?? []) fakes.tools.delete(tool);
  return answered;
}

function named({ approval, approve, server, tools }: Asked): string | undefined {
  return approval ?? server ?? (tools ?? approve)?.join(",");
}

/** Reads whose input is too large for an address are posted as well. */
function changing(path: string) {
  const operation = CATALOGUE.find(({ name }) => name === path.slice(1).replace("/", "."));
  const isLook = operation?.effect === "read" && operation.body !== true;
  if (operation === undefined || isLook) throw new Error(`nothing is changed at ${path}`);
  return operation;
}

interface Asked {
  readonly approval?: string;
  readonly approve?: readonly string[];
  readonly tools?: readonly string[];
  readonly server?: string;
}

function problem(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ code, detail: code, remedy: "" }));
}

/** `env`: what the browser finds around it besides. */
export async function openBrowser(env: NodeJS.ProcessEnv = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: ["--no-sandbox", "--disable-gpu"],
    env: { ...process.env, ...env },
  });
}

/** A page of a fresh profile that fails the test on any script error or blocked resource it did not expect. */
export async function freshPage(
  browser: Browser,
  options: { width?: number; dark?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: 900 },
    colorScheme: options.dark === true ? "dark" : "light",
  });
  return context.newPage();
}

/** Signs in by a login link, sets the first password, and goes to what waits. */
export async function signIn(
  harness: ConsoleHarness,
  page: Page,
  password = "correct horse battery",
): Promise<void> {
  await page.goto(await harness.link());
  await setPassword(page, password);
  await goTo(page, "Approvals");
}

export async function setPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel(/New password/).fill(password);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByRole("navigation", { name: "Main", exact: true }).waitFor();
}

/** Goes to a page of the console by its navigation. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Main", exact: true })
    .getByRole("link", { name: new RegExp(`^${title}`) })
    .click();
  await page.getByRole("heading", { name: title, level: 1 }).waitFor();
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly [field: string]: unknown };
}

/** A request with exactly these headers: no browser, no fetch, nothing added but what HTTP itself needs. */
export async function ask(
  harness: Pick<ConsoleHarness, "port">,
  what: string,
  options: { headers?: { readonly [name: string]: string | string[] }; body?: unknown; raw?: string } = {},
): Promise<Reply> {
  const [method = "GET", path = "/"] = what.split(" ");
  const text = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const json =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(text.length) };
  const headers = { host: `localhost:${harness.port}`, ...json, ...options.headers };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = startRequest({ host: "127.0.0.1", port: harness.port, method, path, headers }, resolve);
  sent.on("error", reject);
  sent.end(text);
  const response = await promise;
  const answer = Buffer.concat(await response.toArray()).toString();
  const isJson = /json/.test(response.headers["content-type"] ?? "");
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: isJson ? JSON.parse(answer) : { text: answer },
  };
}

/** The headers of a signed-in console: cookie and proof. */
export interface Signed {
  readonly cookie: string;
  readonly "x-doorward-csrf": string;
}

/** Opens a login link as the console's script does. */
export async function openLink(harness: ConsoleHarness): Promise<Signed> {
  const token = new URL(await harness.link()).hash.slice(1);
  const reply = await ask(harness, "POST /console/session/open", { body: { token } });
  return signedOf(reply);
}

export function signedOf(reply: Reply): Signed {
  const cookie = String(reply.headers["set-cookie"]).split(";")[0] ?? "";
  return { cookie, "x-doorward-csrf": String(reply.body["proof"]) };
}
