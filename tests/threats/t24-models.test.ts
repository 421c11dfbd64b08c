import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { until } from "../journeys/doorward-process.ts";
import { type FakeOllama, startFakeOllama } from "../support/fake-ollama.ts";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { digestIn } from "../support/models.ts";

// T24 over the whole road: people approve a digest, and what is swapped, retagged, hidden, revoked or expired does not serve
// under the name that it was approved by. Each attack is one swap.

const GOOD = { weights: "good weights", manifest: "good manifest" };
const EVIL = { weights: "evil weights", manifest: "evil manifest" };
const NAME = "llama3.2:latest";
/** Longer than an answer of a runtime is believed (`IDENTITY_FRESH_MS`). */
const FRESH_MS = 300;
const HELD = `@id("all") @reason("Allowed.") permit (principal, action, resource);
@id("ask") @reason("Somebody looks first.") @hold("admins")
forbid (principal, action == Doorward::Action::"models/generate", resource == Doorward::Model::"ollama/held:latest");
@id("pay") @reason("Somebody looks first.") @hold("admins")
forbid (principal, action, resource == Doorward::Tool::"agent:agent/pay");`;

let house: LlmHouse;
let ollama: FakeOllama;

async function open(config?: string): Promise<void> {
  ollama = await startFakeOllama({ [NAME]: GOOD });
  house = await openLlmHouse({
    behave: (response) => void response.writeHead(200).end("{}"),
    policy: HELD,
    ...(config === undefined ? {} : { config }),
  });
  const input = { name: "ollama", kind: "ollama", url: ollama.url, allowPrivate: true };
  await house.admin.perform("upstreams.add", input);
}

async function close(): Promise<void> {
  await house?.close();
  await ollama?.close();
}

interface Came {
  readonly status: number;
  readonly text: string;
}

async function chat(model = "llama3.2", more: { key?: string; stream?: boolean } = {}): Promise<Came> {
  const { key, stream = false } = more;
  const body = { model, stream, messages: [{ role: "user", content: "Hi" }] };
  const answer = await house.ask("/api/chat", body, key === undefined ? {} : { key });
  return { status: answer.status, text: await answer.text() };
}

async function serve(name: string, what: typeof GOOD): Promise<void> {
  ollama.models.set(name, what);
  await house.admin.perform("upstreams.check", { upstream: "ollama" });
  await sleep(FRESH_MS);
}

const approve = async (weights: string, services: readonly string[], validDays = 1): Promise<void> => {
  const digest = digestIn(weights);
  const terms = { purpose: "this test", risk: "low", services, validDays };
  const { proposal } = z
    .object({ proposal: z.object({ digest: z.string() }) })
    .parse(await house.admin.perform("models.propose", { digest, name: weights, ...terms }));
  await house.admin.perform("models.approve", { digest, proposal: proposal.digest });
};

const newest = async (kind: string): Promise<Record<string, unknown>> =>
  (await entriesOf(house.admin, kind)).at(-1) ?? {};

