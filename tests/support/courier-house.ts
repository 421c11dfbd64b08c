import { type ChatOutside, PLATFORMS } from "#chat";
import type { Caller } from "#identity";
import { type Courier, createCourier, createSwitchboard, type Switchboard } from "#courier";
import type { OperationContext } from "#operations";
import { fakeWorld, type FakeMessage, type FakeWorld, tapOn, wordsOf } from "./channels.ts";
import { holdAction, openWorld, type World } from "./operations.ts";

/** A courier over a world of operations and fake platforms: what comes in and goes out is looked at there. */
export interface CourierHouse {
  readonly world: World;
  readonly chats: FakeWorld;
  readonly courier: Courier;
  readonly board: Switchboard;
  readonly reports: string[];
  /** The same store under another process: what is in memory only is gone. */
  readonly restarted: () => Promise<CourierHouse>;
  /** Looks until nothing is left to do at this moment. */
  readonly settle: () => Promise<void>;
  /** Holds one action of olga's agent for these groups; answers the approval's id. */
  readonly hold: (groups?: readonly string[], user?: string | null, isTogether?: boolean) => Promise<string>;
  readonly addChannel: (platform: string, more?: object) => Promise<void>;
  readonly link: (user: string, channel: string, account: string) => Promise<void>;
  readonly tap: (
    message: FakeMessage,
    style: "approve" | "deny",
    account: string,
    more?: object,
  ) => Promise<string | null>;
  readonly type: (text: string, account: string, channel: string) => Promise<string | null>;
  readonly status: (approval: string) => string;
  readonly open: () => readonly FakeMessage[];
  readonly close: () => Promise<void>;
}

/** `real`: platforms that are none of ours, and what they are reached through. */
export async function openCourierHouse(real?: Pick<ChatOutside, "egress">): Promise<CourierHouse> {
  const world = await openWorld();
  const chats = fakeWorld();
  return houseOver(world, chats, real);
}

const nowhere = async (): Promise<never> => Promise.reject(new Error("nothing is reached from here"));

async function houseOver(
  world: World,
  chats: FakeWorld,
  real?: Pick<ChatOutside, "egress">,
): Promise<CourierHouse> {
  const { store, ambient } = world;
  const reports: string[] = [];
  const report = (event: string, detail: unknown): void =>
    void reports.push(
      `${event}: ${detail instanceof Error ? (detail.stack ?? detail.message) : String(detail)}`,
    );
  const { keys, journal } = world.as("ada");
  const board = createSwitchboard({
    ambient,
    store,
    keys,
    chat: {
      ambient,
      egress: real?.egress ?? {
        request: nowhere,
        fetch: () => nowhere,
        connect: nowhere,
        close: async () => {},
      },
      directory: "/nowhere",
    },
    platforms: real === undefined ? chats.platforms : PLATFORMS,
    hooksUrl: "https://hooks.example",
    report,
  });
  const contextOf = (caller: Caller): OperationContext => ({ ...world.as("ada"), channels: board, caller });
  const courier = createCourier({
    ambient,
    store: store.relaxed,
    journal: { ...journal, ...world.commits },
    keys,
    board,
    contextOf,
    console: () => "https://doorward.example",
    report,
  });
  await board.start((channel, inbound) => courier.hear(channel, inbound));
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 12; n += 1) await courier.turn();
  };
  const ask = async (user: string, operation: string, input: object): Promise<Record<string, unknown>> => {
    const answer = await world.ask(user, operation, input);
    await board.changed();
    return answer;
  };
  const channelOf = (message: FakeMessage): string => nameOf(message.channel);
  const nameOf = (at: string): string =>
    board.rows().find((row) => `${row.platform}/${JSON.parse(row.settings).bot}` === at)?.name ?? at;
  return {
    world,
    chats,
    courier,
    board,
    reports,
    restarted: async () => {
      await courier.close();
      await board.close();
      return houseOver(world, chats, real);
    },
    settle,
    hold: async (groups = ["finance"], user = null, isTogether = false) => {
      const agent = {
        id: String(world.ids.agents["olga"]),
        name: "olga-bot",
        session: String(world.ids.sessions["olga"]),
      };
      const { approval } = await holdAction({ store, ambient, journal }, agent, groups, { user });
      // Its card waits a moment for company.
      if (!isTogether) ambient.advance(250);
      return approval;
    },
    addChannel: async (platform, more = {}) => {
      const added = await ask("ada", "channels.add", {
        platform,
        secrets: "s3cret",
        agentsMayReach: ["none"],
        privacy: "full",
        ...more,
      });
      if (added["fault"] !== undefined) throw new Error(JSON.stringify(added["fault"]));
    },
    link: async (user, channel, account) => {
      const { send, fault } = await ask(user, "channels.link", { channel });
      if (fault !== undefined) throw new Error(JSON.stringify(fault));
      const platform = board.row(channel)?.platform;
      await courier.hear(channel, wordsOf(String(send), account, platform === "slack" ? "T1" : null));
    },
    tap: (message, style, account, more = {}) => {
      const tenant = message.channel.startsWith("slack/") ? "T1" : null;
      return courier.hear(channelOf(message), tapOn(message, style, { id: account, tenant }, more));
    },
    type: (text, account, channel) =>
      courier.hear(channel, wordsOf(text, account, board.row(channel)?.platform === "slack" ? "T1" : null)),
    status: (approval) =>
      String(store.connection.prepare("SELECT status FROM approvals WHERE id = ?").get(approval)?.["status"]),
    open: () => chats.messages.filter(({ card }) => card.status.kind === "open"),
    close: async () => {
      await courier.close();
      await board.close();
      const bugs = reports.filter((one) => /^(?:courier|answer|channel)_failed|^channel_unusable/.test(one));
      if (bugs.length > 0) throw new Error(bugs.join("\n"));
    },
  };
}
