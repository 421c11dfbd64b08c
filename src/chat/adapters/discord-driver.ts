import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Card } from "#cards";
import { type Driver, type HostGiven, setting, type Tell, TooLong } from "./driver.ts";
import type { SentRequest } from "./lines.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, at, construct, type SdkAdapter, textAt } from "./sdk.ts";
import { buttonRows, type Line, linesOf, runsOn } from "./written.ts";

/**
 * Discord by `@chat-adapter/discord`. A card is one embed: mentions in it call nobody, and `allowed_mentions` forbids the
 * rest. Its text is Discord's Markdown, in which a backslash makes a letter of any sign. Shapes and limits:
 * docs.discord.com/developers/resources/message (embed description 4,096; `nonce` 25 characters, with `enforce_nonce` a second
 * message of the same is not made), .../components/reference (5 rows of 5 buttons, `custom_id` 100),
 * .../interactions/receiving-and-responding (signature, follow-up messages).
 */
const TEXT_LENGTH_MAX = 4_096;
const ROWS_MAX = 5;
const ROW_BUTTONS_MAX = 5;
const NONCE_LENGTH = 25;
const EPHEMERAL = 64;
/** Discord names no window; five minutes are what others use. */
const AGE_MS_MAX = 300_000;
const EPOCH_MS = 1_420_070_400_000;
/** Node's longest timer: a listener that is told to end is begun anew with the process. */
const LISTEN_MS = 2_147_483_647;
const AGAIN_FIRST_MS = 5_000;
/** A thousand sessions a day are what Discord allows. */
const AGAIN_MS_MAX = 300_000;
const [ACTION_ROW, BUTTON] = [1, 2];
const STYLES = { approve: 3, deny: 4, plain: 2 } as const;

export const discordDriver: Driver = {
  package: "@chat-adapter/discord",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    if (url === null) return { hosts: ["discord.com", "discord.gg"], origins: [] };
    return { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given, load) => {
    const url = setting(given, "apiUrl");
    // The gateway's client takes its address from here alone.
    if (url !== null)
      Reflect.set(
        Object(at(load("@discordjs/rest"), "DefaultRestOptions")),
        "api",
        url.replace(/\/v\d+$/, ""),
      );
    return adapterOf(
      construct(packages, "DiscordAdapter", {
        botToken: given.secrets["botToken"],
        publicKey: setting(given, "publicKey") ?? "0".repeat(64),
        applicationId: setting(given, "applicationId"),
        ...(url === null ? {} : { apiUrl: url }),
      }),
    );
  },
  probe: async (adapter, given) => {
    const me = await called(adapter, "/users/@me", "GET");
    const id = textAt(me, "id");
    if (id === null) throw new Error("Discord named no user for this token");
    return { id, name: textAt(me, "username") ?? id, tenant: setting(given, "guildId") };
  },
  render: (card) => ({
    embeds: [{ description: described(card), color: colourOf(card) }],
    components: componentsOf(card),
  }),
  plain: (text) => ({ embeds: [{ description: bounded(escaped(text)) }] }),
  room: (id, given) => `discord:${setting(given, "guildId") ?? "@me"}:${id}`,
  // A message is named by the channel it stands in, which of a thread is the thread.
  conversation: (thread) => `discord:${thread.split(":").at(-1) ?? ""}`,
  roomOf: (thread) => thread.split(":").at(-1) ?? "",
  post: async (adapter, thread, message, key) => {
    const channel = thread.split(":").at(-1) ?? "";
    const once = key === null ? {} : { nonce: nonceOf(key), enforce_nonce: true };
    const sent = await called(adapter, `/channels/${channel}/messages`, "POST", {
      ...quiet(message),
      ...once,
    });
    return textAt(sent, "id");
  },
  edit: async (adapter, thread, id, message) => {
    const channel = thread.split(":").at(-1) ?? "";
    await called(adapter, `/channels/${channel}/messages/${id}`, "PATCH", quiet(message));
  },
  whisper: async (adapter, { thread, raw }, message) => {
    const [application, token] = [textAt(raw, "application_id"), textAt(raw, "token")];
    const path =
      token === null
        ? `/channels/${thread.split(":").at(-1) ?? ""}/messages`
        : `/webhooks/${application}/${token}`;
    await called(
      adapter,
      path,
      "POST",
      token === null ? quiet(message) : { ...quiet(message), flags: EPHEMERAL },
    );
  },
  screen: aged,
  tap: ({ user, raw }) => {
    const id = textAt(raw, "id") ?? "0";
    return {
      event: `interaction.${id}`,
      user: { id: user.userId, tenant: textAt(raw, "guild_id"), name: user.fullName },
      at: timeOf(id),
    };
  },
  words: ({ id, author, metadata, raw }) => ({
    event: `message.${id}`,
    user: { id: author.userId, tenant: textAt(raw, "guild_id"), name: author.fullName },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "content") ?? "",
  }),
  connect: gateway,
};

