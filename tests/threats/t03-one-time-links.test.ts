import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { operationNamed, perform } from "#operations";
import { type CourierHouse, openCourierHouse } from "../support/courier-house.ts";
import { putCard } from "../support/cards.ts";

// T3 and T10: where a card has no buttons it links to the console. The link is signed, one-time, bound to one request on one
// card, and ends with the request; whoever holds it decides nothing by it, and reads nothing by it.

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
});
afterEach(async () => {
  await house.close();
});

const arrive = (who: string, approval: string, link: string, dryRun?: boolean) =>
  house.world.ask(who, "approvals.arrive", { approval, link }, dryRun);
const NOTHING = { approval: "", link: "" };
const linkIn = (url: string | undefined): string => new URL(url ?? "").searchParams.get("link") ?? "";
const decidedEntry = () => house.world.kept.findLast(({ kind }) => kind === "approval.decided");

/** A request whose card, which can only be answered in the console, stands where petra alone reads. */
async function linkOnly(approvals = 1): Promise<readonly { approval: string; link: string }[]> {
  await house.addChannel("email");
  await house.world.ask("ada", "channels.route", {
    user: "petra",
    channel: "email",
    place: "petra@example.com",
  });
  const ids: string[] = [];
  for (let n = 0; n < approvals; n += 1) ids.push(await house.hold());
  await house.settle();
  return ids.map((approval) => {
    const card = house.open().find(({ card: { link } }) => link?.url.includes(approval) === true)?.card;
    expect(card?.buttons).toEqual([]);
    return { approval, link: linkIn(card?.link?.url) };
  });
}

