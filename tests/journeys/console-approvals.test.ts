import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { answering, idOf, seed } from "../support/console-seed.ts";
import { WAITING } from "../support/console-seed-held.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// What a person does with requests beyond one yes or no: several at once, a yes that reaches further, broken glass.

const TOGETHER = `/approvals?session=${idOf("ses", 63)}`;
const PRESENCE = "status of 403";

describe.skipIf(CHROMIUM === undefined)(`requests on the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: { readonly path: string; readonly body: unknown }[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
    const complaints = pages.complaints.filter((one) => !one.includes(PRESENCE));
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });

  async function open(path: string, options: PageOptions = {}): Promise<void> {
    page = await pages.open(path, options);
    sent = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
  }
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const card = (count: number) => page.locator(`[data-approval="${idOf("apr", count)}"]`);
  const answers = (items: readonly object[]) =>
    pages.harness.answers.set(
      "POST /approvals/decide-many",
      () => ({ items }) as unknown as ReturnType<ReturnType<typeof answering>>,
    );

  test.each([1440, 390])("%i wide: what waits together is clean, and fits", async (width) => {
    for (const theme of ["light", "dark"] as const) {
      await open(TOGETHER, { width, theme });
      const fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
      expect({ theme, found: await pages.violations(page), fits }).toEqual({ theme, found: [], fits: true });
      if (theme === "light") await page.context().close();
    }
  });

  test("several are answered with one submit, each by itself; the same calls are counted, and none joins another", async () => {
    const [first, second, third] = [63, 64, 65].map((count) => idOf("apr", count));
    const kept = { kept: true, code: null, reason: null, drill: null };
    answers([
      { ...kept, approval: first, answer: "approve", status: "approved" },
      {
        approval: third,
        answer: "deny",
        kept: false,
        status: null,
        code: "approval_closed",
        reason: "already denied by ana at 14:05. Nothing is left to do.",
        drill: null,
      },
    ]);
    await open("/approvals");
    await page.getByRole("link", { name: "answer them together" }).click();
    await card(65).waitFor();
    expect(
      await page.locator("article").evaluateAll((all) => all.map((one) => one.dataset["approval"])),
    ).toEqual([first, second, third]);
    await card(64).getByText("1 of 2 identical calls").waitFor();
    await card(65).getByText("2 of 2 identical calls").waitFor();
    expect(await button("Submit these answers").isDisabled()).toBe(true);
    await card(63).getByRole("radio", { name: "Yes, once" }).click();
    await card(65).getByRole("radio", { name: "No", exact: true }).click();
    await page.getByText("Yes to 1, no to 1, 1 left open").waitFor();
    await page.getByLabel("Reason, for the record").fill("as agreed");
    await button("Submit these answers").click();
    await card(63).getByText("Approved, once.").waitFor();
    await card(65).getByText("already denied by ana", { exact: false }).waitFor();
    expect(sent).toEqual([
      { path: "/approvals/decide-many", body: { approve: [first], deny: [third], note: "as agreed" } },
    ]);
    await page.getByText("Yes to 0, no to 0, 2 left open").waitFor();
  });

  test("what arrives meanwhile moves nothing: it is told, and comes after", async () => {
    await open(TOGETHER);
    await card(63).waitFor();
    const [newest] = WAITING;
    if (newest === undefined) throw new Error("nothing waits in the seed");
    const late = { ...newest, id: idOf("apr", 66), identical: null, gravity: 9 };
    const before = pages.harness.answers.get("/approvals");
    pages.harness.answers.set(
      "/approvals",
      answering("approvals.list", () => ({ items: [late, ...WAITING], next: null })),
    );
    await page.getByText("1 more of this session wait", { exact: false }).waitFor();
    expect(await page.locator("article").first().getAttribute("data-approval")).toBe(idOf("apr", 63));
    // What is chosen is submitted first; then there is a way to the rest.
    await card(63).getByRole("radio", { name: "No", exact: true }).click();
    expect(await button("Show it").isDisabled()).toBe(true);
    await card(63).getByRole("radio", { name: "No", exact: true }).click();
    await button("Show it").click();
    // What the seed knows nothing of by this id it shows as its first.
    await card(60).waitFor();
    expect(await page.locator("article").count()).toBe(1);
    await page.getByText("3 more of this session wait", { exact: false }).waitFor();
    if (before !== undefined) pages.harness.answers.set("/approvals", before);
  });

  test("a session of which nothing waits says so", async () => {
    await open(`/approvals?session=${idOf("ses", 9)}`);
    await page.getByText("Nothing of this session waits").waitFor();
    expect(await pages.violations(page)).toEqual([]);
  });

  test("a yes that reaches further says how far before it is given", async () => {
    await open(`/approvals/${idOf("apr", 63)}`, { width: 390 });
    await button("Approve more like it…").click();
    await page.getByLabel("How far").selectOption("pattern");
    await button("Approve and grant").click();
    await page.getByText("Choose at least one argument that may be anything.").waitFor();
    expect(sent).toEqual([]);
    await page.getByRole("button", { name: "content", exact: true }).click();
    await page.getByLabel("Further calls").fill("5");
    await page.getByLabel("For how long").fill("2h");
    await page
      .getByText("up to 5 times, with any content and all else as it is, for 2h", { exact: false })
      .waitFor();
    expect(await pages.violations(page)).toEqual([]);
    await button("Approve and grant").click();
    await expect.poll(() => sent.length).toBe(1);
    const wish = { grant: "pattern", varies: ["content"], times: 5, until: "2h" };
    expect(sent).toEqual([{ path: "/approvals/approve", body: { approval: idOf("apr", 63), ...wish } }]);
  });

  test("a card's link asks for more, and gives nothing: it is chosen in the form, after reading", async () => {
    await open(`/approvals/${idOf("apr", 63)}?grant=pattern`);
    await page.getByText("You asked for a yes to more calls like it", { exact: false }).waitFor();
    await button("Approve more like it…").click();
    expect(await page.getByLabel("How far").inputValue()).toBe("pattern");
    expect(await pages.violations(page)).toEqual([]);
    expect(sent).toEqual([]);
    await page.context().close();
    // Of what may not be granted the link is only an address.
    await open(`/approvals/${idOf("apr", 60)}?grant=pattern`);
    await button("Approve once").waitFor();
    expect(await page.getByText("You asked for a yes to more", { exact: false }).count()).toBe(0);
  });

  test("a no that stops the agent takes a second press, and a reason", async () => {
    pages.harness.answers.set("POST /approvals/deny", () => ({ drill: null, stop: idOf("stp", 1) }));
    await open(`/approvals/${idOf("apr", 63)}`, { width: 390 });
    await button("Deny and stop…").click();
    await page.getByText("is cut, what waits of it is withdrawn", { exact: false }).waitFor();
    expect(await pages.violations(page)).toEqual([]);
    await page.getByLabel("What to stop").selectOption("session");
    await page.getByLabel("Why", { exact: true }).fill("  it mails what a page told it to ");
    await button("Deny and stop it now").click();
    await page.getByText("Denied, and stopped: see Stops.", { exact: true }).waitFor();
    const stopping = { stop: "session", reason: "it mails what a page told it to" };
    expect(sent).toEqual([{ path: "/approvals/deny", body: { approval: idOf("apr", 63), ...stopping } }]);
  });

  test("what leaves is approved once and no further; how far it is, and who is next, is told", async () => {
    await open(`/approvals/${idOf("apr", 60)}`);
    expect(await button("Approve more like it…").count()).toBe(0);
    const standing = page.getByRole("region", { name: "Who answers" });
    for (const text of [
      "1 of 2",
      "petra said yes for carla",
      "on slack",
      "ana, leo",
      "oncall may break the glass",
    ])
      await standing.getByText(text, { exact: false }).first().waitFor();
  });

  test("the glass is broken with a reason only, and somebody else looks at it afterwards", async () => {
    await open(`/approvals/${idOf("apr", 60)}`);
    await button("Break the glass…").click();
    await page.getByLabel("Why nobody can be waited for").fill("need it");
    await button("Break the glass").click();
    await page.getByText("at least 10 letters", { exact: false }).first().waitFor();
    expect(sent).toEqual([]);
    expect(await pages.violations(page)).toEqual([]);
    const reason = "The pager fires and finance is asleep";
    await page.getByLabel("Why nobody can be waited for").fill(reason);
    await button("Break the glass").click();
    await page.getByText("The glass is broken", { exact: false }).first().waitFor();
    expect(sent).toEqual([{ path: "/approvals/break-glass", body: { approval: idOf("apr", 60), reason } }]);
    await page.context().close();
    await open("/approvals");
    await button("I looked at it").click();
    await page.getByLabel("What you found").fill("Right call, and the rule now asks oncall");
    expect(await pages.violations(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "I looked at it" }).click();
    await expect.poll(() => sent.map(({ path }) => path)).toEqual(["/approvals/review"]);
  });
});
