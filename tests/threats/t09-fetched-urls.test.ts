import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// T9 and T17: wherever a request can hold an address that the upstream would fetch, it is an action; and what is no address
// of the web (a file, a path) is none that anybody fetches. The ledger, which is for ever and for auditors, keeps where an
// address leads and not the signature or password in it.

const POLICY = `@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);`;
const BAD = [
  "http://169.254.169.254/latest/meta-data/",
  "HTTPS://evil.example/x.png",
  "file:///etc/passwd",
  "ftp://evil.example/x",
  "//evil.example/x.png",
  " http://evil.example/x.png",
  "ht\ttp://evil.example/x.png",
  "/etc/passwd",
  "gs://bucket/object",
];

const user = (content: unknown): object => ({ role: "user", content });
const chat = (...messages: readonly object[]): object => ({ model: "served", messages });
const claude = (...messages: readonly object[]): object => ({ model: "served", max_tokens: 9, messages });
const respond = (...input: readonly object[]): object => ({ model: "served", input });
const picture = (url: string): object => ({ type: "image_url", image_url: { url } });
const source = (url: string): object => ({ type: "image", source: { type: "url", url } });
const called = (content: unknown): readonly object[] => [
  user("x"),
  { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "a", input: {} }] },
  user([{ type: "tool_result", tool_use_id: "t1", content }]),
];

/** Where a request can hold one. Sources: the request types of openai 7.57.0, @anthropic-ai/sdk 1.12.0, ollama 0.6.4, vLLM. */
const PLACES: Readonly<Record<string, readonly [string, (url: string) => object]>> = {
  "chat: user": ["/v1/chat/completions", (url) => chat(user([picture(url)]))],
  "chat: system": [
    "/v1/chat/completions",
    (url) => chat({ role: "system", content: [picture(url)] }, user("x")),
  ],
  "chat: tool": [
    "/v1/chat/completions",
    (url) => chat(user("x"), { role: "tool", tool_call_id: "t", content: [picture(url)] }),
  ],
  "chat: assistant": [
    "/v1/chat/completions",
    (url) => chat(user("x"), { role: "assistant", content: [picture(url)] }),
  ],
  "chat: video (vLLM)": [
    "/v1/chat/completions",
    (url) => chat(user([{ type: "video_url", video_url: { url } }])),
  ],
  "chat: audio (vLLM)": [
    "/v1/chat/completions",
    (url) => chat(user([{ type: "audio_url", audio_url: { url } }])),
  ],
  "chat: a file's data": [
    "/v1/chat/completions",
    (url) => chat(user([{ type: "file", file: { filename: "x", file_data: url } }])),
  ],
  "responses: image": [
    "/v1/responses",
    (url) => respond(user([{ type: "input_image", image_url: url, detail: "auto" }])),
  ],
  "responses: file": ["/v1/responses", (url) => respond(user([{ type: "input_file", file_url: url }]))],
  "responses: output of a call": [
    "/v1/responses",
    (url) =>
      respond({
        type: "function_call_output",
        call_id: "c",
        output: [{ type: "input_image", image_url: url, detail: "auto" }],
      }),
  ],
  "responses: a screenshot": [
    "/v1/responses",
    (url) =>
      respond({
        type: "computer_call_output",
        call_id: "c",
        output: { type: "computer_screenshot", image_url: url },
      }),
  ],
  "messages: image": ["/v1/messages", (url) => claude(user([source(url)]))],
  "messages: document": [
    "/v1/messages",
    (url) => claude(user([{ type: "document", source: { type: "url", url } }])),
  ],
  "messages: image in a result": ["/v1/messages", (url) => claude(...called([source(url)]))],
  "messages: document in a result": [
    "/v1/messages",
    (url) => claude(...called([{ type: "document", source: { type: "url", url } }])),
  ],
  "messages: image in a document": [
    "/v1/messages",
    (url) => claude(user([{ type: "document", source: { type: "content", content: [source(url)] } }])),
  ],
  "ollama: image": ["/api/chat", (url) => chat({ role: "user", content: "x", images: [url] })],
  "ollama: image to generate": ["/api/generate", (url) => ({ model: "served", prompt: "x", images: [url] })],
};

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response) => json(response, 200, completion({ content: "hi" })),
    policy: POLICY,
    config: "holds: { waitSeconds: 1 }\n",
  });
});
afterAll(async () => house?.close());

describe.each(Object.entries(PLACES))("%s", (_place, [path, bodyWith]) => {
  test("no address in it reaches the upstream undecided", async () => {
    for (const url of BAD) {
      const before = house.upstream.asked.length;
      const answer = await house.ask(path, bodyWith(url));
      const isRefused = answer.status === 400 || answer.status === 403;
      const asked = house.upstream.asked.length - before;
      expect({ url, asked, isRefused }).toEqual({ url, asked: 0, isRefused: true });
    }
  });
});

test("the ledger keeps where it leads, not what is in it", async () => {
  const url = "https://somebody:hunter2@files.example/report.pdf?X-Amz-Signature=c0ffee#part";
  const body = chat(user([picture(url)]));
  expect((await house.ask("/v1/chat/completions", body)).status).toBe(403);
  const policy = `@id("all") @reason("All.") permit (principal, action, resource);
@id("ask") @reason("Somebody looks.") @hold("admins") forbid (principal, action == Doorward::Action::"models/fetch-url", resource);`;
  await house.admin.perform("policy.activate", { text: policy, withoutBacktest: "a test" });
  expect((await house.ask("/v1/chat/completions", body)).status).toBe(403);
  for (const kind of ["verdict", "approval.requested"]) {
    const last = (await entriesOf(house.admin, kind)).at(-1);
    expect(last).toMatchObject({ verb: "models/fetch-url", name: "https://files.example" });
    expect(JSON.stringify(last)).not.toMatch(/hunter2|c0ffee|report/);
  }
});
