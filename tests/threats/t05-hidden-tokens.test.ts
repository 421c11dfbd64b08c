import { afterAll, beforeAll, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, DONE, stream } from "../support/model-upstream.ts";

// T5: a runtime that holds a call back to read it may send its tokens all the same, as probabilities beside no text. What
// is refused must not arrive in that form either.

const POLICY = `@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);`;
const token = (text: string) => ({
  token: text,
  logprob: -0.5,
  bytes: [...Buffer.from(text)],
  top_logprobs: [],
});
const said = (content: string, tokens: readonly string[]): string =>
  chunk({ content }).replace(
    '"logprobs":null',
    `"logprobs":${JSON.stringify({ content: tokens.map(token), refusal: null })}`,
  );
const tool = { type: "function", function: { name: "bash", parameters: { type: "object", properties: {} } } };

let house: LlmHouse;
let isCalling = true;

beforeAll(async () => {
  house = await openLlmHouse({
    policy: POLICY,
    behave: (response) => {
      const call = { name: "bash", arguments: '{"command":"rm -rf /"}' };
      const asked = chunk({ tool_calls: [{ index: 0, id: "c", type: "function", function: call }] });
      const events = [said("Now", ["Now"]), said("", ["<tool_call>", '{"command":', '"rm -rf /"', "}"])];
      stream(response, [
        ...events,
        ...(isCalling ? [asked] : []),
        chunk({}, isCalling ? "tool_calls" : "stop"),
      ]);
      response.end(DONE);
    },
  });
});
afterAll(async () => house?.close());

const asking = (more: object): object => ({
  model: "served",
  messages: [{ role: "user", content: "x" }],
  stream: true,
  logprobs: true,
  ...more,
});

test("the tokens of a refused call stay here, those of the text are told", async () => {
  const text = await (await house.ask("/v1/chat/completions", asking({ tools: [tool] }))).text();
  expect(text).not.toContain("rm -rf");
  expect(text).not.toContain(JSON.stringify([...Buffer.from('"rm -rf /"')]));
  expect(text).toContain(JSON.stringify(token("Now")));
  expect(text).toContain("Refused by Doorward");
});

test("without tools there is no call to hold back: the stream is as it came", async () => {
  isCalling = false;
  const text = await (await house.ask("/v1/chat/completions", asking({}))).text();
  expect(text).toContain(JSON.stringify(token("<tool_call>")));
});
