import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PLATFORMS } from "#chat";
import { type ReachServer, whyReached } from "#operations";
import { type CourierHouse, openCourierHouse } from "../support/courier-house.ts";

// T3: a channel that the agent's tools, credentials or reachable hosts can read or post to cannot decide its requests; there
// the card links to the console. Attacked by an agent that holds its approver's mailbox, GitHub and Slack user tokens.

const server = (name: string, more: Partial<ReachServer> = {}): ReachServer => ({
  name,
  package: null,
  transport: "stdio",
  texts: [],
  ...more,
});
const NOBODY = { agents: [], cleared: [] };
const agent = { name: "mailbot" };

describe.each([
  ["slack", server("chat", { package: "@modelcontextprotocol/server-slack" })],
  ["slack", server("work", { transport: "http", texts: ["https://mcp.slack.com/mcp"] })],
  ["slack", server("notes", { texts: ["node", "tools.js", "slack_post_message"] })],
  [
    "github",
    server("code", { transport: "http", texts: ["https://api.githubcopilot.com/mcp/", "github-search"] }),
  ],
  ["email", server("google", { package: "gmail-mcp-server" })],
  ["email", server("agent:mailbot", { transport: "agent", texts: ["send-email"] })],
  ["resend", server("post", { texts: ["read_mail"] })],
  ["telegram", server("web", { package: "@playwright/mcp" })],
  ["teams", server("office", { package: "@softeria/ms-365-mcp-server", texts: ["ms365"] })],
] as const)("%s, and a server that reaches it", (platform, one) => {
  test(`${one.name} ${one.package ?? one.texts.join(" ")}`, () => {
    expect(whyReached({ platform, reach: NOBODY }, agent, [one])).toMatch(/can read or post there/);
    // Whatever an admin said of servers that nothing is known of says nothing of one that is known to reach it.
    const cleared = { agents: [], cleared: [one.name] };
    expect(whyReached({ platform, reach: cleared }, agent, [one])).not.toBeNull();
  });
});

test.each([
  ["slack", server("files", { package: "@modelcontextprotocol/server-filesystem" })],
  [
    "slack",
    server("code", {
      transport: "http",
      texts: ["https://api.githubcopilot.com/mcp/"],
      package: "github-mcp-server",
    }),
  ],
  ["slack", server("agent:otherbot", { transport: "agent", texts: ["slack-post"] })],
  ["slack", server("agent:mailbot", { transport: "agent", texts: ["Bash", "Read", "Edit"] })],
  ["webpush", server("chat", { package: "@modelcontextprotocol/server-slack" })],
] as const)("%s, and a server that does not: %o", (platform, one) => {
  expect(whyReached({ platform, reach: NOBODY }, agent, [one])).toBeNull();
});

test.each(PLATFORMS.map(({ name }) => name))(
  "%s has a word for what reaches it: a browser does, a folder does not",
  (platform) => {
    const ask = (name: string): string | null =>
      whyReached({ platform, reach: NOBODY }, agent, [server("one", { package: name })]);
    expect(ask("@modelcontextprotocol/server-filesystem")).toBeNull();
    // What is answered in the console is answered by whoever is signed in there.
    expect(ask("@playwright/mcp") === null).toBe(platform === "webpush");
  },
);

test("what nothing is known of counts as reach until an admin says who may, and again for what came after", () => {
  const unknown = server("house-tools", { texts: ["python", "house.py", "do_it"] });
  const ask = (reach: { agents: string[]; cleared: string[] }): string | null =>
    whyReached({ platform: "slack", reach }, agent, [unknown]);
  expect(ask(NOBODY)).toMatch(/nobody said/);
  expect(ask({ agents: [], cleared: ["house-tools"] })).toBeNull();
  expect(ask({ agents: ["mailbot"], cleared: ["house-tools"] })).toMatch(/an admin said/);
  expect(ask({ agents: ["*"], cleared: ["house-tools"] })).toMatch(/an admin said/);
  expect(ask({ agents: [], cleared: ["other"] })).toMatch(/nobody said/);
});

describe("an agent that holds its approver's accounts", () => {
  let house: CourierHouse;
  beforeEach(async () => {
    house = await openCourierHouse();
    await house.addChannel("slack");
    await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
    await house.link("petra", "slack", "U-petra");
  });
  afterEach(async () => {
    await house.close();
  });

  async function addSlackServer(): Promise<void> {
    await house.world.ask("ada", "servers.add", {
      name: "slack-user",
      command: ["npx", "slack-mcp"],
      accept: true,
    });
  }

  test("gets a card with nothing to answer there, and a link to the console", async () => {
    await addSlackServer();
    await house.hold();
    await house.settle();
    const [message] = house.open();
    expect(message?.card.buttons).toEqual([]);
    expect(message?.card.typed).toBeNull();
    expect(message?.card.link?.url).toMatch(/^https:\/\/doorward\.example\/approvals\/apr_/);
  });

  test("that came by them after the card was posted finds the old buttons dead, and the card changed", async () => {
    const approval = await house.hold();
    await house.settle();
    const before = structuredClone(house.open().find(({ to }) => to.id === "C1")!);
    expect(before.card.buttons).toHaveLength(3);
    await addSlackServer();
    for (const answer of ["approve", "deny"] as const)
      expect(await house.tap(before, answer, "U-petra")).toMatch(/could read or write here/);
    expect(house.status(approval)).toBe("requested");
    await house.settle();
    expect(house.chats.messages.find(({ id }) => id === before.id)?.card.buttons).toEqual([]);
    expect(await house.world.ask("petra", "approvals.approve", { approval })).toMatchObject({
      status: "approved",
    });
  });

  test("that sends another agent to ask finds nothing to answer there either", async () => {
    await house.world.ask("ada", "channels.set", { channel: "slack", agentsMayReach: ["otto-bot"] });
    await house.board.changed();
    const { agents } = house.world.ids;
    const approval = await house.hold();
    const chain = JSON.stringify({ user: null, agents: [agents["otto"], agents["olga"]] });
    house.world.store.connection.prepare("UPDATE approvals SET chain = ? WHERE id = ?").run(chain, approval);
    await house.settle();
    expect(house.open().map(({ card }) => [card.buttons, card.typed])).toEqual([[[], null]]);
  });

  test("is asked about where nothing is known of a server: a channel is not added without a word", async () => {
    await house.world.ask("ada", "servers.add", { name: "odd", command: ["python", "odd.py"], accept: true });
    const input = { platform: "telegram", secrets: "t" };
    expect(await house.world.ask("ada", "channels.add", input)).toEqual({ fault: "channel_reach_unsaid" });
    expect(
      await house.world.ask("ada", "channels.add", { ...input, agentsMayReach: ["olga-bot"] }),
    ).toMatchObject({ agentsMayReach: ["olga-bot"] });
  });
});
