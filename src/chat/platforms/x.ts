import { z } from "zod";
import { channelRefused, channelUnreachable } from "../faults.ts";
import { type Caller, createCaller, textAt, type Told } from "../http.ts";
import { type OAuth1Keys, oauth1Header } from "../oauth1.ts";
import { fitting, plainCard } from "../plain.ts";
import type { ChatOutside, Given, Platform } from "../platform.ts";
import type { Channel, ChannelAccount, PlatformAbilities } from "../port.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { receive } from "./x-answers.ts";

const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: false,
  buttonsMax: 0,
  // "Direct Messages: 10,000 characters", which are counted as X weighs them: some count double.
  textMax: 4_000,
  inbound: "webhook",
};

const settings = z.object({
  api: z
    .url()
    .default("https://api.x.com")
    .describe("Address of the X API; another one only in tests or behind a gateway of yours"),
  allowPrivate: z.boolean().default(false).describe("That address is on this machine or a private network"),
});

/**
 * X direct messages by API v2, signed with OAuth 1.0a: those tokens do not run out, so that nothing has to be kept anew.
 * Shapes: docs.x.com (Manage Direct Messages, Account Activity API: webhooks, challenge-response checks).
 */
export const x: Platform = {
  name: "x",
  title: "X",
  abilities: ABILITIES,
  settings,
  secrets: {
    consumerKey: "API key of the app (developer.x.com > the app > Keys and tokens)",
    consumerSecret: "API key secret of the app; it also signs what X sends",
    token: "Access token of Doorward's own account, with the right to direct messages",
    tokenSecret: "Access token secret of that account",
  },
  setup: [
    "Make an account for Doorward on X and an app with the right to read and write direct messages.",
    "Register {webhook} as the app's webhook and subscribe the account to its activity: X asks it to prove itself, and Doorward does.",
    "Each person writes to the account, or allows messages from it; their numeric id is the place to post to.",
  ],
  source: "docs.x.com: Direct Messages (API v2), Account Activity API, OAuth 1.0a",
  open: async (given) => openX(given),
};

function openX({ settings: given, secrets, outside }: Given): Channel {
  const { api, allowPrivate } = settingsOf(settings, given);
  const keys = {
    consumerKey: secretOf(secrets, "consumerKey"),
    consumerSecret: secretOf(secrets, "consumerSecret"),
    token: secretOf(secrets, "token"),
    tokenSecret: secretOf(secrets, "tokenSecret"),
  };
  const { ambient } = outside;
  const call = signing(keys, { api, allowPrivate }, outside);
  const write = async (
    { kind, id }: { readonly kind: "room" | "person"; readonly id: string },
    text: string,
  ): Promise<string> => {
    const to = kind === "person" ? `with/${encodeURIComponent(id)}` : encodeURIComponent(id);
    const { json } = await call({
      method: "POST",
      path: `/2/dm_conversations/${to}/messages`,
      json: { text },
    });
    const event = textAt(json, "data", "dm_event_id");
    if (event === null) throw channelUnreachable("X names no message for what it took");
    return event;
  };
  const say: Channel["say"] = async (to, text) => {
    await write(to, fitting(text, ABILITIES.textMax));
  };
  return {
    probe: async () => whoAmI(call),
    post: async (to, card) => ({
      place: to,
      id: await write(to, plainCard(card, { typed: true, textMax: ABILITIES.textMax })),
    }),
    edit: async () => {
      throw channelRefused("X changes no direct message", "Nothing to do: a late code is answered in words.");
    },
    say,
    listen: async (inbox) => inbox.state("up", null),
    receive: async (request, inbox) =>
      receive(request, inbox, {
        consumerSecret: keys.consumerSecret,
        // The part before the hyphen of an access token is its account's id ("370773112-...").
        self: keys.token.slice(0, keys.token.indexOf("-")),
        now: ambient.now(),
        say,
      }),
    close: async () => {},
  };
}

/** The API, each request signed with a nonce and time of its own. */
function signing(
  keys: OAuth1Keys,
  { api, allowPrivate }: z.infer<typeof settings>,
  { ambient, egress }: ChatOutside,
): Caller {
  const base = api.replace(/\/+$/, "");
  const send = createCaller({
    egress,
    title: "X",
    base,
    allowPrivate,
    headers: {},
    secrets: Object.values(keys),
    pauseOf: (told) => untilReset(told),
  });
  return (asked) => {
    const nonce = Buffer.from(ambient.random(16)).toString("hex");
    const request = {
      method: asked.method,
      url: new URL(`${base}${asked.path}`),
      nonce,
      seconds: Math.floor(ambient.now() / 1_000),
    };
    return send({ ...asked, headers: { authorization: oauth1Header(keys, request) } });
  };
}

async function whoAmI(call: Caller): Promise<ChannelAccount> {
  const { json } = await call({ method: "GET", path: "/2/users/me" });
  const [id, name] = [textAt(json, "data", "id"), textAt(json, "data", "username")];
  if (id === null || name === null) throw channelUnreachable("X does not say who we are");
  return { id, name, tenant: null };
}

/** "x-rate-limit-reset: the time when the rate limit will reset, in UTC epoch seconds", against X's own clock. */
function untilReset({ headers }: Told): number | null {
  const [reset, now] = [Number(headers["x-rate-limit-reset"]), Date.parse(headers["date"] ?? "")];
  return Number.isFinite(reset - now) ? Math.max(reset * 1_000 - now, 0) : null;
}
