// Telegram as a bot sees it. Methods, updates and errors: core.telegram.org/bots/api (getMe, getUpdates, sendMessage,
// editMessageText, answerCallbackQuery, Update, CallbackQuery, ResponseParameters); updates as recorded in
// github.com/vercel/chat at c4f709f, packages/integration-tests/fixtures/replay/telegram.json.
import type { WebhookRequest } from "#chat";
import type { Circumstances, Deed, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { rowOf, type SdkPlatform } from "./sdk.ts";

const [ROOM, ADA, BOT] = ["-1001234567890", "7527593", 8_765_336_106];
const SECRETS = { botToken: "8765336106:AAF-secret-secret-secret", secretToken: "word_of_ours" };
const POLL_MS_MAX = 20_000;

export const telegramTraits = (mode: "polling" | "webhook"): Traits => ({
  abilities: { ...rowOf("telegram").abilities, inbound: mode === "polling" ? "connection" : "webhook" },
  tenants: false,
  dated: false,
  webhook: mode === "webhook",
  secretOnly: true,
  words: true,
  idempotent: false,
  autolinks: true,
});

interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
}

export async function openTelegram(mode: "polling" | "webhook"): Promise<SdkPlatform> {
  let shown: Shown[] = [];
  let [messages, updates] = [100, 1_000];
  let last: object | WebhookRequest | null = null;
  const queue: object[] = [];
  const pollers = new Set<() => void>();
  const put = (call: Call, id: string): Shown => {
    const chat = String(call.json?.["chat_id"]);
    const place =
      chat === ADA ? ({ kind: "person", id: ADA } as const) : ({ kind: "room", id: chat } as const);
    return { ref: { place, id: `telegram:${chat} ${chat}:${id}` }, ...render(call.json ?? {}) };
  };
  const poll = async (call: Call): Promise<Reply> => {
    const offset = Number(call.json?.["offset"] ?? 0);
    if (queue.length === 0)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          pollers.delete(done);
          resolve(clearTimeout(timer));
        };
        const timer = setTimeout(done, POLL_MS_MAX);
        pollers.add(done);
      });
    const due = queue.splice(0).filter((one) => Number(Reflect.get(one, "update_id")) >= offset);
    return ok(due);
  };
  const route = (call: Call): Reply | Promise<Reply> => {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(call.url.pathname) ?? [];
    if (token !== SECRETS.botToken) return REVOKED;
    if (method === "getUpdates") return poll(call);
    if (method === "getMe")
      return ok({ id: BOT, is_bot: true, first_name: "Doorward", username: "doorward_bot" });
    if (method === "sendMessage") {
      messages += 1;
      shown.push(put(call, String(messages)));
      return ok(messageOf(call, String(messages)));
    }
    if (method !== "editMessageText") return ok(true);
    const id = String(call.json?.["message_id"]);
    const at = shown.findIndex(({ ref }) => ref.id.endsWith(`:${id}`));
    if (at < 0) return badRequest("Bad Request: message to edit not found");
    shown[at] = put(call, id);
    return ok(messageOf(call, id));
  };
  const server = await openLocal({
    route,
    fails: ({ url }) => /\/(?:sendMessage|editMessageText|getMe)$/.test(url.pathname),
    writes: ({ url }) => /\/(?:sendMessage|editMessageText)$/.test(url.pathname),
    replies: {
      rate: {
        status: 429,
        json: {
          ok: false,
          error_code: 429,
          description: "Too Many Requests",
          parameters: { retry_after: 7 },
        },
      },
      error: { status: 500, json: { ok: false, error_code: 500, description: "Internal Server Error" } },
      revoked: { status: 401, json: { ok: false, error_code: 401, description: "Unauthorized" } },
      hollow: { status: 200, json: { ok: true } },
    },
  });
  const deliver = (update: object): WebhookRequest | null => {
    if (mode === "webhook") return null;
    queue.push(update);
    for (const wake of pollers) wake();
    return null;
  };
  return {
    settings: { mode, apiUrl: server.origin },
    secrets: SECRETS,
    reset: () => {
      shown = [];
    },
    close: async () => {
      for (const wake of pollers) wake();
      await server.close();
    },
    rig: {
      place: { kind: "room", id: ROOM },
      user: ADA,
      platform: {
        shown: async () => shown,
        writes: server.writes,
        failNext: server.failNext,
        does: async (deed, how = {}) => {
          updates += 1;
          messages += 1;
          const update = { update_id: updates, ...updateOf(deed, messages) };
          last = mode === "webhook" ? requestOf(update, how) : update;
          return mode === "webhook" ? requestOf(update, how) : deliver(update);
        },
        again: async () => {
          if (last === null) return null;
          if ("headers" in last) return last;
          updates += 1;
          return deliver({ ...last, update_id: updates });
        },
        answered: () => {},
        forget: ({ id }) => {
          shown = shown.filter(({ ref }) => ref.id !== id);
        },
      },
    },
  };
}

