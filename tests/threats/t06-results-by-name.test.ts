import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { shapeSample } from "../../scripts/manifest-shapes.ts";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// Ollama's results name their tool and no call (docs/api.md: `tool_name`): two of one turn are two, and each is as trusted as
// what was asked for least of all.

const ROOT = "/work/garden";
const SAMPLE = new URL("../samples/shapes/claude-code.json", import.meta.url);
const [READ] = shapeSample.parse(JSON.parse(readFileSync(SAMPLE, "utf8"))).tools["Read"] ?? [];
const TOOLS = [{ type: "function", function: { name: "Read", description: "Reads", parameters: READ } }];

let house: LlmHouse;
let next: readonly string[] = [];
let count = 0;
beforeAll(async () => {
  house = await openLlmHouse({
    policy: STARTER_POLICY,
    behave: (response) => {
      const calls = next.map((path) => ({
        id: `call_${(count += 1)}`,
        name: "Read",
        arguments: JSON.stringify({ file_path: path }),
      }));
      json(response, 200, completion({ content: calls.length === 0 ? "Done." : null, calls }));
    },
  });
  await chat(house.key, []);
  await house.admin.perform("tools.accept", { tools: ["agent:agent/*"] });
  await house.admin.perform("agents.set-folders", { agent: "agent", folders: [ROOT] });
});
afterAll(() => house?.close());

interface Message {
  readonly role: string;
  readonly content: string;
  readonly tool_name?: string;
  readonly tool_calls?: unknown;
}

async function chat(key: string, messages: readonly Message[]): Promise<Message> {
  const system = { role: "system", content: "You help." };
  const answer = await house.ask(
    "/api/chat",
    { model: "served", stream: false, messages: [system, ...messages], tools: TOOLS },
    { key },
  );
  const body = (await answer.json()) as { message: Message };
  if (body.message === undefined) throw new Error(JSON.stringify(body));
  return body.message;
}

async function tainted(session: string): Promise<unknown> {
  const why = await house.admin.perform("policy.why", {
    session,
    tool: "agent:agent/Read",
    arguments: { file_path: `${ROOT}/x` },
  });
  return (why["flow"] as { tainted: boolean }).tainted;
}

const result = (content: string): Message => ({ role: "tool", content, tool_name: "Read" });

test.each<[string, readonly string[], readonly string[], boolean]>([
  ["two of the session's own folder", [`${ROOT}/a`, `${ROOT}/b`], ["one", "two"], false],
  ["one of them of somewhere else", [`${ROOT}/a`, "/etc/passwd"], ["one"], true],
])("%s", async (_, paths, results, isTainted) => {
  const opened = await house.admin.perform("sessions.start", { agent: "agent", mandate: "Look around." });
  const [key, session] = [String(opened["key"]), String(opened["session"])];
  const said = { role: "user", content: "Look around." };
  next = paths;
  const asked = await chat(key, [said]);
  expect(asked.tool_calls).toHaveLength(paths.length);
  next = [];
  await chat(key, [said, asked, ...results.map(result)]);
  expect(await tainted(session)).toBe(isTainted);
});
