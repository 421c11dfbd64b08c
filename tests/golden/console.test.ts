import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, SKIP_REASON } from "../journeys/console-harness.ts";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { emptySeed, idOf, seed } from "../support/console-seed.ts";
import { compared } from "../support/picture.ts";

// Every page of the console as it was last looked at and found good. A picture that differs is written beside its golden
// as `*.now.png`; after looking at it, `npm run -s golden:console` takes what is there now for good.

const FOLDER = join(import.meta.dirname, "console");
const IS_TAKING = process.env["TAKE_GOLDENS"] === "1";
/** Letters are drawn a little differently by each version of the browser; a word more or less is beyond this. */
const SHARE_MAX = 0.001;
const BYTES_MAX = 8_000_000;

const PAGES = {
  activity: "/",
  "action-refused": `/actions/${idOf("act", 59)}`,
  "action-allowed": `/actions/${idOf("act", 58)}`,
  approvals: "/approvals",
  approval: `/approvals/${idOf("apr", 60)}`,
  "approval-doubtful": `/approvals/${idOf("apr", 61)}`,
  "approval-unbound": `/approvals/${idOf("apr", 62)}`,
  agents: "/agents",
  agent: "/agents/mailbot",
  servers: "/servers",
  server: "/servers/fs",
  apis: "/apis",
  api: "/apis/customers",
  hosts: "/hosts",
  vault: "/vault",
  credential: `/vault/${idOf("vcr", 2)}`,
  models: "/models",
  upstream: "/models/ollama",
  registered: `/models/sha256:${"3b".repeat(32)}`,
  fleet: "/fleet",
  machine: "/fleet/ana-laptop?gone=true",
  policy: "/policy",
  "policy-learn": "/policy?learn=mailbot",
  budgets: "/budgets",
  budget: "/budgets/daily",
  delegations: "/delegations",
  "approvals-together": `/approvals?session=${idOf("ses", 63)}`,
  "approval-grantable": `/approvals/${idOf("apr", 63)}`,
  grants: "/grants",
  duties: "/duties",
  stops: "/stops",
  channels: "/channels",
  statistics: "/statistics",
  "sign-ins": "/sign-ins",
} as const;
const LOOKS = [1440, 390].flatMap((width) => (["light", "dark"] as const).map((theme) => ({ width, theme })));
/** Made of what other pages show in all four looks: of these, each width and each theme is seen once. */
const SEEN_TWICE: ReadonlySet<string> = new Set([
  "action-allowed",
  "activity-empty",
  "api",
  "apis",
  "approvals-together",
  "budget",
  "channels",
  "credential",
  "delegations",
  "duties",
  "fleet",
  "grants",
  "policy-learn",
  "registered",
  "sign-ins",
  "statistics",
]);

function looksOf(name: string): typeof LOOKS {
  if (!SEEN_TWICE.has(name)) return LOOKS;
  return LOOKS.filter(({ width, theme }) => (width === 1440) === (theme === "light"));
}

describe.skipIf(CHROMIUM === undefined)(`pictures of the console${SKIP_REASON}`, () => {
  let full: ConsolePages;
  let empty: ConsolePages;
  let blank: Page;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    [full, empty] = [await openConsolePages(seed()), await openConsolePages(emptySeed())];
    blank = await full.open("/");
  });
  afterAll(async () => {
    await full.close();
    await empty.close();
  });

  const shares = async (pages: ConsolePages, name: string, path: string, isSignedIn = true) => {
    const off: [string, number][] = [];
    for (const look of looksOf(name)) {
      const page = await pages.open(path, { ...look, isSignedIn });
      if (path === "/" && isSignedIn) await page.getByText("live", { exact: true }).waitFor();
      const picture = await pages.picture(page);
      await page.context().close();
      const file = join(FOLDER, `${name}-${look.width}-${look.theme}`);
      if (IS_TAKING) writeFileSync(`${file}.png`, picture);
      const { share } = await compared(blank, readFileSync(`${file}.png`), picture);
      if (share <= SHARE_MAX) continue;
      writeFileSync(`${file}.now.png`, picture);
      off.push([`${file}.now.png`, share]);
    }
    return off;
  };

  test.each(Object.entries(PAGES))("%s", async (name, path) => {
    expect(await shares(full, name, path)).toEqual([]);
  });

  test("nothing has happened yet", async () => {
    expect(await shares(empty, "activity-empty", "/")).toEqual([]);
  });

  test("the way in", async () => {
    expect(await shares(full, "sign-in", "/", false)).toEqual([]);
  });

  test("a picture that lacks a row, or has its words elsewhere or in another colour, is found", async () => {
    const golden = readFileSync(join(FOLDER, "activity-1440-light.png"));
    for (const change of [
      ".feed-row:nth-child(4) { visibility: hidden }",
      ".feed-cells { color: var(--bad) }",
      ".feed-cells { padding-left: 24px }",
    ]) {
      const page = await full.open("/");
      await page.getByText("live", { exact: true }).waitFor();
      const sheet = `const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(change)});`;
      await page.evaluate(`(() => { ${sheet} document.adoptedStyleSheets = [sheet]; })()`);
      const { share } = await compared(blank, golden, await full.picture(page));
      expect({ change, isFound: share > SHARE_MAX }).toEqual({ change, isFound: true });
      await page.context().close();
    }
  });

  test("all of them together stay small, and none is of a page that is gone", () => {
    const files = readdirSync(FOLDER).filter((file) => !file.endsWith(".now.png"));
    const bytes = files.reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0);
    expect(bytes).toBeLessThan(BYTES_MAX);
    const names = [...Object.keys(PAGES), "activity-empty", "sign-in"];
    const expected = names.flatMap((name) =>
      looksOf(name).map(({ width, theme }) => `${name}-${width}-${theme}.png`),
    );
    expect(files.toSorted()).toEqual(expected.toSorted());
  });
});
