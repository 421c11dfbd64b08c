import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { CHROMIUM, SKIP_REASON } from "../journeys/console-harness.ts";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { seed } from "../support/console-seed.ts";
import { tool as seededTool } from "../support/console-seed-house.ts";
import { told, walked } from "../support/hostile-pages.ts";
import { HOSTILE, isInert, named } from "../support/hostile-text.ts";

// T19 on the pages of agents, servers, models and budgets: names, descriptions, schemas and reasons of others are words.

const query = new URLSearchParams({ agent: "mailbot", server: "fs", upstream: "openai", budget: "daily" });
const known = (path: string): JsonObject => seed().get(path)?.(query) as JsonObject;
const first = (path: string): JsonObject => (known(path) as { items: JsonObject[] }).items[0] ?? {};
const list = (item: JsonObject): Json => ({ items: [item], next: null });

/** Whatever another can say in each answer, said with `text`. */
function hostileAnswers(text: string): ReadonlyMap<string, Json> {
  const definition = JSON.stringify({
    description: text,
    inputSchema: { [text]: { description: text } },
    annotations: { title: text },
  });
  const tool = { server: text, name: text, kind: "tool", status: "changed", effects: [text], reason: text };
  const times = { firstSeenAt: "2026-11-20T00:00:00.000Z", changedAt: "2026-11-20T00:00:00.000Z" };
  const seen = { ...tool, ...times, fingerprint: text };
  const output = { trustedAuthors: [text], resources: [{ argument: text, under: text, integrity: text }] };
  const said = { server: text, name: text, definition: text, roles: { [text]: text }, output };
  const manifest = { ...seededTool("x").manifest, ...said };
  const agent = {
    name: text,
    ownerName: text,
    purpose: text,
    grantedTools: [text],
    dialects: [text],
    stage: "enforce",
  };
  const server = { name: text, runs: text, pinned: text, identity: text, reason: text, lastFailure: text };
  const upstream = {
    name: text,
    kind: text,
    url: text,
    protocols: [text],
    account: text,
    reason: text,
    identity: text,
  };
  const target = { upstream: text, model: text, reason: text, price: text };
  const route = first("/models/routes") as { targets: JsonObject[] };
  const spender = { agent: text, user: text, model: text, used: text, percent: 7 };
  const budget = {
    name: text,
    agent: text,
    user: text,
    model: text,
    group: text,
    over: "hold",
    unit: text,
    used: text,
  };
  return new Map<string, Json>([
    ["/agents", list({ ...first("/agents"), ...agent })],
    ["/agents/get", { ...known("/agents/get"), ...agent, keys: [{ ...keyOf(text) }] }],
    ["/sessions", list({ ...first("/sessions"), agent: text, id: text, kind: text, delegation: text })],
    ["/servers", list({ ...first("/servers"), ...server, status: text })],
    ["/servers/get", { ...known("/servers/get"), ...server, authorizationUrl: text, status: "held" }],
    ["/tools", list(seen)],
    [
      "/tools/get",
      {
        ...seen,
        definition,
        accepted: JSON.stringify({ description: `before ${text}`, [text]: text }),
        manifest,
      },
    ],
    ["/upstreams", list({ ...first("/upstreams"), ...upstream })],
    ["/upstreams/get", { ...known("/upstreams/get"), ...upstream, listed: [text], prices: { [text]: text } }],
    ["/models", list({ name: text, upstream: text, local: true, createdAt: null })],
    [
      "/models/routes",
      list({
        model: text,
        goes: text,
        by: "route",
        rule: text,
        targets: [{ ...route.targets[0], ...target }],
      }),
    ],
    ["/budgets", list({ ...first("/budgets"), ...budget })],
    ["/budgets/get", { ...known("/budgets/get"), ...budget, spenders: [spender] }],
    ["/doors", { items: [{ door: "mcp", address: text, for: text }] }],
  ]);
}

const keyOf = (text: string): JsonObject => ({ id: text, kind: text, session: text });

/** Forms, meters and the chart, whose places are set through the object model. */
const BESIDES = { tags: ["form", "canvas"], styled: ["span", "div", "canvas"] };
const WITH_FOLDS = new Set(["/agents/x", "/servers", "/servers/x", "/budgets/x"]);
const PAGES = [
  "/agents",
  "/agents/x",
  "/servers",
  "/servers/x",
  "/models",
  "/models/x",
  "/models?name=x",
  "/budgets",
  "/budgets/x",
];

describe.skipIf(CHROMIUM === undefined)(`others' words on the pages of things${SKIP_REASON}`, () => {
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

  test.each(HOSTILE)(
    "%s is shown whole where a definition changed, beside what it was",
    async (_name, text) => {
      const { page } = await told(pages, hostileAnswers(text));
      await page.goto(`${pages.harness.origin}/servers/x`);
      await page.locator("main summary").first().click();
      const description = page.getByRole("region", { name: /^Its description/ });
      await description.waitFor();
      expect(await description.textContent()).toBe(`Removed: before ${named(text)}`);
      await page.getByRole("region", { name: /^Everything else it says/ }).waitFor();
      expect(await page.locator("del").count()).toBeGreaterThan(1);
      expect(await page.locator("ins").count()).toBeGreaterThan(0);
      await page.context().close();
    },
  );

  test.each(HOSTILE)("%s is words in a window that asks for a yes, too", async (_name, text) => {
    const { page, foreign } = await told(pages, hostileAnswers(text));
    await page.goto(`${pages.harness.origin}/agents/x`);
    await page.getByRole("button", { name: "Revoke" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    expect(await dialog.locator(".quoted").first().textContent()).toBe(named(text));
    expect(await dialog.locator("script, img, svg, style, form, base, a, input").count()).toBe(0);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(foreign).toEqual([]);
    await page.context().close();
  });

  test("an address in the path is a name to be shown, and nothing more", async () => {
    const page = await pages.open(`/agents/${encodeURIComponent("<img src=x onerror=alert>\u202e")}`);
    await isInert(page, "path", BESIDES);
    expect(await page.locator("h1").textContent()).toContain("U+202E");
    await page.context().close();
  });
});
