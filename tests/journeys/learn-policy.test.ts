import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";
import { doorward } from "./doorward-process.ts";

// Traffic of an agent that is only observed, a policy learned from it, replayed, activated and then kept: over a real
// process, with the official clients at both doors, and from the command line.

const SERVER = fileURLToPath(new URL("notes-server.mjs", import.meta.url));
const MANIFESTS = `
read_note: { effect: read, roles: { path: path }, output: { integrity: trusted } }
save_note: { effect: write, roles: { path: path, text: content }, output: { integrity: trusted } }
`;

let house: LlmHouse;
let agent: Client;
let token: { readonly DOORWARD_TOKEN: string; readonly DOORWARD_URL: string };

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response) => json(response, 200, completion({ content: "hi" })),
    policy: STARTER_POLICY,
  });
  const { perform } = house.admin;
  token = { DOORWARD_TOKEN: house.admin.token, DOORWARD_URL: house.running.url };
  await perform("servers.add", { name: "notes", command: [process.execPath, SERVER], accept: true });
  await perform("manifests.set", { server: "notes", text: MANIFESTS });
  await perform("agents.set-stage", { agent: "agent", stage: "observe", days: 1 });
  agent = new Client({ name: "agent", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${house.key}` } };
  await agent.connect(
    new StreamableHTTPClientTransport(new URL(`${house.running.url}/door/mcp/notes`), { requestInit }),
  );
});

afterAll(async () => {
  await agent?.close();
  await house?.close();
});

const call = (name: string, args: Record<string, string>) => agent.callTool({ name, arguments: args });

interface Said {
  readonly out: string;
  readonly error: string;
  readonly status: number | null;
}

async function cli(args: readonly string[]): Promise<Said> {
  const program = doorward(args, token);
  const status = await program.ended;
  return { out: program.said(), error: program.complained(), status };
}

describe("from traffic to policy", () => {
  let file: string;

  test("what was seen becomes a text that is valid, keeps its tests and changes nothing for what was seen", async () => {
    for (const path of ["/notes/a", "/notes/b"]) await call("read_note", { path });
    await call("save_note", { path: "/notes/c", text: "short" });
    const learnt = await house.admin.perform("policy.learn", { agent: "agent" });
    expect(learnt).toMatchObject({ actions: 3, learned: 3, check: { denied: 0 } });
    file = join(house.running.directory, "learned.cedar");
    writeFileSync(file, String(learnt["text"]));
    const tests = join(house.running.directory, "learned.yaml");
    writeFileSync(tests, String(learnt["tests"]));
    expect(await cli(["policy", "check", file])).toMatchObject({ status: 0 });
    expect(await cli(["policy", "test", tests, "--policy", file])).toMatchObject({ status: 0 });
    const shown = await cli(["policy", "learn", "--agent", "agent", "--json"]);
    expect(JSON.parse(shown.out)).toMatchObject({ diff: learnt["diff"] });
  });

  test("an admin sees what would change, confirms it, and from then on it holds", async () => {
    await call("read_note", { path: "/notes/later" });
    await house.admin.perform("policy.activate", {
      text: STARTER_POLICY,
      withoutBacktest: "again, for the test",
    });
    const replayed = await cli(["policy", "backtest", file, "--json"]);
    const report = JSON.parse(replayed.out) as { confirmation: string; newlyDenied: number };
    expect(report.newlyDenied).toBe(1);
    const bare = await cli(["policy", "activate", file]);
    expect([bare.status, bare.error]).toEqual([6, expect.stringContaining("backtest_unconfirmed")]);
    expect(await cli(["policy", "activate", file, "--backtest", report.confirmation])).toMatchObject({
      status: 0,
    });
    await house.admin.perform("agents.set-stage", { agent: "agent", stage: "enforce" });
    expect((await call("read_note", { path: "/notes/a" })).isError).not.toBe(true);
  });

  test("the official MCP client is told by whom and what to ask for", async () => {
    const refused = await call("read_note", { path: "/secrets/a" });
    expect(refused.isError).toBe(true);
    const { _meta: meta } = refused;
    expect(meta?.["doorward.dev/refusal"]).toMatchObject({
      kind: "refused",
      code: "policy_forbids",
      rules: ["learned-agent-only-notes-read-note"],
      ask: { what: "permission", of: ["admins"] },
      retry: "never",
      until: null,
      action: expect.stringMatching(/^act_/),
    });
    const [content] = refused.content as { text: string }[];
    expect(content?.text).toContain("\nRetry: never as it is\n");
  });

  test("so is the official OpenAI client, for a model that the agent was not seen asking", async () => {
    const client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
    const asking = client.chat.completions.create({
      model: "served",
      messages: [{ role: "user", content: "hi" }],
    });
    const error: unknown = await asking.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({
      status: 403,
      error: { doorward: { kind: "refused", rules: ["learned-agent-only"], retry: "never" } },
    });
  });
});
