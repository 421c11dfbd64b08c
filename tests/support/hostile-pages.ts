import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Json } from "#base";
import type { ConsolePages } from "./console-pages.ts";
import { type Besides, isInert } from "./hostile-text.ts";

/** A page that is told all of `answers`, by path, and what it asked of anybody else or opened as a dialog. */
export async function told(
  pages: ConsolePages,
  answers: ReadonlyMap<string, Json>,
): Promise<{ readonly page: Page; readonly foreign: readonly string[] }> {
  for (const [path, answer] of answers) pages.harness.answers.set(path, () => answer);
  const foreign: string[] = [];
  const page = await pages.open("/approvals");
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => foreign.push("a dialog")));
  page.on("request", (request) => {
    if (!request.url().startsWith(pages.harness.origin)) foreign.push(request.url());
  });
  return { page, foreign };
}

interface Walk {
  readonly paths: readonly string[];
  /** Those with folds, which are opened and waited for. */
  readonly folded: ReadonlySet<string>;
  readonly besides: Besides;
}

/** Goes through the pages: each quotes what it was told, and is words and nothing else. What else came of it is answered. */
export async function walked(
  pages: ConsolePages,
  answers: ReadonlyMap<string, Json>,
  { paths, folded, besides }: Walk,
): Promise<{ readonly foreign: readonly string[]; readonly complaints: readonly string[] }> {
  const { page, foreign } = await told(pages, answers);
  for (const path of paths) {
    await page.goto(pages.harness.origin + path);
    await page.locator(".loading").first().waitFor({ state: "detached" });
    if (folded.has(path)) await page.locator("main summary").first().waitFor();
    for (const summary of await page.locator("main summary").all()) await summary.click();
    await page.locator("main .quoted").first().waitFor();
    await isInert(page, path, besides);
    expect(await page.title()).not.toMatch(/[\u202e\u200b\u2060\ufeff]/);
  }
  await page.context().close();
  return { foreign, complaints: pages.complaints };
}
