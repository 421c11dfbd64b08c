import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import { BODY } from "../../../tests/samples/responses-client.ts";
import { CODEX_LITE } from "../../../tests/samples/codex-lite.ts";
import { openaiResponses } from "./responses.ts";

// Tools that a request declares elsewhere than in `tools`, one by one (npm openai 7.57.0, `AdditionalTools`; openai/codex,
// tools/src/tool_spec.rs).

const FUNCTION = { type: "function", name: "f" };
const ADDED: JsonObject = {
  input: [
    { type: "additional_tools", role: "developer", tools: [FUNCTION, { type: "web_search" }] },
    { role: "user", content: "Hi" },
  ],
};

test("tools declared within the conversation are declared like any other, in one place", () => {
  const given = { model: "m", ...ADDED, tools: [FUNCTION, { type: "custom", name: "exec" }] };
  const request = openaiResponses.readRequest(given);
  expect(request.tools.map(({ name }) => name)).toEqual(["f", "exec"]);
  expect(request.hosted.map(({ type }) => type)).toEqual(["web_search"]);
  expect(request.body).toEqual({
    model: "m",
    input: [{ role: "user", content: "Hi" }],
    tools: [FUNCTION, { type: "custom", name: "exec" }, { type: "web_search" }],
  });
  // Read again, as after a translation, it is the same.
  expect(openaiResponses.readRequest(request.body)).toEqual(request);
});

test("tools of the namespace that stands for none are declared one by one, as Codex has them for some models", () => {
  const exec = { type: "custom", name: "exec" };
  const functions = { type: "namespace", name: "functions", description: "", tools: [FUNCTION, exec] };
  const items = [{ type: "additional_tools", id: "at_1", role: "developer", tools: [functions] }];
  for (const given of [{ input: [...items, { role: "user", content: "Hi" }] }, { tools: [functions] }]) {
    const request = openaiResponses.readRequest({ ...BODY, ...given });
    expect(request.tools.map(({ name }) => name)).toEqual(["f", "exec"]);
    expect(request.body["tools"]).toEqual([FUNCTION, exec]);
  }
});

test("a turn of Codex itself is read: its tools are declared, its sub-agents offered to nobody", () => {
  const { body, tools, hosted } = openaiResponses.readRequest(CODEX_LITE);
  expect(tools.map(({ name }) => name)).toEqual(["exec", "wait", "request_user_input"]);
  expect(hosted).toEqual([]);
  const input = body["input"] as { type: string }[];
  expect(input.map(({ type }) => type)).toEqual(["message", "message", "message"]);
  expect(JSON.stringify(body)).not.toMatch(/namespace|client_metadata|spawn_agent/);
});
