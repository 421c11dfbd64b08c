import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROKEN, CLIENTS } from "./model-clients/all.ts";
import type { At } from "./model-clients/scenario.ts";
import { openThrough, type Through, UPSTREAM_KEY } from "./model-clients/through.ts";

// Somebody else's clients, with a whole Doorward between them and the scripted upstreams: where policy allows it, a
// client gets what it gets without (model-clients-direct.test.ts).

let through: Through;
beforeAll(async () => {
  through = await openThrough();
});
afterAll(async () => {
  await through?.close();
});

const agentOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")
    .replace(/^-/, "");

describe.each(CLIENTS)("$name", ({ name: client, speaks, scenarios }) => {
  test.each(Object.entries(scenarios))("%s", async (_, scenario) => {
    const direct = await scenario(through.direct(speaks));
    expect(same(await through.run(agentOf(client), speaks, scenario))).toEqual(same(direct));
  });

  test("an abort reaches the upstream", async () => {
    const server = through.servers[speaks];
    const before = server.cuts();
    await scenarios["abort mid-stream"]?.(await through.door(agentOf(client), speaks));
    await expect.poll(() => server.cuts()).toBeGreaterThan(before);
  });
});

describe.each(BROKEN)("$name, broken upstream", ({ name: client, speaks, scenarios }) => {
  test.each(Object.entries(scenarios))("%s is an error", async (_, scenario) => {
    const result = await scenario(await through.door(agentOf(client), speaks));
    expect(JSON.stringify(result)).not.toContain('"unexpected"');
  });
});

test("upstreams see their own key and no other, and never where the agent's request came from", () => {
  for (const { received } of Object.values(through.servers)) {
    const passed = received.filter(({ headers }) => JSON.stringify(headers).includes(UPSTREAM_KEY));
    expect(passed.length).toBeGreaterThan(5);
    for (const { headers, raw } of passed) {
      expect(JSON.stringify(headers)).not.toMatch(/dwk_|x-forwarded|forwarded|cookie/);
      expect(raw).not.toContain("dwk_");
    }
  }
});

test("every call of every client is on record, with its end", async () => {
  const { items } = await through.admin.perform("actions.list", { limit: 200, verdict: "allow" });
  const ends = (items as Record<string, unknown>[]).map(({ outcome }) => outcome);
  expect(new Set(ends)).toEqual(new Set(["ok", "error", "unknown"]));
});

const clientOf = (at: At) => new OpenAI({ baseURL: `${at.url}/v1`, apiKey: at.key, maxRetries: 0 });
const answersTo = ({ output }: OpenAI.Responses.Response) =>
  output.flatMap((item) =>
    item.type === "function_call"
      ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "cold" }]
      : [],
  );

describe("a response that Doorward keeps (store is not false)", () => {
  const tools = ["weather", "clock"].map((name) => ({
    type: "function" as const,
    name,
    parameters: { type: "object" },
    strict: false,
  }));
  const begun = async (at: At) =>
    clientOf(at).responses.create({ model: at.model, input: "call two tools", tools });

  test("is gone on from by its id: the upstream is told the whole conversation, and keeps nothing", async () => {
    await through.run("keeper", "responses", begun);
    const at = await through.door("keeper", "responses");
    const first = await begun(at);
    const input = answersTo(first);
    const asked = { model: at.model, tools, previous_response_id: first.id, input };
    const { output_text } = await clientOf(at).responses.create(asked);
    expect(output_text).toContain("cold / cold");
    const told = through.servers.responses.received.findLast(({ path }) => path === "/v1/responses")?.body;
    expect(told?.["input"]).toEqual([
      expect.objectContaining({ role: "user" }),
      ...first.output.map(({ type }) => expect.objectContaining({ type })),
      ...input,
    ]);
    expect(told).not.toHaveProperty("previous_response_id");
    expect(told).toMatchObject({ store: false });
  });

  test("is gone on from by the ids of its items too, and by no other's", async () => {
    const at = await through.door("keeper", "responses");
    const first = await begun(at);
    const references = first.output.map(({ id = "" }) => ({ type: "item_reference" as const, id }));
    const input = [...references, ...answersTo(first)];
    const asked = (from: typeof input) =>
      clientOf(at).responses.create({ model: at.model, tools, input: [...from] });
    expect((await asked(input)).output_text).toContain("cold / cold");
    const unknown = [{ type: "item_reference" as const, id: "msg_of_somebody_else" }, ...input];
    await expect(asked(unknown)).rejects.toThrow(/404 there is no item msg_of_somebody_else here/);
  });
});

/**
 * What may differ, and why. OpenAI's streams: Doorward asks for the usage itself, to count it, and the upstream then says
 * `"usage":null` in every chunk. Errors: the status, and with it the SDK's class, the upstream's words, and its code and
 * parameter where it gave some are the same; the rest of the error is in Doorward's form.
 */
function same(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(same);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  if ("class" in value && "message" in value) return errorOf(value);
  const kept = fields.filter(([name, field]) => !(name === "usage" && field === null));
  return Object.fromEntries(kept.map(([name, field]) => [name, same(field)]));
}

function errorOf(error: object): unknown {
  const {
    class: name,
    status,
    statusCode,
    status_code,
    message,
    code,
    param,
  } = error as Record<string, unknown>;
  const words = /(rate limit|Rate limit|too many|temperature|options|server|runner|aborted)/.exec(
    String(message),
  )?.[0];
  return { name, status, statusCode, status_code, words, param, code: code === "model_error" ? null : code };
}