async function gateway(adapter: SdkAdapter, _given: HostGiven, tell: Tell): Promise<void> {
  const info = (words: string): void => {
    if (words === "Discord Gateway connected") tell("up", null);
  };
  const error = (words: string, about?: unknown): void => {
    if (words.startsWith("Discord Gateway")) tell("down", `${words}: ${textAt(about, "error") ?? ""}`);
  };
  const logger = { info, error, debug: () => {}, warn: () => {}, child: () => logger };
  Reflect.set(adapter, "logger", logger);
  // What cannot be connected can still be posted to: the process stays.
  for (let failures = 0; ; failures += 1) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await ask(adapter, "startGatewayListener", { waitUntil: resolve }, LISTEN_MS);
    await promise;
    tell("down", "Discord's gateway ended; it is opened again");
    await wait(Math.min(AGAIN_MS_MAX, AGAIN_FIRST_MS * 2 ** failures));
  }
}

async function called(adapter: SdkAdapter, path: string, method: string, body?: object): Promise<unknown> {
  const answer = await ask(adapter, "discordFetch", path, method, body);
  return answer instanceof Response && answer.status !== 204 ? answer.json() : null;
}

function quiet(message: unknown): object {
  return { ...(typeof message === "object" ? message : {}), allowed_mentions: { parse: [] } };
}

function described(card: Card): string {
  const text = linesOf(card, false).map(writtenLine).join("");
  return bounded(text);
}

function writtenLine(line: Line): string {
  const letters = escaped(line.text);
  if (line.kind === "title" || line.kind === "status" || line.kind === "label")
    return `**${letters.trimEnd()}**${runsOn(line) ? " " : "\n"}`;
  // Ours: whole, and shown as what it is.
  if (line.kind === "link") return `${line.text}\n`;
  return runsOn(line) ? letters : `${letters}\n`;
}

function bounded(text: string): string {
  if (text.length > TEXT_LENGTH_MAX) throw new TooLong("letters", text.length, TEXT_LENGTH_MAX);
  return text;
}

function escaped(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

const COLOURS: Partial<Record<string, number>> = { open: 0xf2a900, approved: 0x2e7d32, denied: 0xb3261e };

function colourOf({ status }: Card): number {
  return COLOURS[status.kind] ?? 0x6b7280;
}

function componentsOf(card: Card): object[] {
  const rows = buttonRows(card).flatMap((row) =>
    Array.from({ length: Math.ceil(row.length / ROW_BUTTONS_MAX) }, (_, nth) =>
      row.slice(nth * ROW_BUTTONS_MAX, (nth + 1) * ROW_BUTTONS_MAX),
    ),
  );
  if (rows.length > ROWS_MAX) throw new TooLong("rows of buttons", rows.length, ROWS_MAX);
  return rows.map((row) => ({
    type: ACTION_ROW,
    components: row.map(({ label, style, token }) => ({
      type: BUTTON,
      style: STYLES[style],
      label,
      custom_id: token,
    })),
  }));
}

function nonceOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, NONCE_LENGTH);
}

/** Milliseconds since the Unix epoch in a snowflake: docs.discord.com/developers/reference#snowflakes. */
function timeOf(id: string): number {
  return /^\d{1,20}$/.test(id) ? Number(BigInt(id) >> 22n) + EPOCH_MS : EPOCH_MS;
}

/** The adapter verifies the signature, which covers the time, and does not look at the time. */
function aged({ headers }: SentRequest, now: number): number | null {
  const seconds = Number(headers["x-signature-timestamp"] ?? Number.NaN);
  return Math.abs(now - seconds * 1000) <= AGE_MS_MAX ? null : 401;
}
