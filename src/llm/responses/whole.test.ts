import OpenAI from "openai";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import type { Turn } from "../turn.ts";
import {
  call,
  clientFor,
  contentOf,
  HEAD,
  message,
  partsOf,
  RESPONSE,
  USAGE,
} from "../../../tests/samples/responses-client.ts";
import { openaiResponses } from "./responses.ts";

const ANSWER: JsonObject = {
  ...RESPONSE,
  status: "completed",
  usage: USAGE,
  output: [
    {
      id: "rs_1",
      type: "reasoning",
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: "gAAA",
    },
    message("msg_1", "Two things."),
    call("c1", "bash", '{"command":"ls"}'),
    { id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query: "x" } },
    {
      id: "ct_1",
      type: "custom_tool_call",
      status: "completed",
      call_id: "c2",
      name: "sql",
      input: "SELECT 1",
    },
  ],
};
const withOutput = (...output: readonly Json[]): JsonObject => ({ ...ANSWER, output });

async function sdkCreate(body: JsonObject, status = 200) {
  const client = clientFor(JSON.stringify(body), "application/json", status);
  return client.responses.create({ model: "m", input: "hello" });
}

test("a whole response is read as the official client reads it", async () => {
  const turn = openaiResponses.readAnswer(ANSWER);
  expect(partsOf(turn)).toEqual(contentOf(await sdkCreate(ANSWER)));
  expect(turn).toMatchObject({
    id: "resp_01",
    finish: "calls",
    usage: { inputTokens: 11, outputTokens: 22 },
  });
});

test("a kept turn is told whole, and reads the same again", async () => {
  const turn = openaiResponses.readAnswer(ANSWER);
  const told = openaiResponses.whole(turn, { ...HEAD, mark: { doorward: true } });
  expect(openaiResponses.readAnswer(told)).toEqual({ ...turn, model: HEAD.model });
  expect(contentOf(await sdkCreate(told))).toEqual(partsOf(turn));
  expect(told).toMatchObject({ id: "resp_01", object: "response", status: "completed", doorward: true });
  const ids = (told["output"] as readonly JsonObject[]).map((item) => item["id"]);
  expect(new Set(ids).size).toBe(ids.length);
  const cut: Turn = { id: null, model: null, parts: [], finish: "length", usage: null };
  expect(openaiResponses.whole(cut, HEAD)).toMatchObject({ output: [], status: "incomplete" });
});

test("parts of other protocols have no place in a response", () => {
  const parts = [{ kind: "opaque", json: { type: "server_tool_use", id: "x" } }] as const;
  const turn: Turn = { id: null, model: null, parts, finish: "stop", usage: null };
  expect(openaiResponses.whole(turn, HEAD)["output"]).toEqual([]);
});

test("refused calls are messages in their place, and everything else stays", async () => {
  const refused = openaiResponses.refuseCalls(
    { ...ANSWER, output_text: "Two things." },
    new Map([[0, "Not allowed."]]),
  );
  const [reasoning, said, , search, custom] = ANSWER["output"] as readonly JsonObject[];
  expect(refused["output"]).toEqual([
    reasoning,
    said,
    expect.objectContaining({ type: "message", role: "assistant", status: "completed" }),
    search,
    custom,
  ]);
  expect(refused).toMatchObject({ status: "completed", usage: USAGE, instructions: "Be brief." });
  const seen = await sdkCreate(refused);
  expect(seen.output_text).toBe("Two things.Not allowed.");
  expect(contentOf(seen).map((part) => (Array.isArray(part) ? part[0] : null))).toEqual([
    "reasoning",
    "text",
    "text",
    "opaque",
    "custom",
  ]);
});