const ok = (result: unknown): Reply => ({ status: 200, json: { ok: true, result } });

const messageOf = (call: Call, id: string): object => ({
  message_id: Number(id),
  date: Math.floor(Date.now() / 1000),
  chat: { id: Number(call.json?.["chat_id"]), type: "private" },
  from: { id: BOT, is_bot: true, first_name: "Doorward", username: "doorward_bot" },
  text: call.json?.["text"],
});

const REVOKED: Reply = { status: 401, json: { ok: false, error_code: 401, description: "Unauthorized" } };

function badRequest(description: string): Reply {
  return { status: 400, json: { ok: false, error_code: 400, description } };
}

function updateOf(deed: Deed, id: number): object {
  const from = { id: Number(deed.user), is_bot: false, first_name: "Ada", username: "ada_of_ours" };
  const date = Math.floor(Date.now() / 1000);
  if (deed.kind === "words")
    return { message: { message_id: id, from, chat: { ...from, type: "private" }, date, text: deed.text } };
  const [chat = "", message = ""] = (deed.on.id.split(" ")[1] ?? "").split(":");
  return {
    callback_query: {
      id: `43200000${id}`,
      from,
      message: {
        message_id: Number(message),
        from: { id: BOT, is_bot: true, first_name: "Doorward" },
        chat: { id: Number(chat), type: "supergroup", title: "Room" },
        date,
        text: "…",
      },
      chat_instance: "-1",
      data: deed.token,
    },
  };
}

function requestOf(update: object, how: Circumstances): WebhookRequest {
  const secret = how.forged === true ? "another_word" : SECRETS.secretToken;
  const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret };
  return { method: "POST", url: "/hooks/telegram", headers, body: Buffer.from(JSON.stringify(update)) };
}

/**
 * Text as clients show it: entities as given, and those that Telegram finds by itself outside code: mentions, commands,
 * links (core.telegram.org/bots/api#messageentity). A word joiner has no width.
 */
function render(
  json: Readonly<Record<string, unknown>>,
): Pick<Shown, "text" | "buttons" | "links" | "mentions"> {
  if (json["parse_mode"] !== undefined) throw new Error("a parse mode makes mark-up of letters");
  const text = String(json["text"]);
  const entities = (json["entities"] ?? []) as Entity[];
  const isCode = (at: number): boolean =>
    entities.some(({ type, offset, length }) => type !== "bold" && at >= offset && at < offset + length);
  const open = (pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].filter(({ index }) => !isCode(index)).map(([found]) => found);
  const rows = (
    (json["reply_markup"] as { inline_keyboard?: Button[][] } | undefined)?.inline_keyboard ?? []
  ).flat();
  for (const { callback_data: data } of rows)
    if (Buffer.byteLength(data) > 64) throw new Error("BUTTON_DATA_INVALID");
  return {
    text: text.replaceAll("\u2060", ""),
    buttons: rows.map(({ text: label, callback_data: token }) => ({ label, token })),
    links: open(/https?:\/\/\S+/g).map((url) => ({ text: url, url })),
    mentions: [...open(/@\w{3,32}/g), ...open(/(?<!\S)\/\w+/g), ...open(/#\w+/g)],
  };
}

interface Button {
  readonly text: string;
  readonly callback_data: string;
}