describe("a model that was approved by its digest", () => {
  beforeAll(() => open());
  afterAll(close);
  beforeEach(async () => {
    ollama.tell = (manifest) => digestIn(manifest).slice("sha256:".length);
    ollama.answered.length = 0;
    ollama.models.clear();
    await serve(NAME, GOOD);
  });

  test("before anybody approves anything, it serves as policy says, and each entry names its digest", async () => {
    expect(await chat()).toMatchObject({ status: 200 });
    expect((await newest("intent"))["weights"]).toEqual({
      digest: digestIn(GOOD.weights),
      manifest: digestIn(GOOD.manifest),
      proof: "reported",
      status: "unregistered",
      risk: null,
      licence: null,
    });
    await approve(GOOD.weights, ["ollama/llama3.2"]);
    expect(await chat()).toMatchObject({ status: 200 });
    expect((await newest("outcome"))["weights"]).toMatchObject({ status: "approved", risk: "low" });
  });

  test("of a provider, or a runtime that tells a name alone, it says that it is unproven", async () => {
    await house.ask("/v1/chat/completions", {
      model: "up/served",
      messages: [{ role: "user", content: "Hi" }],
    });
    expect((await newest("intent"))["weights"]).toMatchObject({ digest: null, proof: "unproven" });
  });

  test.each([
    ["other weights under its name", { ...EVIL }],
    [
      "the same weights with another template or adapter",
      { ...GOOD, manifest: "good weights, evil template" },
    ],
    ["other weights under the manifest's own name", { ...GOOD, weights: "evil weights", manifest: "m2" }],
  ])("is not served after a swap: %s", async (_name, swapped) => {
    await serve(NAME, swapped);
    for (const asked of ["llama3.2", "llama3.2:latest", "LLAMA3.2", "ollama/llama3.2"]) {
      const came = await chat(asked);
      expect([asked, came.status === 200]).toEqual([asked, false]);
    }
    expect((await chat()).text).toContain("is not what was approved under this name");
    expect(ollama.answered).toEqual([]);
    expect(await newest("verdict")).toMatchObject({
      code: "model_changed",
      weights: { digest: digestIn(swapped.weights), status: "changed" },
    });
    await serve(NAME, GOOD);
    expect(await chat()).toMatchObject({ status: 200 });
  });

  test("a tag that is moved to another approved model is a change too", async () => {
    await serve("other:latest", EVIL);
    await approve(EVIL.weights, ["ollama/other"]);
    expect((await chat("other")).status).toBe(200);
    await serve(NAME, EVIL);
    expect((await chat()).text).toContain("is not what was approved");
    await house.admin.perform("models.revoke", { digest: digestIn(EVIL.weights), reason: "this test" });
  });

  test("each name is held to its own template, and a name that nobody approved to none", async () => {
    await serve("twin:latest", { ...GOOD, manifest: "twin manifest" });
    await approve(GOOD.weights, ["ollama/llama3.2", "ollama/twin"]);
    expect([(await chat()).status, (await chat("twin")).status]).toEqual([200, 200]);
    await serve(NAME, { ...GOOD, manifest: "twin manifest" });
    await serve("third:latest", GOOD);
    for (const asked of ["llama3.2", "third"])
      expect((await chat(asked)).text).toContain("is not what was approved");
    expect((await chat("twin")).status).toBe(200);
  });

  test.each([
    ["the beginning of a digest", (manifest: string) => digestIn(manifest).slice(7, 19)],
    ["a digest in capitals", (manifest: string) => digestIn(manifest).slice(7).toUpperCase()],
    ["nothing", () => ""],
  ])("a runtime that tells %s hides what it serves", async (_name, tell) => {
    ollama.tell = tell;
    await sleep(FRESH_MS);
    const came = await chat();
    expect(came.text).toContain("nothing but its name is known");
    expect(ollama.answered).toEqual([]);
  });

  test("two models that Ollama would take for one: neither is known", async () => {
    await serve("Llama3.2:latest", EVIL);
    expect((await chat()).status).not.toBe(200);
    expect(ollama.answered).toEqual([]);
  });

  test("an agent that is only observed goes on, and the record says what would have been", async () => {
    const { key } = await house.admin.perform("agents.add", { name: "watched" });
    await house.admin.perform("agents.set-stage", { agent: "watched", stage: "observe" });
    await serve(NAME, EVIL);
    // It was revoked above: that holds in every stage.
    expect((await chat("llama3.2", { key: String(key) })).text).toContain("was revoked");
    await serve(NAME, { weights: "third weights", manifest: "m3" });
    expect(await chat("llama3.2", { key: String(key) })).toMatchObject({ status: 200 });
    expect(await newest("intent")).toMatchObject({
      observed: { verdict: "deny", code: "model_changed" },
      weights: { status: "changed" },
    });
  });

  test("held for a yes, and swapped meanwhile: the yes was for the other", async () => {
    await serve("held:latest", GOOD);
    await approve(GOOD.weights, ["ollama/llama3.2", "ollama/held"]);
    const waiting = chat("ollama/held");
    const approval = await until("the request", async () => {
      const { items } = await house.admin.perform("approvals.list");
      return (items as { id: string }[])[0];
    });
    await serve("held:latest", { weights: "third weights", manifest: "m3" });
    await house.admin.perform("approvals.approve", { approval: approval.id });
    expect((await waiting).status).not.toBe(200);
    expect(ollama.answered).toEqual([]);
    expect(await newest("outcome")).toMatchObject({ status: "not-sent" });
  });

  test("revoked in mid-stream: it is cut, and serves nobody under any name", async () => {
    const body = { model: "llama3.2", messages: [{ role: "user", content: "Hi" }] };
    const answer = await house.ask("/api/chat", body);
    const text = answer.text();
    await until("the stream", () => (ollama.streams.length > 0 ? true : undefined));
    await house.admin.perform("models.revoke", { digest: digestIn(GOOD.weights), reason: "a backdoor" });
    const came = await text.catch(() => "cut");
    expect(came).not.toContain('"done":true');
    await serve("innocent:latest", GOOD);
    for (const asked of ["llama3.2", "innocent"]) expect((await chat(asked)).text).toContain("was revoked");
    expect(await newest("verdict")).toMatchObject({ code: "model_revoked", weights: { status: "revoked" } });
  });
});

