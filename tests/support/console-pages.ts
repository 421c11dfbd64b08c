import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import {
  type Answering,
  ask,
  type ConsoleHarness,
  openBrowser,
  openLink,
  startConsole,
} from "../journeys/console-harness.ts";
import { SEED_NOW } from "./console-seed.ts";

export interface PageOptions {
  /** CSS pixels: 1440 is a desk, 390 a phone. */
  readonly width?: number;
  readonly theme?: "light" | "dark";
  /** False: nobody is signed in. */
  readonly isSignedIn?: boolean;
  /** True: the page's clock is the machine's own, for who measures. */
  readonly isTimed?: boolean;
}

/** A rule of axe-core that a page breaks, and where. */
export interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly string[];
}

export interface ConsolePages {
  readonly harness: ConsoleHarness;
  /** A page of a fresh profile, signed in and settled: answers are there, faces loaded, nothing moves. */
  readonly open: (path: string, options?: PageOptions) => Promise<Page>;
  /** A picture of what is in the window; `isWhole`: of all of the page. */
  readonly picture: (page: Page, isWhole?: boolean) => Promise<Buffer>;
  /** What axe-core finds wrong (WCAG 2.2 A and AA, and best practices). */
  readonly violations: (page: Page) => Promise<readonly Violation[]>;
  /** Scripts that failed, resources and styles that the policy blocked, in any page opened here. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

const HEIGHTS: { readonly [width: number]: number } = { 390: 844 };
const PASSWORD = "correct horse battery";
/** A change of style is in a picture only once a frame was drawn with it. */
const DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
const FACES = ["@expo-google-fonts/inter", "@expo-google-fonts/jetbrains-mono"];

/**
 * The console over a seeded API, for looking at: the same answers, clock and faces on every machine. The answers are
 * those of `answers` (see console-seed.ts), each held to its operation's own output schema.
 */
export async function openConsolePages(answers: ReadonlyMap<string, Answering>): Promise<ConsolePages> {
  const folder = mkdtempSync(join(tmpdir(), "doorward-faces-"));
  const harness = await startConsole();
  for (const [path, answer] of answers) harness.answers.set(path, answer);
  const browser = await openBrowser({ FONTCONFIG_FILE: facesIn(folder) });
  const signed = await signedIn(harness);
  const complaints: string[] = [];
  const open = async (path: string, options: PageOptions = {}): Promise<Page> => {
    const { width = 1440, theme = "light", isSignedIn = true, isTimed = false } = options;
    const context = await browser.newContext({
      viewport: { width, height: HEIGHTS[width] ?? 900 },
      colorScheme: theme,
      reducedMotion: "reduce",
      hasTouch: width < 800,
      locale: "en-GB",
      timezoneId: "UTC",
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => void complaints.push(`${path}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 401/.test(message.text()))
        complaints.push(`${path}: ${message.text()}`);
    });
    if (!isTimed) await page.clock.setFixedTime(SEED_NOW);
    if (isSignedIn) {
      await context.addCookies([{ ...signed.cookie, url: harness.origin }]);
      await context.addInitScript(`localStorage.setItem("doorward-proof", ${JSON.stringify(signed.proof)})`);
    }
    await page.goto(harness.origin + path);
    await settle(page);
    return page;
  };
  return {
    harness,
    open,
    picture: async (page, isWhole = false) => {
      await page.evaluate(DRAWN);
      return page.screenshot({ animations: "disabled", caret: "hide", fullPage: isWhole });
    },
    violations,
    complaints,
    close: async () => {
      await browser.close();
      await harness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Until nothing is loading and the faces are there. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
  await page.evaluate("document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done)))");
  await page.waitForTimeout(150);
}

async function signedIn(harness: ConsoleHarness) {
  const headers = { ...(await openLink(harness)) };
  const kept = await ask(harness, "POST /console/session/password", {
    headers,
    body: { password: PASSWORD },
  });
  if (kept.status !== 200) throw new Error(`no password was set: ${JSON.stringify(kept.body)}`);
  const [name = "", value = ""] = headers.cookie.split("=");
  return { cookie: { name, value }, proof: headers["x-doorward-csrf"] };
}

async function violations(page: Page): Promise<readonly Violation[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ violations: AxeViolation[] }>("axe.run(document)");
  return found.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary ?? ""}`),
  }));
}

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** A fontconfig of exactly these faces, so that no machine's own take their place. */
function facesIn(folder: string): string {
  const require = createRequire(import.meta.url);
  const places = FACES.map((name) => dirname(require.resolve(`${name}/package.json`)));
  mkdirSync(join(folder, "cache"));
  const file = join(folder, "fonts.conf");
  const dirs = places.map((place) => `<dir>${place}</dir>`).join("");
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${dirs}<cachedir>${join(folder, "cache")}</cachedir></fontconfig>`,
  );
  return file;
}
