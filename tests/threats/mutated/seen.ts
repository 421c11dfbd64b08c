import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import type { Protocol } from "#llm";

/** A call as a client has it; `isWhole` false: the client threw before the answer ended. */
export interface SeenCall {
  readonly name: string;
  readonly arguments: string;
  readonly isWhole: boolean;
}

export interface Seen {
  readonly calls: readonly SeenCall[];
  readonly text: string;
}

type Fetch = typeof globalThis.fetch;

/** What was answered, told again to each client: as the door sent it, in the same chunks or none. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** As servers send it: the types of the clients promise more. */
interface Open {
  name: string;
  arguments?: string | null;
}

/** Puts calls together as the protocols' clients do, and keeps what it had where the client throws. */
class Gathering {
  readonly open = new Map<string, Open>();
  text = "";
  isWhole = false;

  at(place: string): Open {
    const found = this.open.get(place) ?? { name: "", arguments: "" };
    this.open.set(place, found);
    return found;
  }

  seen(): Seen {
    const calls = [...this.open.values()].map(({ name, arguments: given }) => ({
      name,
      arguments: given ?? "",
      isWhole: this.isWhole,
    }));
    return { calls, text: this.text };
  }
}

type Reading = (fetch: Fetch, gathering: Gathering, isStream: boolean) => Promise<void>;

const OPENAI_BASE = { apiKey: "k", maxRetries: 0, baseURL: "http://127.0.0.1:9/v1" };
const MESSAGES = [{ role: "user" as const, content: "x" }];

const chat: Reading = async (fetch, gathering, isStream) => {
  const client = new OpenAI({ ...OPENAI_BASE, fetch });
  const asked = { model: "m", messages: MESSAGES };
  if (!isStream) return chatWhole(await client.chat.completions.create(asked), gathering);
  for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true }))
    for (const choice of choices ?? []) chatDelta(choice, gathering);
};

function chatDelta({ delta, index }: OpenAI.ChatCompletionChunk.Choice, gathering: Gathering): void {
  gathering.text += delta?.content ?? "";
  for (const call of delta?.tool_calls ?? []) {
    const said = call.function ?? customOf(call);
    add(gathering.at(`${index}/${call.index}`), said);
  }
  if (delta?.function_call) add(gathering.at(`${index}/legacy`), delta.function_call);
}

function add(open: Open, said: { readonly name?: string; readonly arguments?: string }): void {
  open.name += said.name ?? "";
  open.arguments = `${open.arguments ?? ""}${said.arguments ?? ""}`;
}

/** The stream's type has no custom calls; servers send them. */
function customOf(call: object): { readonly name: string; readonly arguments: string } {
  const custom: unknown = Reflect.get(call, "custom");
  const textIn = (name: string): string => {
    const value: unknown = typeof custom === "object" && custom !== null ? Reflect.get(custom, name) : "";
    return typeof value === "string" ? value : "";
  };
  return { name: textIn("name"), arguments: textIn("input") };
}

function chatWhole({ choices }: OpenAI.ChatCompletion, gathering: Gathering): void {
  for (const { message, index } of choices ?? []) {
    gathering.text += message?.content ?? "";
    for (const [at, call] of (message?.tool_calls ?? []).entries()) {
      const { name } = call.type === "custom" ? call.custom : call.function;
      const given = call.type === "custom" ? call.custom.input : call.function.arguments;
      gathering.open.set(`${index}/${at}`, { name, arguments: given });
    }
    if (message?.function_call) gathering.open.set(`${index}/legacy`, { ...message.function_call });
  }
}

/** The accumulator of the same client, which many build on. */
const chatGathered: Reading = async (fetch, gathering, isStream) => {
  if (!isStream) return;
  const client = new OpenAI({ ...OPENAI_BASE, fetch });
  const stream = client.chat.completions.stream({ model: "m", messages: MESSAGES });
  chatWhole(await stream.finalChatCompletion(), gathering);
};

const compatible: Reading = async (fetch, gathering, isStream) => {
  const model = createOpenAICompatible({ name: "d", baseURL: OPENAI_BASE.baseURL, fetch }).chatModel("m");
  await aiSdk(model, gathering, isStream);
};

const claude: Reading = async (fetch, gathering, isStream) => {
  const provider = createAnthropic({ apiKey: "k", baseURL: OPENAI_BASE.baseURL, fetch });
  await aiSdk(provider("m"), gathering, isStream);
};

type Model = ReturnType<ReturnType<typeof createAnthropic>>;

async function aiSdk(
  model: Pick<Model, "doStream" | "doGenerate">,
  gathering: Gathering,
  isStream: boolean,
): Promise<void> {
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "x" }] }];
  if (!isStream) {
    const { content } = await model.doGenerate({ prompt });
    for (const [at, part] of content.entries()) {
      if (part.type === "tool-call" && part.providerExecuted !== true)
        gathering.open.set(`${at}`, { name: part.toolName, arguments: part.input });
      if (part.type === "text") gathering.text += part.text;
    }
    return;
  }
  const { stream } = await model.doStream({ prompt });
  let calls = 0;
  for await (const part of stream) {
    if (part.type === "text-delta") gathering.text += part.delta;
    if (part.type === "tool-call" && part.providerExecuted !== true) {
      calls += 1;
      gathering.open.set(`${calls}`, { name: part.toolName, arguments: part.input });
    }
    if (part.type === "error") throw new Error("the stream said so");
  }
}

