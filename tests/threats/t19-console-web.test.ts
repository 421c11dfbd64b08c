import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { CHROMIUM, SKIP_REASON } from "../journeys/console-harness.ts";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { seed } from "../support/console-seed.ts";
import { tool as seededTool } from "../support/console-seed-house.ts";
import { told, walked } from "../support/hostile-pages.ts";
import { HOSTILE, named } from "../support/hostile-text.ts";

// T19 on the pages of the http door: the document of an API is somebody else's, as are the names of hosts, credentials and
// providers, what an agent could reach, and why something was stopped. All of it is words.

const query = new URLSearchParams({ agent: "mailbot", api: "customers", credential: "x", server: "fs" });
const known = (path: string): JsonObject => seed().get(path)?.(query) as JsonObject;
const first = (path: string): JsonObject => (known(path) as { items: JsonObject[] }).items[0] ?? {};
const list = (...items: JsonObject[]): Json => ({ items, next: null });
/** The first of a list that an answer holds. */
const firstOf = (answer: JsonObject, name: string): JsonObject =>
  (answer as { readonly [name: string]: JsonObject[] })[name]?.[0] ?? {};

const AT = "2026-11-20T00:00:00.000Z";
const STOP_KINDS = ["agent", "session", "user", "server", "model", "credential", "everything"];

/** Whatever another can say in each answer, said with `text`. */
function hostileAnswers(text: string): ReadonlyMap<string, Json> {
  const definition = JSON.stringify({ description: text, inputSchema: { [text]: { description: text } } });
  const tool = { kind: "tool", firstSeenAt: AT, changedAt: AT, accepted: null };
  const seen = { ...tool, server: text, name: text, fingerprint: text, reason: text, definition };
  const output = { trustedAuthors: [text], resources: [{ argument: text, under: text, integrity: text }] };
  const manifest: JsonObject = {
    ...seededTool("x").manifest,
    server: text,
    name: text,
    definition: text,
    roles: { [text]: text },
    output,
  };
  const api = { name: text, title: text, version: text, format: text, source: text, document: text };
  const places = { servers: [text], only: [text], skippedFirst: [text], skipped: 2 };
  const tools = { accepted: 1, waiting: [text], refused: [text] };
  const credential = { name: text, kind: text, owner: text, to: [text], agents: [text], reference: text };
  const said = {
    settings: { [text]: text, list: [text], pairs: { [text]: text } },
    scopes: [text],
    id: text,
  };
  const radius = known("/agents/blast-radius");
  const under = { under: text };
  const reach = {
    ...radius,
    agent: text,
    stages: [{ ...firstOf(radius, "stages"), stage: "enforce", says: text }],
    tools: [{ ...firstOf(radius, "tools"), tool: text, effects: [text], ...under }],
    hosts: [{ ...firstOf(radius, "hosts"), host: text, ...under }],
    models: [{ ...firstOf(radius, "models"), model: text, ...under }],
    credentials: [{ name: text, kind: text, owner: text, to: [text] }],
    folders: [text],
  };
  const system = { name: text, user: text, platform: text, release: text, doorward: text };
  const thing = {
    kind: text,
    what: text,
    name: text,
    where: text,
    warnings: [text],
    facts: { [text]: [text] },
  };
  const grounds = [{ by: "name", says: text }];
  const stop = { ...first("/stops"), target: text, label: text, reason: text, stoppedBy: text };
  const answers: [string, Json][] = [
    ["/agents", list({ ...first("/agents"), name: text })],
    ["/agents/get", { ...known("/agents/get"), name: text, id: text, stage: "enforce" }],
    ["/agents/blast-radius", reach],
    ["/hosts", list({ ...first("/hosts"), agent: text, host: text })],
    ["/apis", list({ ...first("/apis"), ...api, ...places })],
    ["/apis/get", { ...known("/apis/get"), ...api, ...places, tools }],
    ["/tools", list({ ...seen, status: "new", effects: [text], manifest: null })],
    ["/tools/get", { ...seen, status: "new", effects: [text], manifest }],
    ["/sessions", list({ ...first("/sessions"), agent: text, id: text })],
    ["/servers/get", { ...known("/servers/get"), name: text }],
    ["/upstreams/get", { ...known("/upstreams/get"), name: text, listed: [text], prices: {} }],
    ["/vault", list({ ...first("/vault"), ...credential, ...said })],
    ["/vault/get", { ...known("/vault/get"), ...credential, ...said }],
    ["/vault/status", { ...known("/vault/status"), kek: text, providers: [text] }],
    ["/users", list({ ...first("/users"), name: text, disabledAt: null })],
    ["/fleet/machines", list({ ...first("/fleet/machines"), name: "x", owner: text, machine: system })],
    ["/fleet/found", list({ ...first("/fleet/found"), ...thing, grounds })],
    ["/stops", list(...STOP_KINDS.map((kind) => ({ ...stop, kind, id: kind })))],
  ];
  return new Map(answers);
}

/** Forms, and the list to choose an agent from; the places of the switch are set through the object model. */
const BESIDES = { tags: ["form", "select", "option"], styled: ["span", "div"] };
const WITH_FOLDS = new Set(["/apis/x", "/agents/x"]);
const PAGES = [
  "/hosts",
  "/apis",
  "/apis/x",
  "/vault",
  "/vault/x",
  "/agents/x",
  "/stops",
  "/fleet",
  "/fleet/x",
];

describe.skipIf(CHROMIUM === undefined)(`others' words on the http door's pages${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });

  test.each(HOSTILE)("%s is words and nothing else", async (_name, text) => {
    const walk = {
      paths: PAGES,
      folded: WITH_FOLDS,
      besides: BESIDES,
    };
    expect(await walked(pages, hostileAnswers(text), walk)).toEqual({ foreign: [], complaints: [] });
  });

  test.each(HOSTILE)("%s is words in windows that ask for a yes, too", async (_name, text) => {
    const { page, foreign } = await told(pages, hostileAnswers(text));
    for (const [path, button] of [
      ["/hosts", "Take back"],
      ["/vault/x", "Remove"],
    ] as const) {
      await page.goto(pages.harness.origin + path);
      await page.locator("main").getByRole("button", { name: button, exact: true }).last().click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      expect(await dialog.locator(".quoted").first().textContent()).toContain(named(text).slice(0, 4));
      expect(await dialog.locator("script, img, svg, style, form, base, a, input").count()).toBe(0);
      await page.keyboard.press("Escape");
    }
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(foreign).toEqual([]);
    await page.context().close();
  });
});
