import { experimental_createMCPClient as createAiClient } from "@ai-sdk/mcp";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DoorUnderTest, openDoor, until } from "./door-harness.ts";

// Somebody else's clients against the door: the official SDK in every way of agreeing on a revision, and the AI SDK's.

let target: DoorUnderTest;

beforeEach(async () => {
  target = await openDoor({ limits: { streamAfterMs: 50 } });
});

afterEach(async () => {
  await target.close();
});

type Negotiation = NonNullable<ConstructorParameters<typeof Client>[1]>["versionNegotiation"];

async function connectClient(negotiation: Negotiation, path = target.url): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1" },
    {
      capabilities: { elicitation: {} },
      ...(negotiation === undefined ? {} : { versionNegotiation: negotiation }),
    },
  );
  client.setRequestHandler("elicitation/create", async (request) => ({
    action: "accept" as const,
    content: { name: `to ${request.params.message}` },
  }));
  const requestInit = { headers: { authorization: "Bearer a" } };
  await client.connect(new StreamableHTTPClientTransport(new URL(path), { requestInit }));
  return client;
}

const WAYS: [string, Negotiation, string][] = [
  ["legacy handshake", { mode: "legacy" }, "legacy"],
  ["auto", { mode: "auto" }, "modern"],
  ["pinned to 2026-07-28", { mode: { pin: "2026-07-28" } }, "modern"],
];

describe.each(WAYS)("the official client, %s", (_name, negotiation, era) => {
  test("lists and calls tools, and gets errors as they are", async () => {
    const client = await connectClient(negotiation);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain("echo");
    const result = await client.callTool({ name: "echo", arguments: { greeting: "grüß", n: 1.5 } });
    expect(result.content).toEqual([{ type: "text", text: '{"greeting":"grüß","n":1.5}' }]);
    await expect(client.callTool({ name: "fail", arguments: {} })).rejects.toThrow("no such thing");
    await expect(client.callTool({ name: "bug", arguments: {} })).rejects.toThrow(/inside Doorward/);
    expect(target.seen.handled.at(-1)?.exchange.era).toBe(era);
    expect(target.seen.reported).toHaveLength(1);
    await client.close();
  });

  test("gets progress before the result", async () => {
    const client = await connectClient(negotiation);
    const steps: number[] = [];
    const result = await client.callTool(
      { name: "progress", arguments: { steps: 3 } },
      { onprogress: (progress) => void steps.push(progress.progress) },
    );
    expect(result.content).toEqual([{ type: "text", text: "done" }]);
    expect(steps).toEqual([1, 2, 3]);
    await client.close();
  });

  test("answers questions, several at once and one after the other", async () => {
    const client = await connectClient(negotiation);
    const one = await client.callTool({ name: "ask", arguments: {} });
    expect(JSON.stringify(one.content)).toContain("to your name?");
    const many = JSON.stringify((await client.callTool({ name: "ask-twice", arguments: {} })).content);
    for (const question of ["first?", "second?", "third?"]) expect(many).toContain(`to ${question}`);
    expect(target.door.counts().suspended).toBe(0);
    await client.close();
  });

  test("cancels: the road's signal aborts and its place is free again", async () => {
    const client = await connectClient(negotiation);
    const controller = new AbortController();
    const waiting = client.callTool({ name: "wait", arguments: { key: "k" } }, { signal: controller.signal });
    waiting.catch(() => {});
    await until(() => target.seen.release.has("k"));
    controller.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    await until(() => target.seen.aborted.includes("k") && target.door.counts().underWay === 0);
    expect((await client.callTool({ name: "echo", arguments: {} })).content).toHaveLength(1);
    await client.close();
  });

  test("waits for an answer that takes long, over a stream", async () => {
    const client = await connectClient(negotiation);
    const waiting = client.callTool({ name: "wait", arguments: { key: "late" } });
    await until(() => target.door.counts().streams > (era === "legacy" ? 1 : 0));
    target.seen.release.get("late")?.();
    expect((await waiting).content).toEqual([{ type: "text", text: "released late" }]);
    await client.close();
  });

  test("reaches one server, and the keyless address", async () => {
    const client = await connectClient(negotiation, `${target.url}/files`);
    await client.callTool({ name: "echo", arguments: {} });
    expect(target.seen.handled.at(-1)?.exchange.endpoint).toBe("files");
    await client.close();
    const keyless = await connectClient(
      negotiation,
      target.url.replace("/door/", `/door/k/${"b".repeat(16)}/`),
    );
    await keyless.callTool({ name: "echo", arguments: {} });
    expect(target.seen.handled.at(-1)?.exchange.identity.agentName).toBe("b");
    await keyless.close();
  });
});

test("the official legacy client gets what belongs to no request on its own stream", async () => {
  const client = await connectClient({ mode: "legacy" });
  const changes: string[] = [];
  client.setNotificationHandler("notifications/tools/list_changed", () => void changes.push("tools"));
  await client.callTool({ name: "echo", arguments: {} });
  target.seen.handled.at(-1)?.exchange.channel.publish("notifications/tools/list_changed", {});
  await until(() => changes.length === 1);
  expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
  await client.close();
});

test("the official modern client listens, and is told when the door closes", async () => {
  const client = await connectClient({ mode: "auto" });
  const changes: string[] = [];
  client.setNotificationHandler("notifications/tools/list_changed", () => void changes.push("tools"));
  client.setNotificationHandler(
    "notifications/resources/updated",
    (note) => void changes.push(note.params.uri),
  );
  const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: ["file:///a"] });
  const { channel } = target.seen.handled.at(-1)?.exchange ?? {};
  channel?.publish("notifications/resources/updated", { uri: "file:///b" });
  channel?.publish("notifications/prompts/list_changed", {});
  channel?.publish("notifications/resources/updated", { uri: "file:///a" });
  channel?.publish("notifications/tools/list_changed", {});
  await until(() => changes.length === 2);
  expect(changes).toEqual(["file:///a", "tools"]);
  await subscription.close();
  await until(() => target.door.counts().underWay === 0);
  await client.close();
});

describe("the AI SDK's client", () => {
  test.each([
    ["discovering", true],
    ["with initialize", false],
  ])("%s: lists and calls tools", async (_name, protocolVersionDiscovery) => {
    const client = await createAiClient({
      transport: { type: "http", url: target.url, headers: { authorization: "Bearer a" } },
      protocolVersionDiscovery,
    });
    const tools = await client.tools();
    expect(Object.keys(tools)).toContain("echo");
    const result = await tools["echo"]?.execute?.({ a: [1, 2] }, {
      toolCallId: "1",
      messages: [],
      context: {},
    } as never);
    expect(JSON.stringify(result)).toContain('{\\"a\\":[1,2]}');
    expect(target.seen.handled.at(-1)?.exchange.era).toBe(protocolVersionDiscovery ? "modern" : "legacy");
    await client.close();
  });
});