const messages: Reading = async (fetch, gathering, isStream) => {
  const client = new Anthropic({ apiKey: "k", maxRetries: 0, fetch });
  const asked = { model: "m", max_tokens: 9, messages: MESSAGES };
  if (!isStream) return blocksOf(await client.messages.create(asked), gathering);
  const stream = client.messages.stream(asked);
  stream.on("streamEvent", (event) => {
    if (event.type === "content_block_start" && event.content_block.type === "tool_use")
      gathering.open.set(`${event.index}`, { name: event.content_block.name, arguments: "" });
  });
  const whole = await stream.finalMessage();
  gathering.open.clear();
  blocksOf(whole, gathering);
};

function blocksOf({ content }: Anthropic.Message, gathering: Gathering): void {
  for (const [at, block] of (content ?? []).entries()) {
    if (block.type === "text") gathering.text += block.text;
    if (block.type !== "tool_use") continue;
    const set = block.toolset_name ?? null;
    const name = set === null ? block.name : `${set}.${block.name}`;
    gathering.open.set(`${at}`, { name, arguments: JSON.stringify(block.input) });
  }
}

const responses: Reading = async (fetch, gathering, isStream) => {
  const client = new OpenAI({ ...OPENAI_BASE, fetch });
  const asked = { model: "m", input: "x" };
  if (!isStream) return itemsOf((await client.responses.create(asked)).output, gathering);
  for await (const event of await client.responses.create({ ...asked, stream: true })) {
    if (event.type === "response.output_text.delta") gathering.text += event.delta;
    if (event.type === "response.output_item.done") itemsOf([event.item], gathering);
    if (event.type === "response.completed") itemsOf(event.response.output, gathering);
  }
};

const BUILT_IN: Readonly<Record<string, string>> = {
  local_shell_call: "openai.local_shell",
  shell_call: "openai.shell",
  apply_patch_call: "openai.apply_patch",
  computer_call: "openai.computer",
};

function itemsOf(items: readonly OpenAI.Responses.ResponseOutputItem[], gathering: Gathering): void {
  for (const item of items ?? []) {
    if (item.type === "function_call" || item.type === "custom_tool_call") {
      const given = item.type === "function_call" ? item.arguments : item.input;
      gathering.open.set(`${item.call_id}/${item.name}/${given}`, { name: item.name, arguments: given });
    }
    const builtIn = BUILT_IN[item.type];
    if (builtIn !== undefined) gathering.open.set(item.type, { name: builtIn, arguments: "" });
  }
}

const responsesGathered: Reading = async (fetch, gathering, isStream) => {
  if (!isStream) return;
  const client = new OpenAI({ ...OPENAI_BASE, fetch });
  itemsOf((await client.responses.stream({ model: "m", input: "x" }).finalResponse()).output, gathering);
};

const ollama: Reading = async (fetch, gathering, isStream) => {
  const client = new Ollama({ fetch });
  const read = ({ message }: { readonly message?: { content?: string; tool_calls?: unknown } }): void => {
    gathering.text += message?.content ?? "";
    if (!Array.isArray(message?.tool_calls)) return;
    for (const call of message.tool_calls) {
      const asked: { readonly name?: string; readonly arguments?: unknown } = call?.function ?? {};
      const given = { name: asked.name ?? "", arguments: JSON.stringify(asked.arguments ?? {}) };
      gathering.open.set(`${gathering.open.size}`, given);
    }
  };
  const asked = { model: "m", messages: [] };
  if (!isStream) return read(await client.chat(asked));
  for await (const line of await client.chat({ ...asked, stream: true })) read(line);
};

const CLIENTS: Partial<Readonly<Record<Protocol, Readonly<Record<string, Reading>>>>> = {
  "openai-chat": { openai: chat, "openai's accumulator": chatGathered, "the AI SDK": compatible },
  "anthropic-messages": { "anthropic's sdk": messages, "the AI SDK": claude },
  "openai-responses": { openai: responses, "openai's accumulator": responsesGathered },
  "ollama-chat": { ollama },
};

/** What each client of the protocol makes of an answer. One that throws has what it had by then. */
export async function seenBy(
  protocol: Protocol,
  answered: Answered,
  isStream: boolean,
): Promise<ReadonlyMap<string, Seen>> {
  const answering: Fetch = async () =>
    new Response(Buffer.from(answered.bytes), {
      status: answered.status,
      headers: { "content-type": answered.type },
    });
  const found = new Map<string, Seen>();
  for (const [name, reading] of Object.entries(CLIENTS[protocol] ?? {})) {
    const gathering = new Gathering();
    try {
      await reading(answering, gathering, isStream);
      gathering.isWhole = true;
    } catch {
      // Refused by the client: what it had until then is looked at all the same.
    }
    found.set(name, gathering.seen());
  }
  return found;
}
