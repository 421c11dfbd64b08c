import { afterAll, beforeAll, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// An address that a model's upstream would fetch is a sink: where an organisation lets its upstream fetch at all, only what
// the user or something reliable names is fetched.

const POLICY = `${STARTER_POLICY.replace(/@id\("no-upstream-fetches"\)[^;]*;\n/u, "")}
@id("upstreams-fetch") @reason("Upstreams may fetch what is named.")
permit (principal is Doorward::Agent, action == Doorward::Action::"models/fetch-url", resource);
`;
const NAMED = "https://docs.example/plant.png";

let house: LlmHouse;
beforeAll(async () => {
  house = await openLlmHouse({
    policy: POLICY,
    config: "holds: { waitSeconds: 1 }\n",
    behave: (response) => json(response, 200, completion({ content: "A plant." })),
  });
});
afterAll(async () => house?.close());

async function outcome(url: string): Promise<string> {
  const mandate = `Describe ${NAMED} for me.`;
  const { key } = await house.admin.perform("sessions.start", { agent: "agent", mandate });
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url } },
  ];
  const body = { model: "served", messages: [{ role: "user", content }] };
  const answer = await house.ask("/v1/chat/completions", body, { key: String(key) });
  const text = await answer.text();
  return answer.status === 200 ? "fetched" : (/flow-fetched-url/.exec(text)?.[0] ?? text);
}

test.each([
  [NAMED, "fetched"],
  ["https://evil.example/collect?secret=1", "flow-fetched-url"],
  [`${NAMED}?secret=1`, "flow-fetched-url"],
])("%s is %s", async (url, expected) => {
  expect(await outcome(url)).toBe(expected);
});
