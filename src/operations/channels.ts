import { z } from "zod";
import { fieldsOfSettings } from "./channel-settings.ts";
import {
  channelDetail,
  channelDetailOf,
  channelShape,
  channelView,
  countsOf,
  findChannel,
} from "./channel-rows.ts";
import { listenerLack } from "./channels-add.ts";
import { channelName } from "./channels-input.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read } from "./operation.ts";

const named = z.object({ name: z.string(), description: z.string() });

const platformShape = z.object({
  name: z.string(),
  title: z.string(),
  buttons: z.boolean().describe("People answer by a button on the card"),
  edits: z.boolean().describe("A card changes once it is decided"),
  inbound: z
    .enum(["connection", "webhook", "none"])
    .describe(
      "connection: Doorward calls out; webhook: the platform must reach its webhook listener; none: links alone",
    ),
  settings: z.array(named.extend({ required: z.boolean() })),
  secrets: z.array(named),
  setup: z.array(z.string()).describe("What a person does at the platform, in order"),
  source: z.string().describe("Where its shapes come from"),
  lacks: z
    .string()
    .nullable()
    .describe("What to set up before a channel can be on it; null: nothing is missing"),
});

export const channelsPlatforms = read({
  name: "channels.platforms",
  summary: "List the platforms that a channel can be on, and what each asks for",
  permission: "channels.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(platformShape) }),
  columns: ["name", "title", "buttons", "edits", "inbound"],
  async run({ channels }) {
    const items = channels.platforms.map((platform) => ({
      name: platform.name,
      title: platform.title,
      buttons: platform.abilities.buttons,
      edits: platform.abilities.edits,
      inbound: platform.abilities.inbound,
      settings: fieldsOfSettings(platform),
      secrets: Object.entries(platform.secrets).map(([name, description]) => ({ name, description })),
      setup: [...platform.setup],
      source: platform.source,
      lacks: listenerLack(channels, platform)?.remedy ?? null,
    }));
    return { items };
  },
});

export const channelsList = read({
  name: "channels.list",
  summary: "List the channels that cards go to, and how they are",
  permission: "channels.read",
  input: z.strictObject(pageInput),
  output: pageOf(channelShape),
  columns: [
    "name",
    "platform",
    "account",
    "state",
    "failingSince",
    "queued",
    "oldestUnsent",
    "links",
    "reason",
  ],
  async run(context, { after, limit }) {
    const rows = await context.store.query
      .selectFrom("channels")
      .selectAll()
      .where("name", ">", keyOfCursor(after))
      .orderBy("name")
      .limit(limit + 1)
      .execute();
    const counts = await countsOf(context);
    return page(rows, limit, {
      item: (row) => channelView(context, row, counts),
      keyOf: (row) => row.name,
    });
  },
});

export const channelsGet = read({
  name: "channels.get",
  summary: "Show one channel: its settings, how much may leave for there, and how it is",
  permission: "channels.read",
  input: z.strictObject({ channel: channelName }),
  output: channelDetail,
  positional: ["channel"],
  isFailure: ({ state }) => state === "down",
  async run(context, { channel }) {
    return channelDetailOf(context, await findChannel(context, channel));
  },
});
