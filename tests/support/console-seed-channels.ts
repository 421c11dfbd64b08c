import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering } from "./console-seed-base.ts";

type Channel = OutputOf<"channels.list">["items"][number];

const channel = (name: string, over: Partial<Channel>): Channel => ({
  name,
  platform: name,
  account: "Doorward in T0ACME",
  tenants: ["T0ACME"],
  privacy: "decisive",
  withheld: [],
  agentsMayReach: [],
  answers: "buttons",
  inbound: "connection",
  state: "up",
  reason: null,
  failingSince: null,
  queued: 0,
  oldestUnsent: null,
  links: 3,
  addedAt: ago(864_000),
  ...over,
});

const CHANNELS: readonly Channel[] = [
  channel("slack", {}),
  channel("sms", {
    platform: "twilio",
    account: "+49 30 5550100",
    tenants: [],
    answers: "codes",
    inbound: "webhook",
    state: "down",
    reason: "twilio: no answer within 15 s",
    failingSince: ago(600),
    queued: 2,
    oldestUnsent: ago(190),
    links: 1,
  }),
];

const LINKS: OutputOf<"channels.links">["items"] = [
  {
    channel: "slack",
    user: "admin",
    account: "U0ADA",
    name: "Ada",
    tenant: "T0ACME",
    verifiedBy: "code",
    verifiedAt: ago(7_200),
  },
  {
    channel: "sms",
    user: "ben",
    account: "+49 171 5550123",
    name: "",
    tenant: null,
    verifiedBy: "code",
    verifiedAt: ago(90_000),
  },
];

const ROUTES: OutputOf<"channels.routes">["items"] = [
  { for: "group:finance", channel: "slack", place: "room:C0FINANCE", preference: 0, changedAt: ago(3_600) },
  {
    for: "group:finance",
    channel: "sms",
    place: "person:+49 171 5550123",
    preference: 1,
    changedAt: ago(3_500),
  },
];

const platform = (
  name: string,
  title: string,
  inbound: "connection" | "webhook" | "none",
): OutputOf<"channels.platforms">["items"][number] => ({
  name,
  title,
  buttons: true,
  edits: true,
  inbound,
  settings: [],
  secrets: [],
  setup: [],
  source: "its documentation",
  lacks: null,
});

/** Two channels, one of them down, with people on both. */
export const CHANNEL_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/channels", answering("channels.list", () => ({ items: [...CHANNELS], next: null }))],
  ["/channels/links", answering("channels.links", () => ({ items: LINKS }))],
  ["/channels/routes", answering("channels.routes", () => ({ items: ROUTES }))],
  [
    "/channels/platforms",
    answering("channels.platforms", () => ({
      items: [
        platform("slack", "Slack", "connection"),
        platform("twilio", "SMS (Twilio)", "webhook"),
        platform("webpush", "Web push", "none"),
      ],
    })),
  ],
];