describe("a card's one-time link", () => {
  test("opened by whom it was sent to: the decision names the card it came from", async () => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    expect(link).toMatch(/^dw1\.l\.[A-Za-z0-9_-]{22}$/);
    const came = await arrive("petra", approval, link);
    expect(came).toMatchObject({ state: "counted", channel: "email", message: "m1", usedBy: "petra" });
    expect(house.world.kept.at(-1)).toMatchObject({
      kind: "approval.arrived",
      body: { approval, channel: "email", post: came["post"], message: "m1" },
    });
    expect(house.status(approval)).toBe("requested");
    const end = await house.world.ask("petra", "approvals.approve", { approval });
    const from = { channel: "email", tenant: null, platformUser: null, message: "m1", post: came["post"] };
    expect(end).toMatchObject({ status: "approved", decisions: [{ from }] });
    expect(decidedEntry()?.body).toMatchObject({ from });
  });

  test("not opened: a decision in the console names no card", async () => {
    const [{ approval } = NOTHING] = await linkOnly();
    await house.world.ask("petra", "approvals.deny", { approval });
    expect(decidedEntry()?.body).toMatchObject({ from: null });
  });

  test("opened twice in one sign-in is the same opening; in another it proves nothing and names nothing", async () => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    const first = await arrive("petra", approval, link);
    const entries = house.world.kept.length;
    expect(await arrive("petra", approval, link)).toEqual(first);
    expect(house.world.kept).toHaveLength(entries);
    const elsewhere = house.world.as("petra", { credential: "another sign-in" });
    const again = await perform(elsewhere, {
      operation: operationNamed("approvals.arrive"),
      input: { approval, link },
      dryRun: false,
    });
    expect(again).toMatchObject({ output: { state: "used", usedBy: "petra" } });
    await perform(elsewhere, {
      operation: operationNamed("approvals.deny"),
      input: { approval },
      dryRun: false,
    });
    expect(decidedEntry()?.body).toMatchObject({ from: null });
  });

  test("opened at once by several counts for one", async () => {
    await house.addChannel("slack");
    const approval = await house.hold();
    const link = putCard(house.world, approval, "slack", 9);
    const ends = await Promise.all(
      ["petra", "ada", "petra", "ada"].map((who) => arrive(who, approval, link)),
    );
    const counted = new Set(ends.filter(({ state }) => state === "counted").map(({ usedBy }) => usedBy));
    expect(counted.size).toBe(1);
    expect(house.world.kept.filter(({ kind }) => kind === "approval.arrived")).toHaveLength(1);
  });

  test.each([
    ["forged", () => `dw1.l.${"A".repeat(22)}`],
    [
      "one letter off",
      (link: string) => link.slice(0, -2) + (link.at(-2) === "A" ? "B" : "A") + link.slice(-1),
    ],
    ["a tap's token", (link: string) => link.replace(".l.", ".a.")],
    ["empty", () => ""],
    ["of SQL", () => "' OR 1=1 --"],
  ])("%s shows nothing and decides nothing", async (_what, made) => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    const entries = house.world.kept.length;
    expect(await arrive("petra", approval, made(link))).toEqual({ fault: "link_unknown" });
    expect(house.world.kept).toHaveLength(entries);
    expect(house.status(approval)).toBe("requested");
  });

  test("of another request, or sent to another person, is unknown, and stays good for its own", async () => {
    const [one = NOTHING, other = NOTHING] = await linkOnly(2);
    expect(one.link).not.toBe(other.link);
    expect(await arrive("petra", one.approval, other.link)).toEqual({ fault: "link_unknown" });
    expect(await arrive("ada", one.approval, one.link)).toEqual({ fault: "link_unknown" });
    expect(await arrive("petra", one.approval, one.link)).toMatchObject({ state: "counted" });
  });

  test("gives nobody a right: who may not see the request hears of none, and who may not answer answers nothing", async () => {
    await house.addChannel("slack");
    const approval = await house.hold();
    const link = putCard(house.world, approval, "slack", 9);
    // otto is neither its owner nor an approver.
    expect(await arrive("otto", approval, link)).toEqual({ fault: "approval_unknown" });
    // olga owns the agent: she may look.
    expect(await arrive("olga", approval, link)).toMatchObject({ state: "counted" });
    expect(await house.world.ask("olga", "approvals.approve", { approval })).toHaveProperty("fault");
    expect(house.status(approval)).toBe("requested");
  });

  test("ends with its request", async () => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    await house.world.ask("petra", "approvals.deny", { approval });
    expect(await arrive("petra", approval, link)).toMatchObject({ state: "over", usedAt: null });
    const late = await house.hold();
    const made = putCard(house.world, late, "email", 9);
    house.world.ambient.advance(48 * 3_600_000);
    expect(await arrive("petra", late, made)).toMatchObject({ state: "over", usedAt: null });
  });

  test("is not used by a dry run", async () => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    expect(await arrive("petra", approval, link, true)).toHaveProperty("would");
    expect(await arrive("petra", approval, link)).toMatchObject({ state: "counted" });
  });

  test("stays the same over an edit and a restart, and typed or tapped it is silence", async () => {
    const [{ approval, link } = NOTHING] = await linkOnly();
    house = await house.restarted();
    expect(await house.type(link, "petra@example.com", "email")).toBeNull();
    expect(await arrive("petra", approval, link)).toMatchObject({ state: "counted" });
  });
});

test("each request of a card with several has a link of its own", async () => {
  await house.addChannel("slack");
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  const approvals = [await house.hold(["finance"], null, true), await house.hold(["finance"], null, true)];
  house.world.ambient.advance(250);
  await house.settle();
  const [message] = house.open();
  expect(message?.card.link).toBeNull();
  const urls = message?.card.sections.flatMap((one) => (one.kind === "item" ? [one.link?.url] : [])) ?? [];
  expect(new Set(urls.map((url) => new URL(url ?? "").pathname))).toEqual(
    new Set(approvals.map((approval) => `/approvals/${approval}`)),
  );
  for (const url of urls) {
    const approval = new URL(url ?? "").pathname.split("/").at(-1) ?? "";
    expect(await arrive("petra", approval, linkIn(url))).toMatchObject({ state: "counted", approval });
  }
});
