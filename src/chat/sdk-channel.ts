import { AdapterProcess } from "./adapters/adapter-process.ts";
import { installAdapter } from "./adapters/install.ts";
import type { Call, Result } from "./adapters/lines.ts";
import { channelRefused, channelUnreachable } from "./faults.ts";
import type { Given, Platform } from "./platform.ts";
import type { Channel, WebhookAnswer, WebhookRequest } from "./port.ts";

/** Largest webhook request that is handed on. */
const BODY_BYTES_MAX = 1024 * 1024;

type Ways = Pick<Platform, "name" | "abilities"> & {
  /** Whether this channel, set up as it is, opens a connection; absent: as the abilities say. */
  readonly connects?: (given: Given) => boolean;
  /** Whether it takes webhook requests. */
  readonly hears: (given: Given) => boolean;
  /** What this set-up cannot do without, of what may be left out: names of settings and secrets. */
  readonly needs?: (given: Given) => readonly string[];
  /** Verification by GET, where the platform has it. */
  readonly asksByGet?: boolean;
};

/**
 * A channel whose platform is spoken to by an adapter of the Chat SDK, in a process of its own. Installs the adapter the
 * first time. Throws `channel_install_failed`, or `channel_refused` where a setting or secret lacks.
 */
export async function openSdkChannel(ways: Ways, given: Given): Promise<Channel> {
  const lacking = (ways.needs?.(given) ?? []).filter((name) => isLacking(given, name));
  if (lacking.length > 0)
    throw channelRefused(
      `as it is set up, the channel lacks ${lacking.join(" and ")}`,
      `See \`doorward channels platforms\` for where to get it, then give it: \`doorward channels add\` or \`set\`.`,
    );
  const directory = await installAdapter(given.outside.directory, ways.name);
  const { settings, secrets, webhook } = given;
  const adapter = new AdapterProcess(
    { platform: ways.name, directory, settings, secrets, webhook },
    given.outside,
  );
  const connects = ways.connects?.(given) ?? ways.abilities.inbound === "connection";
  const act = async (call: Call): Promise<void> => void (await adapter.call(call));
  return {
    probe: async () => accountIn(await adapter.call({ method: "probe" })),
    post: async (to, card, key) => messageIn(await adapter.call({ method: "post", to, card, key })),
    edit: async (message, card) => {
      if (!ways.abilities.edits) throw channelRefused("messages cannot be changed on this platform");
      await act({ method: "edit", message, card });
    },
    say: (to, text, replyTo) => act({ method: "say", to, text, replyTo }),
    listen: async (inbox) => {
      if (connects) await adapter.listen(inbox);
    },
    receive: async (request, inbox) => {
      const refused = ways.hears(given) ? refusal(request, ways.asksByGet === true) : answered(404);
      if (refused !== null) return refused;
      const body = Buffer.from(request.body).toString("base64");
      return answerIn(await adapter.call({ method: "receive", request: { ...request, body } }, inbox));
    },
    close: () => adapter.close(),
  };
}

function isLacking({ settings, secrets }: Given, name: string): boolean {
  return (secrets[name] ?? settings[name] ?? "") === "";
}

function refusal({ method, body }: WebhookRequest, asksByGet: boolean): WebhookAnswer | null {
  if (body.length > BODY_BYTES_MAX) return answered(413);
  if (method === "POST" || (method === "GET" && asksByGet)) return null;
  return { ...answered(405), headers: { allow: asksByGet ? "GET, POST" : "POST" } };
}

function answered(status: number): WebhookAnswer {
  return { status, headers: {}, body: "" };
}

type AnswerTo<Key extends string> = Extract<Result, Readonly<Record<Key, unknown>>>;

function accountIn(result: Result): AnswerTo<"account">["account"] {
  if ("account" in result) return result.account;
  throw confused();
}

function messageIn(result: Result): AnswerTo<"message">["message"] {
  if ("message" in result) return result.message;
  throw confused();
}

function answerIn(result: Result): WebhookAnswer {
  if ("answer" in result) return result.answer;
  throw confused();
}

function confused(): Error {
  return channelUnreachable("the adapter's process answered something else than was asked");
}
