import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { openRows } from "../../src/gateway/rows.ts";
import { createToolWatch } from "../../src/gateway/tool-watch.ts";
import { openMcpRoad } from "../support/mcp-road.ts";

// T15, T21: a hostile server speaks without being asked and lists what it likes. What it makes Doorward write down is
// bounded, or it fills the disk on which every other agent's intents must still fit.

test("a server's questions are budgeted per agent", async () => {
  const { serverRequests, exchange, journal } = openMcpRoad();
  const question = { method: "elicitation/create", params: { message: "x" } };
  const ask = () => serverRequests.ask(exchange(), "fs" as never, question).catch((error: unknown) => error);
  for (let at = 0; at < 100; at += 1) await ask();
  const written = journal.kept.length;
  expect(await ask()).toMatchObject({ code: "rate_limited" });
  expect([written > 0, journal.kept.length]).toEqual([true, written]);
});

const watching = () => {
  const { ambient, journal, store } = openMcpRoad();
  const watch = createToolWatch({ ambient, journal, store, rows: openRows(store) });
  return { journal, list: (definitions: JsonObject[]) => watch("fs", "tool", definitions) };
};
const tools = (from: number, count: number): JsonObject[] =>
  Array.from({ length: count }, (_none, at) => ({ name: `tool-${from + at}` }));

describe("a server's lists are bounded", () => {
  test("in what waits for review", async () => {
    const { list } = watching();
    await list(tools(0, 2_000));
    await expect(list(tools(2_000, 1))).rejects.toMatchObject({ code: "upstream_list_refused" });
  });

  test("in the size of a definition", async () => {
    const { journal, list } = watching();
    const large = { name: "large", description: "x".repeat(200_000) };
    await expect(list([large])).rejects.toMatchObject({ code: "upstream_list_refused" });
    expect(journal.kept).toEqual([]);
  });

  test("in how often it changes", async () => {
    const { journal, list } = watching();
    const flapping = async (): Promise<void> => {
      for (let at = 0; at < 5_000; at += 1) await list([{ name: "act", description: String(at) }]);
    };
    await expect(flapping()).rejects.toMatchObject({ code: "rate_limited" });
    expect(journal.kept.length).toBeLessThanOrEqual(2_500);
  });
});