const BUILT_IN: readonly (readonly [string, JsonObject])[] = [
  ["openai.local_shell", { type: "local_shell_call", action: { type: "exec", command: ["ls"], env: {} } }],
  [
    "openai.shell",
    {
      type: "shell_call",
      action: { commands: ["ls"], max_output_length: null, timeout_ms: 5 },
      environment: null,
    },
  ],
  [
    "openai.apply_patch",
    { type: "apply_patch_call", operation: { type: "delete_file", path: "/etc/passwd" } },
  ],
  [
    "openai.computer",
    { type: "computer_call", action: { type: "type", text: "rm" }, pending_safety_checks: [] },
  ],
];

test.each(BUILT_IN)("%s is a call that is decided whole and told again as it was", (name, item) => {
  const turn = openaiResponses.readAnswer(
    withOutput({ id: "x", call_id: "c", status: "completed", ...item }),
  );
  const { type, ...asked } = item;
  expect(turn.parts).toMatchObject([{ kind: "call", call: { id: "c", name, kind: "function" } }]);
  const [part] = turn.parts;
  expect(part?.kind === "call" ? JSON.parse(part.call.arguments) : null).toEqual(asked);
  expect(openaiResponses.whole(turn, HEAD)["output"]).toEqual([
    { id: expect.any(String), type, call_id: "c", status: "completed", ...asked },
  ]);
});

test.each([
  ["no output", { id: "resp_01", status: "completed" }],
  ["an answer that is not finished", { ...ANSWER, status: "in_progress" }],
  ["an answer that failed", { ...ANSWER, status: "failed", error: { message: "x" } }],
  ["an item that is text", withOutput("a")],
  ["an item of an unknown type", withOutput({ type: "remote_effect_call", id: "x" })],
  [
    "results of a shell that the upstream ran",
    withOutput({ type: "shell_call_output", id: "x", call_id: "c", output: [] }),
  ],
  [
    "a tool search that the client should run",
    withOutput({ type: "tool_search_call", id: "x", execution: "client" }),
  ],
  ["content of an unknown type", withOutput({ type: "message", id: "m", content: [{ type: "tool_call" }] })],
  ["a call without an id", withOutput({ ...call("c", "f", "{}"), call_id: "" })],
  [
    "a call by a program",
    withOutput({ ...call("c", "f", "{}"), caller: { type: "program", caller_id: "p" } }),
  ],
  ["a call of a namespace", withOutput({ ...call("c", "f", "{}"), namespace: "crm" })],
  ["arguments with a name twice", withOutput(call("c", "f", '{"a":1,"a":2}'))],
  ["two calls of one id", withOutput(call("c", "f", "{}"), call("c", "g", "{}"))],
  ["another text beside its items", { ...ANSWER, output_text: "<tool_call>" }],
  [
    "too many calls",
    withOutput(...Array.from({ length: LLM_LIMITS.callsMax + 1 }, (_, n) => call(`c${n}`, "f", "{}"))),
  ],
] as const)("%s is refused", (_name, body) => {
  expect(() => openaiResponses.readAnswer(body)).toThrow(
    expect.objectContaining({ code: "answer_malformed" }),
  );
});

test("a refusal of the model's is text, broken counts are not believed", () => {
  const content = [{ type: "refusal", refusal: "I won't." }];
  const turn = openaiResponses.readAnswer({
    ...withOutput({ type: "message", id: "m", role: "assistant", content }),
    usage: { input_tokens: -5, output_tokens: 1.5 },
  });
  expect(turn).toMatchObject({
    parts: [{ kind: "text", text: "I won't." }],
    usage: { inputTokens: null, outputTokens: null },
  });
});

test.each([
  [400, OpenAI.BadRequestError],
  [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError],
  [404, OpenAI.NotFoundError],
  [429, OpenAI.RateLimitError],
  [503, OpenAI.InternalServerError],
] as const)("a problem with status %d is the client's own error", async (status, raised) => {
  const body = openaiResponses.problem({
    status,
    code: "policy_denied",
    message: "No. Ask.",
    parameter: "tools",
  });
  const rejected = sdkCreate(body, status);
  await expect(rejected).rejects.toBeInstanceOf(raised);
  await expect(rejected).rejects.toMatchObject({ code: "policy_denied", param: "tools" });
});