describe("a turn that waits for people", () => {
  beforeAll(() => open("holds: { waitSeconds: 1 }\n"));
  afterAll(close);

  const pay = { name: "pay", description: "pays", parameters: { type: "object", properties: {} } };
  const paying = async (): Promise<Came> => {
    const body = {
      model: "llama3.2",
      stream: false,
      messages: [{ role: "user", content: "Pay" }],
      tools: [{ type: "function", function: pay }],
    };
    const answer = await house.ask("/api/chat", body);
    return { status: answer.status, text: await answer.text() };
  };

  test("is not given to anybody once its model is revoked, though its call was approved", async () => {
    await paying();
    await house.admin.perform("tools.accept", { tools: ["agent:agent/*"], effects: ["read"] });
    ollama.calls = [{ function: { name: "pay", arguments: {} } }];
    expect((await paying()).text).toContain("Held by Doorward");
    const { items } = await house.admin.perform("approvals.list");
    await house.admin.perform("approvals.approve", { approval: (items as { id: string }[])[0]?.id });
    await house.admin.perform("models.revoke", { digest: digestIn(GOOD.weights), reason: "a backdoor" });
    const came = await paying();
    expect([came.status, came.text.includes("tool_calls")]).toEqual([403, false]);
    expect(came.text).toContain("was revoked");
    expect(ollama.answered).toHaveLength(2);
    // Asked again it is decided anew: another model under this name may answer.
    ollama.calls = [];
    await serve(NAME, EVIL);
    expect(await paying()).toMatchObject({ status: 200 });
  });
});

describe("where only approved models serve", () => {
  beforeAll(() => open("models: { unapproved: refuse, unproven: refuse }\n"));
  afterAll(close);

  test("what nobody approved is refused, and so is what is a name alone", async () => {
    expect((await chat()).text).toContain("only approved ones serve here");
    const named = { model: "up/served", messages: [{ role: "user", content: "Hi" }] };
    const answer = await house.ask("/v1/chat/completions", named);
    expect(await answer.text()).toContain("nothing but its name is known");
    await approve(GOOD.weights, ["ollama/llama3.2"]);
    expect(await chat()).toMatchObject({ status: 200 });
  });

  test("weights that were approved under no name serve with nothing around them that nobody saw", async () => {
    await serve("bare:latest", { weights: "bare weights", manifest: "bare manifest" });
    await approve("bare weights", []);
    expect((await chat("bare")).text).toContain("is not what was approved");
  });
});
